// Requests of people, by when they are due.

import { api, saveBlob } from '../lib/api.js';
import { day, words } from '../lib/format.js';
import { Empty, Show } from '../parts/states.js';
import { html, useState } from '../ui.js';

const DAY = 86_400_000;

/** The days that are left, in words and as a grade. @param {number} dueAt */
export function timeLeft(dueAt) {
  const days = Math.ceil((dueAt - Date.now()) / DAY);
  if (days < 0) return { words: `${-days} ${days === -1 ? 'day' : 'days'} late`, grade: 'bad' };
  return { words: days === 0 ? 'due today' : `${days} ${days === 1 ? 'day' : 'days'} left`, grade: days <= 7 ? 'warn' : 'good' };
}

/** @param {{ requests: import('../lib/load.js').Loaded<any[]> }} properties */
export function Requests({ requests }) {
  return html`<section class="card" aria-labelledby="requests">
    <header><h2 id="requests">Open requests</h2></header>
    <${Show} loaded=${requests}>
      ${(/** @type {any[]} */ open) => (open.length === 0 ? html`<${Empty} icon="review" title="Nothing is due">Requests that are not settled stand here, the most urgent first.<//>` : html`<${RequestTable} requests=${open} onChanged=${requests.again} />`)}
    <//>
  </section>`;
}

/** @param {{ requests: any[], onChanged: () => void }} properties */
export function RequestTable({ requests, onChanged }) {
  const [problem, setProblem] = useState('');
  /** @param {any} request */
  const extend = async (request) => {
    setProblem('');
    try {
      await api.send('POST', `/v1/requests/${request.id}/extension`);
      onChanged();
    } catch (error) {
      setProblem(/** @type {Error} */ (error).message);
    }
  };
  return html`${problem && html`<p class="body problem" role="alert">${problem}</p>`}
    <div class="table-box" role="region" tabindex="0" aria-label="Requests"><table class="table">
      <thead><tr><th scope="col">Request</th><th scope="col">Person</th><th scope="col">Received</th><th scope="col">Due</th><th scope="col">Status</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>
      <tbody>
        ${requests.map((request) => {
          const left = timeLeft(request.dueAt);
          const isSettled = request.status === 'settled';
          return html`<tr>
            <td><b>${words(request.kind)}</b> <span class="faint">${request.regime.toUpperCase()}</span></td>
            <td><code>${request.scope.subject}</code></td>
            <td class="number soft">${day(request.receivedAt)}</td>
            <td class="number">${day(request.dueAt)} ${!isSettled && html`<span class=${`badge ${left.grade}`}>${left.words}</span>`}</td>
            <td><span class=${`badge ${isSettled ? 'good' : request.status}`}>${words(request.status)}</span></td>
            <td class="end">
              ${!isSettled && !request.extended && html`<button type="button" class="button small" onClick=${() => extend(request)}>More time</button>`}
              ${request.certificates?.length > 0 && html`<button type="button" class="button small" onClick=${() => saveCertificate(request)}>Certificate</button>`}
            </td>
          </tr>`;
        })}
      </tbody>
    </table></div>`;
}

/** The last certificate, as the JWS that was signed. @param {any} request */
export function saveCertificate(request) {
  saveBlob(new Blob([request.certificates.at(-1)], { type: 'application/jose' }), `erasure-${request.id}.jws`);
}
