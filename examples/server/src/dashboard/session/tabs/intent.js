// What the person was after, how they moved, how they decided; who says so, and on what grounds.

import { percent, words } from '../../lib/format.js';
import { html } from '../../ui.js';
import { Facts, Nothing, Part } from './part.js';

const LABELS = { correct: 'It led on, as far as can be told.', redundant: 'It changed nothing.', wrong: 'It was taken back right afterwards.', recovery: 'It took back a wrong one.' };

/**
 * @param {{
 *   place: import('../../lib/types.js').Place, understanding: import('../../lib/types.js').Understanding | undefined,
 *   relabelled: string | undefined, report: import('../../lib/types.js').QualityReport,
 * }} properties
 */
export function IntentTab({ place, understanding, relabelled, report }) {
  const { seq } = place;
  const label = place.derived?.label;
  const spans = understanding?.intents.filter((span) => span.firstSeq <= seq && seq <= span.lastSeq) ?? [];
  const patterns = understanding?.patterns.filter((one) => one.firstSeq <= seq && seq <= one.lastSeq) ?? [];
  return html`<${Part} title="After what">
      ${relabelled && html`<p class="notice good">A reviewer says: <b>${words(relabelled)}</b></p>`}
      ${spans.length === 0 && html`<${Nothing}>${place.derived?.intent ? words(place.derived.intent) : understanding ? 'Nothing can be told here.' : 'This is told once the session is processed.'}<//>`}
      ${spans.map(
        (span) => html`<${Facts} facts=${[
          ['Intent', html`<span class=${`badge bare intent-${span.intent}`}>${words(span.intent)}</span>`],
          ['Steps', `${span.firstSeq} to ${span.lastSeq}`],
          ['Sure', percent(span.confidence)],
          ['Because', span.evidence.map(words).join(', ')],
          ['Says', typeof span.inferredBy === 'string' ? { rule: 'A rule', person: 'The person' }[span.inferredBy] ?? span.inferredBy : Object.values(span.inferredBy ?? {}).join(' ')],
        ]} />`,
      )}
    <//>
    <${Part} title="For the task">
      ${label ? html`<p><span class=${`badge ${label}`}>${words(label)}</span> ${LABELS[/** @type {keyof typeof LABELS} */ (label)] ?? ''}</p>` : html`<${Nothing}>No label: it is no action.<//>`}
      ${report.outcome &&
      html`<${Facts} facts=${[
        ['Task done', percent(report.outcome.likelihood)],
        ['Because', (report.outcome.evidence ?? []).map(words).join(', ')],
        ['Collector says', report.outcome.claimed && words(report.outcome.claimed)],
      ]} />`}
    <//>
    ${understanding &&
    html`<${Part} title="Ways of moving" count=${patterns.length}>
        ${patterns.length === 0 ? html`<${Nothing}>No pattern spans this step.<//>` : html`<ul class="lines">${patterns.map((one) => html`<li><span class="badge bare">${words(one.kind)}</span><span>Steps ${one.firstSeq} to ${one.lastSeq}</span><span class="push faint number">${one.pages} pages</span></li>`)}</ul>`}
      <//>
      <${Part} title="The session as a whole">
        <${Facts} facts=${[
          ['Style', words(understanding.style)],
          ['Decides', words(understanding.psychology.decisionStyle)],
          ['Hesitates', percent(understanding.psychology.hesitation)],
          ['Corrects', percent(understanding.psychology.correction)],
          ['Because', understanding.psychology.evidence.map(words).join(', ')],
        ]} />
      <//>`}`;
}
