// All steps, one line each; only those in sight are in the document.

import { clock, duration } from '../lib/format.js';
import { Icon, iconOf } from '../parts/icon.js';
import { Virtual } from '../parts/virtual.js';
import { html } from '../ui.js';

export const STEP_HEIGHT = 40;

/**
 * @param {{
 *   steps: import('../lib/types.js').Step[], current: number, onOpen: (index: number) => void, start: number,
 *   worst: Map<number, string>, marks: Map<number, string>,
 * }} properties `worst` severity and reviewers' `marks` by place
 */
export function Steps({ steps, current, onOpen, start, worst, marks }) {
  /** @param {number} index */
  const row = (index) => {
    const step = steps[index];
    const severity = worst.get(step.seq);
    const mark = marks.get(step.seq);
    return html`<div key=${step.seq} class="step-row" role="listitem">
      <button type="button" class="step" aria-current=${index === current ? 'step' : undefined} onClick=${() => onOpen(index)}>
        <span class=${`step-icon ${step.kind}`}><${Icon} name=${step.kind === 'interaction' ? iconOf(step.type) : 'gap'} size=${14} /></span>
        <span class="step-words truncate">${step.words}</span>
        ${mark && html`<span class=${`mark ${mark}`} title=${`Marked: ${mark}`}><${Icon} name="flag" size=${12} /><span class="visually-hidden">, marked ${mark}</span></span>`}
        ${severity && html`<span class=${`dot ${severity}`} title=${`Has ${severity} findings`}><span class="visually-hidden">, has findings: ${severity}</span></span>`}
        <span class="step-time number">${clock(step.at - start)}${step.durationMs ? html`<small>${duration(step.durationMs)}</small>` : null}</span>
      </button>
    </div>`;
  };
  return html`<section class="step-list" aria-label="Steps">
    <${Virtual} role="list" label="Steps in order" count=${steps.length} height=${STEP_HEIGHT} selected=${current} row=${row} />
  </section>`;
}
