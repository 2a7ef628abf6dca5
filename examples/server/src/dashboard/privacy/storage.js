// What is stored, what a month of it costs, and what would keep it in order.

import { api } from '../lib/api.js';
import { bytes, counted, number, words } from '../lib/format.js';
import { useLoad } from '../lib/load.js';
import { Show } from '../parts/states.js';
import { Bar } from '../shell.js';
import { html } from '../ui.js';

export function StoragePage() {
  const loaded = useLoad((signal) => api.json('/v1/storage', signal), []);
  return html`<${Bar} title="Storage"><button type="button" class="button" onClick=${loaded.again}>Look again</button><//>
    <main id="main" tabindex="-1"><${Show} loaded=${loaded}>${(/** @type {any} */ held) => html`<div class="page"><${Totals} held=${held} /><${Kinds} held=${held} /><${Cost} cost=${held.cost} /><${Plan} plan=${held.plan} /></div>`}<//></main>`;
}

/** @param {{ held: any }} properties */
function Totals({ held }) {
  const mean = held.sessions > 0 ? held.total.bytes / held.sessions : 0;
  const cheapest = held.cost.classes[0];
  /** @type {[string, string, string][]} */
  const facts = [
    ['Stored', bytes(held.total.bytes), counted(held.total.blobs, 'file')],
    ['Sessions', number(held.sessions), `${bytes(mean)} each on average`],
    ['A month costs', cheapest ? money(cheapest.total, held.cost.currency) : '–', cheapest ? `in ${cheapest.name}, the cheapest class` : ''],
  ];
  return html`<dl class="cards">${facts.map(([name, value, hint]) => html`<div class="card fact"><dt>${name}</dt><dd>${value}<small>${hint}</small></dd></div>`)}</dl>`;
}

/** @param {{ held: any }} properties */
function Kinds({ held }) {
  /** @type {[string, any, string][]} */
  const kinds = [['Archives', held.archives, 'kind-1'], ['Training lines', held.training, 'kind-2'], ['Captured frames, not archived yet', held.captured, 'kind-3']];
  const total = Math.max(1, held.total.bytes);
  let at = 0;
  return html`<section class="card" aria-labelledby="kinds">
    <header><h2 id="kinds">By kind</h2></header>
    <div class="body stack">
      <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        ${kinds.map(([, kind, name]) => {
          const from = at;
          at += (kind.bytes / total) * 100;
          return html`<rect class=${name} x=${from} width=${Math.max(0, at - from - 0.2)} height="4" />`;
        })}
      </svg>
      <ul class="lines">${kinds.map(([name, kind, colour]) => html`<li><span class=${`swatch ${colour}`}></span>${name}<span class="push number">${bytes(kind.bytes)} <span class="faint">${counted(kind.blobs, 'file')}</span></span></li>`)}</ul>
    </div>
  </section>`;
}

/** @param {{ cost: any }} properties */
function Cost({ cost }) {
  return html`<section class="card" aria-labelledby="cost">
    <header><h2 id="cost">A month of it</h2><span class="faint push">List prices of ${cost.asOf}; nothing read</span></header>
    <div class="table-box" role="region" tabindex="0" aria-label="Costs by storage class"><table class="table">
      <thead><tr><th scope="col">Storage class</th><th scope="col" class="end">Storing</th><th scope="col" class="end">Requests</th><th scope="col" class="end">Both</th></tr></thead>
      <tbody>${cost.classes.map((/** @type {any} */ one) => html`<tr><td><code>${one.name}</code></td><td class="end number soft">${money(one.storage, cost.currency)}</td><td class="end number soft">${money(one.requests, cost.currency)}</td><td class="end number"><b>${money(one.total, cost.currency)}</b></td></tr>`)}</tbody>
    </table></div>
  </section>`;
}

/** @param {{ plan: any }} properties */
function Plan({ plan }) {
  const findings = plan.findings ?? [];
  const isFine = plan.actions.length === 0 && findings.length === 0;
  return html`<section class="card" aria-labelledby="plan">
    <header><h2 id="plan">To keep it in order</h2></header>
    <div class="body">
      ${isFine
        ? html`<p class="row"><span class="badge good">In order</span><span class="soft">Nothing is to be done.</span></p>`
        : html`<ul class="lines">
              ${plan.actions.map((/** @type {any} */ action) => html`<li><b>${words(action.do)}</b><code class="truncate">${action.session ?? ''}</code><span class="push faint number">${action.frees ? `frees ${bytes(action.frees)}` : ''}</span></li>`)}
              ${findings.map((/** @type {any} */ finding) => html`<li><span class=${`badge ${finding.severity}`}>${words(finding.severity)}</span>${finding.message}<code class="truncate">${finding.place?.field ?? ''}</code></li>`)}
            </ul>
            <p class="hint">Done by <code>codesight-server storage apply</code>, which looks again before it acts.</p>`}
    </div>
  </section>`;
}

/** @param {number} amount @param {string} currency */
function money(amount, currency) {
  return amount.toLocaleString(undefined, { style: 'currency', currency, maximumFractionDigits: amount < 0.1 ? 4 : 2 });
}
