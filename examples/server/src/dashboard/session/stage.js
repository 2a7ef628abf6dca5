// The frames of a step: before with the action drawn on it, after, or both under a divider that is dragged.

import { duration } from '../lib/format.js';
import { Segments } from '../parts/segments.js';
import { Icon } from '../parts/icon.js';
import { html, useEffect, useState } from '../ui.js';
import { ActionDrawing, MaskDrawing } from './action.js';

/** @typedef {import('../lib/types.js').StepFrame} StepFrame */

/** @type {[string, string][]} */
const VIEWS = [['before', 'Before'], ['after', 'After'], ['compare', 'Compare']];

/**
 * @param {{
 *   step: import('../lib/types.js').Step, place: import('../lib/types.js').Place | undefined, frames: import('../lib/frames.js').Frames,
 *   view: string, onView: (view: string) => void, masks: boolean, onMasks: () => void, total: number, index: number, onMove: (way: number) => void,
 * }} properties
 */
export function Stage({ step, place, frames, view, onView, masks, onMasks, total, index, onMove }) {
  const shown = shownView(view, step);
  const [split, setSplit] = useState(50);
  const frame = shown === 'after' ? step.after : step.before;
  return html`<section class="stage" aria-label="Frames">
    <div class="stage-bar">
      <${Segments} label="Which frame" options=${VIEWS} value=${shown} onChange=${onView} />
      <button type="button" class="button small" aria-pressed=${masks} onClick=${onMasks} title="Masked surfaces (m)"><${Icon} name="mask" size=${14} /><span class="wide">Masked</span>${step.before?.redactions ? ` ${step.before.redactions}` : ''}</button>
      <span class="push row">
        <button type="button" class="button plain icon small" aria-label="The step before" disabled=${index <= 0} onClick=${() => onMove(-1)}><${Icon} name="left" /></button>
        <span class="number faint" role="status">${index + 1} / ${total}</span>
        <button type="button" class="button plain icon small" aria-label="The next step" disabled=${index >= total - 1} onClick=${() => onMove(1)}><${Icon} name="right" /></button>
      </span>
    </div>
    <div class="canvas">
      ${frame
        ? html`<div class="frame" style=${{ aspectRatio: `${frame.viewportWidth} / ${frame.viewportHeight}`, '--wide': frame.viewportWidth / frame.viewportHeight }}>
            ${shown !== 'after' && step.before && html`<${Picture} key=${step.before.hash} frame=${step.before} frames=${frames} alt=${`Before step ${step.seq}: ${step.title}`} />`}
            ${shown !== 'before' && step.after &&
            html`<div class="over" style=${shown === 'compare' ? { clipPath: `inset(0 0 0 ${split}%)` } : {}}>
              <${Picture} key=${step.after.hash} frame=${step.after} frames=${frames} alt=${`After step ${step.seq}: ${step.title}`} />
            </div>`}
            ${place && shown !== 'after' && html`<div class="over" style=${shown === 'compare' ? { clipPath: `inset(0 ${100 - split}% 0 0)` } : {}}><${ActionDrawing} place=${place} width=${frame.viewportWidth} height=${frame.viewportHeight} /></div>`}
            ${masks && place && html`<${MaskDrawing} boxes=${masksOf(place, shown)} width=${frame.viewportWidth} height=${frame.viewportHeight} />`}
            ${shown === 'compare' &&
            html`<div class="divider" style=${{ left: `${split}%` }} aria-hidden="true"><span><${Icon} name="left" size=${10} /><${Icon} name="right" size=${10} /></span></div>
              <input class="split" type="range" min="0" max="100" value=${split} aria-label="Where the frame after begins, in percent" onInput=${(/** @type {any} */ event) => setSplit(Number(event.target.value))} />`}
          </div>`
        : html`<${NoFrame} step=${step} />`}
    </div>
    <p class="stage-foot faint">
      <span class="truncate">${step.title}</span>
      <span class="push number">${[lag('before', step.before), lag('after', step.after)].filter(Boolean).join(' · ')}</span>
    </p>
  </section>`;
}

/** What can be shown of what was asked for: a navigation has no frame before, the last step none after. @param {string} view @param {import('../lib/types.js').Step} step */
function shownView(view, step) {
  if (step.before && step.after) return view;
  return step.before ? 'before' : 'after';
}

/** @param {{ step: import('../lib/types.js').Step }} properties */
function NoFrame({ step }) {
  const what = step.kind === 'gap' ? 'The recorder says it missed something here.' : step.kind === 'rejected' ? 'What was sent here could not be used.' : 'No frame belongs to this step.';
  return html`<div class="empty"><span class="disc"><${Icon} name="gap" /></span><h2>Nothing to see</h2><p>${what}</p></div>`;
}

/** @param {string} words @param {StepFrame | undefined} frame */
function lag(words, frame) {
  if (!frame) return `no frame ${words}`;
  return `${words} ${frame.lagMs < 0 ? '−' : '+'}${duration(Math.abs(frame.lagMs))}`;
}

/** @param {import('../lib/types.js').Place} place @param {string} shown */
function masksOf(place, shown) {
  const relation = shown === 'after' ? 'after' : 'before';
  return (place.screenshots ?? []).filter((frame) => frame.relation === relation).flatMap((frame) => (frame.redactions ?? []).map((one) => one.box));
}

/** @param {{ frame: StepFrame, frames: import('../lib/frames.js').Frames, alt: string }} properties */
function Picture({ frame, frames, alt }) {
  const [address, setAddress] = useState(/** @type {string | null | undefined} */ (undefined));
  useEffect(() => {
    let isHere = true;
    frames.address(frame.hash, true).then(
      (found) => isHere && setAddress(found),
      () => isHere && setAddress(null),
    );
    return () => {
      isHere = false;
    };
  }, [frame.hash]);
  if (address === null) return html`<div class="picture lost"><p>This frame is not stored any more.</p></div>`;
  if (!address) return html`<div class="picture waiting" role="status"><span class="visually-hidden">Loading the frame</span></div>`;
  return html`<img class="picture" src=${address} alt=${alt} width=${frame.width} height=${frame.height} decoding="async" />`;
}
