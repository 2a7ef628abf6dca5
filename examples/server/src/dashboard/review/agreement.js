// How far reviewers agree, beyond what chance would come to.

import { number, percent } from '../lib/format.js';
import { html } from '../ui.js';

/** The words of Landis and Koch (1977), a convention and no law. @param {number | null} kappa */
export function strength(kappa) {
  if (kappa === null) return 'cannot be told: they say the same of all';
  if (kappa <= 0) return 'none beyond chance';
  return ['slight', 'fair', 'moderate', 'substantial', 'almost perfect'][Math.min(4, Math.floor(kappa * 5 - 1e-9))];
}

/** @param {{ summary: any }} properties */
export function Agreements({ summary }) {
  const pairs = summary.agreements;
  return html`<section class="card" aria-labelledby="agreement">
    <header><h2 id="agreement">Agreement</h2><span class="faint push">Cohen’s kappa over sessions that both gave a verdict on</span></header>
    ${pairs.length === 0
      ? html`<p class="body faint">Once two people give a verdict on the same session, their agreement is shown here.</p>`
      : html`<div class="table-box" role="region" tabindex="0" aria-label="Agreement of reviewers"><table class="table">
          <thead><tr><th scope="col">Reviewers</th><th scope="col" class="end">Sessions</th><th scope="col" class="end">Agreed</th><th scope="col" class="end">Kappa</th><th scope="col">Strength</th></tr></thead>
          <tbody>${pairs.map(
            (/** @type {any} */ pair) => html`<tr><td>${pair.reviewers.join(' and ')}</td><td class="end number">${number(pair.sessions)}</td><td class="end number">${percent(pair.agreed / pair.sessions)}</td><td class="end number"><b>${pair.kappa === null ? '–' : pair.kappa.toFixed(2)}</b></td><td class="soft">${strength(pair.kappa)}</td></tr>`,
          )}</tbody>
        </table></div>`}
  </section>`;
}
