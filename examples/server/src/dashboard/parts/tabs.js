// Tabs: arrow keys move between them, as screen readers expect.

import { html } from '../ui.js';

/** @typedef {{ id: string, title: string, count?: number }} Tab */

/** @param {{ tabs: Tab[], current: string, onChange: (id: string) => void, label: string, children?: any }} properties */
export function Tabs({ tabs, current, onChange, label, children }) {
  /** @param {KeyboardEvent} event */
  const moved = (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = tabs[(at + way + tabs.length) % tabs.length];
    onChange(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${moved}>
      ${tabs.map(
        (tab) => html`<button key=${tab.id} type="button" role="tab" id=${`tab-${tab.id}`} aria-selected=${tab.id === current} aria-controls="tab-panel" tabindex=${tab.id === current ? 0 : -1} onClick=${() => onChange(tab.id)}>
          ${tab.title}${tab.count ? html`<span class="count">${tab.count}</span>` : null}
        </button>`,
      )}
    </div>
    <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby=${`tab-${current}`} tabindex="0">${children}</div>`;
}
