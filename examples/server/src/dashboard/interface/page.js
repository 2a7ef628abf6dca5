// The interface, from its own description: every operation, whom it serves, what it takes and what it gives.

import { api } from '../lib/api.js';
import { words } from '../lib/format.js';
import { useLoad } from '../lib/load.js';
import { Show } from '../parts/states.js';
import { html, render, useMemo, useState } from '../ui.js';
import { Schema } from './schema.js';

/** @typedef {{ path: string, method: string, group: string, operation: any }} Operation */

/** Every operation, by the part of the interface it is in. @param {any} document @param {string} sought @returns {Map<string, Operation[]>} */
function grouped(document, sought) {
  /** @type {Map<string, Operation[]>} */
  const groups = new Map();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(/** @type {Record<string, any>} */ (methods))) {
      const text = `${method} ${path} ${operation.summary} ${(operation['x-roles'] ?? []).join(' ')}`.toLowerCase();
      if (!text.includes(sought.toLowerCase())) continue;
      const group = String(operation.operationId).split('.')[0];
      groups.set(group, [...(groups.get(group) ?? []), { path, method, group, operation }]);
    }
  }
  return groups;
}

function Page() {
  const loaded = useLoad((signal) => api.json('/openapi.json', signal), []);
  return html`<main id="main" class="interface"><${Show} loaded=${loaded}>${(/** @type {any} */ document) => html`<${Interface} document=${document} />`}<//></main>`;
}

/** @param {{ document: any }} properties */
function Interface({ document }) {
  const [sought, setSought] = useState('');
  const groups = useMemo(() => grouped(document, sought), [document, sought]);
  return html`<header class="stack">
      <h1>${document.info.title} <span class="faint number">${document.info.version}</span></h1>
      <p class="soft">${document.info.description}</p>
      <p class="soft">The same for programs: <a href="/openapi.json">openapi.json</a> (OpenAPI ${document.openapi}). Requests carry <code>Authorization: Bearer KEY</code>.</p>
      <div class="field find"><label for="sought">Find an operation</label><input id="sought" class="input" type="search" value=${sought} onInput=${(/** @type {any} */ event) => setSought(event.target.value)} /></div>
    </header>
    ${[...groups].map(([group, operations]) => html`<section key=${group} class="card" aria-labelledby=${`group-${group}`}>
      <header><h2 id=${`group-${group}`}>${words(group)}</h2></header>
      ${operations.map((operation) => html`<${Details} key=${`${operation.method} ${operation.path}`} of=${operation} schemas=${document.components.schemas} />`)}
    </section>`)}
    ${groups.size === 0 && html`<p class="empty" role="status">No operation is like that.</p>`}`;
}

/** @param {{ of: Operation, schemas: Record<string, any> }} properties */
function Details({ of: { path, method, operation }, schemas }) {
  const parameters = operation.parameters ?? [];
  const body = operation.requestBody?.content?.['application/json']?.schema;
  return html`<details>
    <summary><span class=${`method ${method}`}>${method.toUpperCase()}</span><code>${path}</code><span class="soft what">${operation.summary}</span><span class="push roles">${(operation['x-roles'] ?? ['everybody']).map((/** @type {string} */ role) => html`<span class="badge bare">${role}</span>`)}</span></summary>
    <div class="body stack">
      ${parameters.length > 0 && html`<h3>Parameters</h3><dl class="facts">${parameters.map((/** @type {any} */ one) => html`<dt><code>${one.name}</code>${one.required && html` <span class="faint">needed</span>`}</dt><dd>${one.in}: <${Schema} schema=${one.schema} schemas=${schemas} /> ${one.description}</dd>`)}</dl>`}
      ${body && html`<h3>Body</h3><${Schema} schema=${body} schemas=${schemas} />`}
      <h3>Answers</h3>
      <dl class="facts">${Object.entries(operation.responses).map(([status, answer]) => html`<dt><code>${status}</code></dt><dd><${Answer} answer=${answer} schemas=${schemas} /></dd>`)}</dl>
    </div>
  </details>`;
}

/** @param {{ answer: any, schemas: Record<string, any> }} properties */
function Answer({ answer, schemas }) {
  return html`${answer.description}${Object.entries(answer.content ?? {}).map(([type, { schema }]) => html` <code class="faint">${type}</code> <${Schema} schema=${schema} schemas=${schemas} />`)}`;
}

const root = document.getElementById('app');
if (root) render(html`<${Page} />`, root);
