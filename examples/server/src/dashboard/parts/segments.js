// A choice of a few, side by side.

import { html } from '../ui.js';

/** @param {{ label: string, options: [string, string][], value: string, onChange: (value: string) => void }} properties options as value and words */
export function Segments({ label, options, value, onChange }) {
  return html`<div class="segments" role="group" aria-label=${label}>
    ${options.map(([option, words]) => html`<button key=${option} type="button" aria-pressed=${option === value} onClick=${() => onChange(option)}>${words}</button>`)}
  </div>`;
}
