// The loss by step, in training and, where it is told, in validation.

import { number } from '../lib/format.js';
import { html } from '../ui.js';

const WIDTH = 400;
const HEIGHT = 140;

/** @typedef {import('../lib/types.js').LossPoint} LossPoint */

/** @param {{ losses: LossPoint[] }} properties */
export function Curve({ losses }) {
  const first = losses[0].step;
  const last = losses[losses.length - 1].step;
  const all = losses.flatMap(({ training, validation }) => [training, validation]).filter((loss) => loss != null);
  const most = Math.max(...all, Number.MIN_VALUE);
  /** @param {'training' | 'validation'} kind */
  const line = (kind) =>
    losses
      .filter((point) => point[kind] != null)
      .map((point) => `${(((point.step - first) / Math.max(1, last - first)) * WIDTH).toFixed(1)},${(HEIGHT - (Number(point[kind]) / most) * HEIGHT).toFixed(1)}`)
      .join(' ');
  const end = losses.findLast(({ training }) => training != null)?.training;
  const begin = losses.find(({ training }) => training != null)?.training;
  const said = `Loss from ${begin?.toFixed(3)} at step ${first} to ${end?.toFixed(3)} at step ${last}`;
  return html`<figure class="curve">
    <svg viewBox=${`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" role="img" aria-label=${said}>
      <polyline class="training" points=${line('training')} />
      <polyline class="validation" points=${line('validation')} />
    </svg>
    <figcaption class="hint"><span>Loss, ${most.toFixed(2)} at the top, 0 at the bottom</span><span class="number">step ${number(first)} to ${number(last)}</span></figcaption>
  </figure>`;
}
