// The action, drawn over the frame. Coordinates are CSS pixels of the frame's viewport.

import { html } from '../ui.js';

/** @typedef {import('../lib/types.js').Rect} Rect */

/** @param {Rect} box @param {number} margin */
const around = (box, margin) => ({ x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin });

/** @param {{ place: import('../lib/types.js').Place, width: number, height: number }} properties size of the viewport */
export function ActionDrawing({ place, width, height }) {
  const box = place.element?.box ?? place.visualContext?.box;
  const at = place.coordinates ?? (box && { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  return html`<svg class="action" viewBox=${`0 0 ${width} ${height}`} aria-hidden="true">
    ${box && html`<rect class="target" ...${around(box, 3)} rx="5" />`}
    ${place.type === 'scroll' ? html`<${ScrollArrow} place=${place} x=${at?.x ?? width / 2} y=${at?.y ?? height / 2} />` : null}
    ${place.type === 'drag' && place.action?.path?.length
      ? html`<polyline class="path" points=${place.action.path.map((point) => `${point.x},${point.y}`).join(' ')} />`
      : null}
    ${at && place.type !== 'scroll' && isPointed(place.type)
      ? html`<circle class="halo" cx=${at.x} cy=${at.y} r="20" /><circle class="point" cx=${at.x} cy=${at.y} r="6" />`
      : null}
  </svg>`;
}

/** @param {string} type */
function isPointed(type) {
  return ['click', 'doubleClick', 'hover', 'drag', 'select'].includes(type);
}

/** @param {{ place: import('../lib/types.js').Place, x: number, y: number }} properties */
function ScrollArrow({ place, x, y }) {
  const [right, down] = [place.action?.scrollX ?? 0, place.action?.scrollY ?? 0];
  const length = Math.hypot(right, down) || 1;
  const [dx, dy] = [right / length, down / length];
  const reach = 120;
  const [endX, endY] = [x + dx * reach, y + dy * reach];
  const head = `${endX},${endY} ${endX - dx * 18 - dy * 12},${endY - dy * 18 + dx * 12} ${endX - dx * 18 + dy * 12},${endY - dy * 18 - dx * 12}`;
  return html`<line class="path" x1=${x} y1=${y} x2=${endX - dx * 12} y2=${endY - dy * 12} /><polygon class="point" points=${head} /><circle class="point" cx=${x} cy=${y} r="5" />`;
}

/** Boxes that were painted over before anything was stored. @param {{ boxes: Rect[], width: number, height: number }} properties */
export function MaskDrawing({ boxes, width, height }) {
  return html`<svg class="action masks" viewBox=${`0 0 ${width} ${height}`} aria-hidden="true">
    ${boxes.map((box) => html`<rect x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="3" />`)}
  </svg>`;
}
