// A score as a bar and a number.

import { html } from '../ui.js';

/** @param {number} score 0 to 100 */
export function grade(score) {
  return score >= 75 ? 'fine' : score >= 50 ? 'middling' : 'poor';
}

/** @param {{ score: number, label: string, digits?: number, of?: number }} properties */
export function Meter({ score, label, digits = 0, of = 100 }) {
  const share = Math.max(0, Math.min(100, (score / of) * 100));
  return html`<span class=${`meter ${grade(share)}`}>
    <svg viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label=${`${label}: ${score.toFixed(digits)} of ${of}`}><rect width=${share} height="6" /></svg>
    <span aria-hidden="true">${score.toFixed(digits)}</span>
  </span>`;
}
