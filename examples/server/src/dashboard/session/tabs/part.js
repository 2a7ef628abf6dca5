// The building blocks of the inspector.

import { html } from '../../ui.js';

/** @param {{ title: string, count?: number, children?: any }} properties */
export function Part({ title, count, children }) {
  return html`<section class="part"><h2>${title}${count !== undefined ? html` <span class="faint number">${count}</span>` : null}</h2>${children}</section>`;
}

/** Names and values; what is empty is left out. @param {{ facts: [string, any][] }} properties */
export function Facts({ facts }) {
  const known = facts.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '' && value !== 0);
  return html`<dl class="facts">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** @param {{ children?: any }} properties */
export function Nothing({ children }) {
  return html`<p class="nothing">${children}</p>`;
}
