// The session along time: thumbnails of what was to be seen, what the person was after, and every step as a mark.

import { clock, words } from '../lib/format.js';
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../ui.js';

const THUMBNAIL = 132;

/** @typedef {import('../lib/types.js').Step} Step */

/**
 * @param {{
 *   steps: Step[], current: number, onOpen: (index: number) => void, frames: import('../lib/frames.js').Frames,
 *   worst: Map<number, string>, intents: import('../lib/types.js').IntentSpan[],
 * }} properties
 */
export function Timeline({ steps, current, onOpen, frames, worst, intents }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState(/** @type {number | null} */ (null));
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const start = steps[0].at;
  const end = Math.max(start + 1_000, steps[steps.length - 1].at + (steps[steps.length - 1].durationMs ?? 0) + 400);
  /** @param {number} at */
  const place = (at) => ((at - start) / (end - start)) * 100;
  const film = useMemo(() => filmstrip(steps, start, end, Math.max(1, Math.floor(width / THUMBNAIL))), [steps, start, end, Math.floor(width / THUMBNAIL)]);
  /** @param {PointerEvent} event */
  const nearest = (event) => {
    const area = /** @type {HTMLElement} */ (box.current).getBoundingClientRect();
    const at = start + ((event.clientX - area.left) / area.width) * (end - start);
    let best = 0;
    for (let index = 1; index < steps.length; index += 1) if (Math.abs(steps[index].at - at) < Math.abs(steps[best].at - at)) best = index;
    return best;
  };
  const shown = pointed === null ? null : steps[pointed];
  return html`<section class="timeline" aria-label="Timeline">
    <div class="timeline-box" ref=${box} onPointerMove=${(/** @type {PointerEvent} */ event) => setPointed(nearest(event))} onPointerLeave=${() => setPointed(null)} onClick=${(/** @type {PointerEvent} */ event) => onOpen(nearest(event))}>
      <div class="ticks" aria-hidden="true">${ticks(end - start, width).map((at) => html`<span style=${{ left: `${(at / (end - start)) * 100}%` }}>${clock(at).replace(/\.0$/, '')}</span>`)}</div>
      ${film.some(Boolean) && html`<div class="film" aria-hidden="true">${film.map((hash, index) => html`<span class="cell" key=${index}>${hash && html`<${Thumbnail} key=${hash} hash=${hash} frames=${frames} />`}</span>`)}</div>`}
      ${intents.length > 0 && html`<div class="spans" aria-hidden="true">
        ${intents.map((span) => {
          const [from, until] = [place(timeOf(steps, span.firstSeq)), place(timeAfter(steps, span.lastSeq, end))];
          return html`<span class=${`span intent-${span.intent}`} style=${{ left: `${from}%`, width: `${Math.max(0.4, until - from)}%` }}>${words(span.intent)}</span>`;
        })}
      </div>`}
      <div class="marks" aria-hidden="true">
        ${steps.map((step, index) => html`<span key=${step.seq} class=${`tick ${step.kind} ${worst.get(step.seq) ?? ''} ${index === current ? 'current' : ''}`} style=${{ left: `${place(step.at)}%`, width: step.durationMs ? `max(3px, ${((step.durationMs / (end - start)) * 100).toFixed(3)}%)` : '3px' }}></span>`)}
      </div>
      ${steps[current] && html`<div class="playhead" style=${{ left: `${place(steps[current].at)}%` }} aria-hidden="true"></div>`}
      ${shown && html`<div class="preview" style=${{ left: `clamp(7rem, ${place(shown.at)}%, calc(100% - 7rem))` }} aria-hidden="true">
        ${shown.before && html`<${Thumbnail} key=${shown.before.hash} hash=${shown.before.hash} frames=${frames} />`}
        <p class="truncate"><b class="number">${clock(shown.at - start)}</b> ${shown.words}</p>
      </div>`}
    </div>
  </section>`;
}

/** The frame to be seen in the middle of each cell. @param {Step[]} steps @param {number} start @param {number} end @param {number} cells */
function filmstrip(steps, start, end, cells) {
  /** @type {(string | undefined)[]} */
  const film = [];
  let at = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    const middle = start + ((cell + 0.5) / cells) * (end - start);
    while (at + 1 < steps.length && steps[at + 1].at <= middle) at += 1;
    const step = steps[at];
    film.push((step.at <= middle ? (step.after ?? step.before) : step.before)?.hash ?? film[cell - 1]);
  }
  return film;
}

/** @param {Step[]} steps @param {number} seq */
function timeOf(steps, seq) {
  return (steps.find((step) => step.seq >= seq) ?? steps[steps.length - 1]).at;
}

/** @param {Step[]} steps @param {number} seq @param {number} end */
function timeAfter(steps, seq, end) {
  return steps.find((step) => step.seq > seq)?.at ?? end;
}

/** Round moments, about one every 110 pixels. @param {number} length @param {number} width */
function ticks(length, width) {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200].map((seconds) => seconds * 1_000).find((step) => (step / length) * width >= 110) ?? 14_400_000;
  return Array.from({ length: Math.min(60, Math.floor(length / step) + 1) }, (_, index) => index * step);
}

/** @param {{ hash: string, frames: import('../lib/frames.js').Frames }} properties */
function Thumbnail({ hash, frames }) {
  const [address, setAddress] = useState(/** @type {string | null} */ (null));
  useEffect(() => {
    let isHere = true;
    frames.address(hash).then((found) => isHere && setAddress(found), () => {});
    return () => {
      isHere = false;
    };
  }, [hash]);
  return address && html`<img src=${address} alt="" decoding="async" loading="lazy" />`;
}
