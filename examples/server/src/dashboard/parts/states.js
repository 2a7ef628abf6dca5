// What stands where content will be, could not be, or is not.

import { html } from '../ui.js';
import { Icon } from './icon.js';

/** @param {{ icon?: string, title: string, children?: any, action?: any }} properties */
export function Empty({ icon = 'sessions', title, children, action }) {
  return html`<div class="empty"><span class="disc"><${Icon} name=${icon} /></span><h2>${title}</h2><p>${children}</p>${action}</div>`;
}

/** @param {{ error?: Error & { code?: string }, again?: () => void }} properties */
export function Failed({ error, again }) {
  return html`<div class="empty failed" role="alert">
    <span class="disc"><${Icon} name="alert" /></span>
    <h2>That did not work</h2>
    <p>${error?.message ?? 'Nobody said why.'}${error?.code && html`<br /><code class="faint">${error.code}</code>`}</p>
    ${again && html`<button type="button" class="button" onClick=${again}>Try again</button>`}
  </div>`;
}

/** @param {{ what?: string }} properties */
export function Loading({ what = 'Loading…' }) {
  return html`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${what}</span></div>`;
}

/**
 * Shows what was loaded, or in what way it was not.
 * @template T
 * @param {{ loaded: import('../lib/load.js').Loaded<T>, children: (value: T) => any }} properties
 */
export function Show({ loaded, children }) {
  if (loaded.state === 'failed') return html`<${Failed} error=${loaded.error} again=${loaded.again} />`;
  if (loaded.value === undefined) return html`<${Loading} />`;
  return children(loaded.value);
}
