// Reviewing: the verdict, the marks of steps, what the person was after; and who decided what before.

import { when, words } from '../lib/format.js';
import { html, useState } from '../ui.js';
import { Nothing, Part } from './tabs/part.js';

export const INTENTS = ['search', 'filter', 'browse', 'inspect', 'compare', 'configure', 'cart', 'checkout', 'purchase', 'account', 'backtrack'];
export const REASONS = ['goal-not-reached', 'other-goal', 'bad-frames', 'missing-steps', 'personal-data', 'duplicate', 'other'];
/** @type {[string, string][]} */
const MARKS = [['good', 'Good'], ['wrong', 'Wrong'], ['leave-out', 'Leave out']];

/**
 * @param {{
 *   step: import('../lib/types.js').Step, reviewing: import('./reviewing.js').Reviewing,
 *   understanding: import('../lib/types.js').Understanding | undefined,
 * }} properties
 */
export function ReviewTab({ step, reviewing, understanding }) {
  const { decide, reviews, you, error, marks, busy } = reviewing;
  const mark = marks.get(step.seq);
  const span = understanding?.intents.find((one) => one.firstSeq <= step.seq && step.seq <= one.lastSeq);
  const [firstSeq, lastSeq] = [span?.firstSeq ?? step.seq, span?.lastSeq ?? step.seq];
  return html`${error && html`<p class="notice bad" role="alert">${error.message}</p>`}
    <${Part} title="Session">
      <${Verdict} reviewing=${reviewing} />
    <//>
    <${Part} title=${`Step ${step.seq}`}>
      <div class="row wrap" role="group" aria-label="Mark of the step">
        ${MARKS.map(([value, name]) => html`<button type="button" class=${`button small ${value === 'good' ? 'good' : 'bad'}`} disabled=${busy} aria-pressed=${mark === value} onClick=${() => decide({ kind: 'step', seq: step.seq, mark: /** @type {any} */ (mark === value ? 'none' : value) })}>${name}</button>`)}
      </div>
      <p class="hint">A wrong step, and one to leave out, give no training line.</p>
    <//>
    <${Part} title=${firstSeq === lastSeq ? 'After what' : `After what, steps ${firstSeq} to ${lastSeq}`}>
      <select id="relabel" class="input" aria-label="What the person was after" disabled=${busy} onChange=${(/** @type {any} */ event) => decide({ kind: 'intent', firstSeq, lastSeq, intent: event.target.value || null })}>
        <option value="" selected=${!reviewing.intentOf(step.seq)}>${span ? `As inferred: ${words(span.intent)}` : 'As inferred'}</option>
        ${INTENTS.map((intent) => html`<option value=${intent} selected=${reviewing.intentOf(step.seq) === intent}>${words(intent)}</option>`)}
      </select>
    <//>
    <${Part} title="Decisions" count=${reviews.length}>
      ${reviews.length === 0
        ? html`<${Nothing}>Nobody reviewed this session yet.<//>`
        : html`<ol class="decisions">${[...reviews].reverse().map((review) => html`<li><p>${told(review.decision)}</p><p class="hint">${review.reviewer}${review.reviewer === you ? ' (you)' : ''} · ${when(review.at)}</p></li>`)}</ol>`}
    <//>`;
}

/** Accept and reject, with reasons for the latter. @param {{ reviewing: import('./reviewing.js').Reviewing }} properties */
export function Verdict({ reviewing }) {
  const { decide, verdicts, you, busy } = reviewing;
  const mine = you ? verdicts.get(you)?.decision : undefined;
  const verdict = mine?.kind === 'verdict' ? mine.verdict : undefined;
  const reasons = mine?.kind === 'verdict' ? (mine.reasons ?? []) : [];
  const [open, setOpen] = useState(false);
  /** @param {'accepted' | 'rejected' | 'undecided'} verdict @param {string[]} [reasons] */
  const say = (verdict, reasons = []) => decide({ kind: 'verdict', verdict, reasons });
  const others = [...verdicts.values()].filter((review) => review.reviewer !== you);
  return html`<div class="row wrap" role="group" aria-label="Verdict">
      <button type="button" class="button good" disabled=${busy} aria-pressed=${verdict === 'accepted'} onClick=${() => say('accepted')}>Accept <kbd>y</kbd></button>
      <button type="button" class="button bad" disabled=${busy} aria-pressed=${verdict === 'rejected'} onClick=${() => (setOpen(true), say('rejected', reasons))}>Reject <kbd>n</kbd></button>
      ${verdict && verdict !== 'undecided' && html`<button type="button" class="button plain" disabled=${busy} onClick=${() => say('undecided')}>Take back</button>`}
    </div>
    ${(verdict === 'rejected' || open) && verdict === 'rejected'
      ? html`<fieldset class="reasons"><legend class="hint">Why</legend>
          ${REASONS.map((reason) => html`<label><input type="checkbox" checked=${reasons.includes(reason)} disabled=${busy} onChange=${() => say('rejected', reasons.includes(reason) ? reasons.filter((one) => one !== reason) : [...reasons, reason])} />${words(reason)}</label>`)}
        </fieldset>`
      : null}
    ${others.length > 0 && html`<p class="hint">${others.map((review) => `${review.reviewer}: ${review.decision.kind === 'verdict' ? review.decision.verdict : ''}`).join(' · ')}</p>`}`;
}

/** @param {import('../lib/types.js').ReviewDecision} decision */
function told(decision) {
  if (decision.kind === 'verdict') return html`<span class=${`badge ${decision.verdict}`}>${words(decision.verdict)}</span> ${(decision.reasons ?? []).map(words).join(', ')}`;
  if (decision.kind === 'step') return decision.mark === 'none' ? `Step ${decision.seq}: mark taken back` : html`Step ${decision.seq} <span class=${`badge bare ${decision.mark === 'good' ? 'good' : 'bad'}`}>${words(decision.mark)}</span>`;
  return html`Steps ${decision.firstSeq} to ${decision.lastSeq}: <b>${decision.intent ? words(decision.intent) : 'as inferred'}</b>`;
}
