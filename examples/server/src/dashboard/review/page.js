// What waits for a verdict, and how far those who gave one agree.

import { api } from '../lib/api.js';
import { counted, number, when, words } from '../lib/format.js';
import { useKeys } from '../lib/keys.js';
import { useLoad } from '../lib/load.js';
import { go } from '../lib/route.js';
import { Meter } from '../parts/meter.js';
import { Empty, Show } from '../parts/states.js';
import { Bar } from '../shell.js';
import { html, useState } from '../ui.js';
import { Agreements } from './agreement.js';

export function ReviewPage() {
  const summary = useLoad((signal) => api.json('/v1/reviews/summary', signal), []);
  const queue = useLoad((signal) => api.json('/v1/reviews/queue', signal), []);
  const [chosen, setChosen] = useState(-1);
  const waiting = queue.value?.sessions ?? [];
  /** @param {number} way */
  const move = (way) => setChosen((at) => Math.max(0, Math.min(waiting.length - 1, at + way)));
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: (event) => {
      if (/** @type {Element} */ (event.target).closest('a, button')) /** @type {HTMLElement} */ (event.target).click();
      else if (waiting[chosen]) go(`/sessions/${waiting[chosen].session.id}?tab=review`);
    },
  });
  return html`<${Bar} title="Review">${waiting.length > 0 && html`<a class="button primary" href=${`#/sessions/${waiting[0].session.id}?tab=review`}>Review the next</a>`}<//>
    <main id="main" tabindex="-1">
      <div class="page">
        <${Show} loaded=${summary}>${(/** @type {any} */ value) => html`<${Totals} summary=${value} />`}<//>
        <section class="card" aria-labelledby="queue">
          <header><h2 id="queue">Waiting for you</h2>${queue.value && html`<span class="faint number push">${counted(waiting.length, 'session')}${queue.value.next ? ' and more' : ''}</span>`}</header>
          <${Show} loaded=${queue}>
            ${() => (waiting.length === 0 ? html`<${Empty} icon="review" title="Nothing waits for you">Every processed session has your verdict.<//>` : html`<${Queue} waiting=${waiting} chosen=${chosen} />`)}
          <//>
        </section>
        <${Show} loaded=${summary}>${(/** @type {any} */ value) => html`<${Agreements} summary=${value} />`}<//>
      </div>
    </main>`;
}

/** @param {{ summary: any }} properties */
function Totals({ summary }) {
  /** @type {[string, number, string][]} */
  const facts = [
    ['Accepted', summary.accepted, 'by somebody, rejected by nobody'],
    ['Rejected', summary.rejected, 'left out of training'],
    ['Reviewed twice', summary.twice, 'by two or more people'],
    ['Your verdicts', summary.reviewers[summary.you] ?? 0, `as ${summary.you}`],
  ];
  return html`<dl class="cards">${facts.map(([name, count, hint]) => html`<div class="card fact"><dt>${name}</dt><dd>${number(count)}<small>${hint}</small></dd></div>`)}</dl>`;
}

/** @param {{ waiting: any[], chosen: number }} properties */
function Queue({ waiting, chosen }) {
  return html`<div class="table-box" role="region" tabindex="0" aria-label="Sessions that wait"><table class="table">
    <thead><tr><th scope="col">Goal</th><th scope="col">Quality</th><th scope="col" class="end">Steps</th><th scope="col">Others say</th><th scope="col" class="end">Began</th></tr></thead>
    <tbody>
      ${waiting.map(
        ({ session, verdicts }, index) => html`<tr class=${index === chosen ? 'chosen' : ''}>
          <td><a class="strong" href=${`#/sessions/${session.id}?tab=review`}>${session.goal?.text || 'Without a goal'}</a> <span class="faint">${session.goal?.site ?? ''}</span></td>
          <td><${Meter} score=${session.qualityScore} label="Quality" /></td>
          <td class="end number">${number(session.interactionCount)}</td>
          <td>${Object.entries(verdicts).map(([who, verdict]) => html`<span class=${`badge ${verdict}`} title=${who}>${words(String(verdict))}</span> `)}${Object.keys(verdicts).length === 0 && html`<span class="faint">–</span>`}</td>
          <td class="end number soft">${when(session.startTime)}</td>
        </tr>`,
      )}
    </tbody>
  </table></div>`;
}
