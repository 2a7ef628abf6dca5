import type { Reading } from '../messages.ts';
import type { Redaction } from '../protocol.ts';
import { isSame, union } from './paint.ts';

/** A tab's video shows what the page was up to this long ago: a tenth of a second as a rule, far more on a busy machine. */
const VIDEO_LATE_MS = 700;
/** While a page changes it is read this often, whenever it has time. */
const EVERY_MS = 80;
/** Reading along may take this share of the page's time; large pages are read less often. */
const SHARE = 0.08;
const READ_WITHIN_MS = 60;
/** When the page is read after an action, for what moves without any change of the document. */
const READ_AFTER_MS = [120, 320, 560, 900];
const KEPT = 24;

/**
 * What had to be hidden at moments of the last seconds, for frames that were taken without asking the page first: those
 * of the tab's video.
 */
export class Readings {
  #held: Reading[] = [];
  #costMs = 0;
  #next?: ReturnType<typeof setTimeout>;
  #planned: ReturnType<typeof setTimeout>[] = [];

  constructor(private readonly read: () => Reading) {}

  take(): Reading {
    const began = performance.now();
    const reading = this.read();
    this.#costMs = performance.now() - began;
    this.#held = [...this.#held, reading].slice(-KEPT);
    return reading;
  }

  /** What the newest frame of the video must not show; nothing where nobody can say. */
  takeForFrameBefore(): Redaction[] | null {
    const { at } = this.take();
    return hiddenAt(this.#held, at);
  }

  /** The page changed: it is read soon, and not for every change. */
  changed(): void {
    this.#next ??= setTimeout(() => {
      this.#next = undefined;
      this.#whenIdle();
    }, Math.max(EVERY_MS, this.#costMs / SHARE));
  }

  /** Reads along while an action takes its effect. */
  follow(): void {
    this.rest();
    this.#planned = READ_AFTER_MS.map((ms) => setTimeout(this.#whenIdle, ms));
  }

  rest(): void {
    for (const timer of this.#planned) clearTimeout(timer);
    this.#planned = [];
  }

  #whenIdle = (): void => {
    requestIdleCallback(() => void this.take(), { timeout: READ_WITHIN_MS });
  };

  /** The readings that say what frames since this moment must not show. */
  since(at: number): Reading[] {
    const first = this.#held.findLastIndex((reading) => reading.at <= at - VIDEO_LATE_MS);
    return this.#held.slice(Math.max(0, first));
  }

  forget(): void {
    this.rest();
    clearTimeout(this.#next);
    this.#next = undefined;
    this.#held = [];
  }
}

/**
 * What a frame of the video of this moment must not show. It may show the page of any moment since a little before; so
 * readings have to reach that far back, and between each two of them nothing private may have moved unseen.
 */
export function hiddenAt(readings: Reading[], at: number): Redaction[] | null {
  let index = readings.findIndex((reading) => reading.at >= at);
  if (index < 0 || !readings[index]!.isShown) return null;
  const boxes: Redaction[][] = [readings[index]!.redactions];
  for (; readings[index]!.at - readings[index]!.quietMs > at - VIDEO_LATE_MS; index -= 1) {
    const before = readings[index - 1];
    if (!before || !isLinked(before, readings[index]!)) return null;
    boxes.push(before.redactions);
  }
  return union(...boxes);
}

/** Whether every private place between two readings is one of theirs: nothing moved, or all at once in a single change. */
function isLinked(before: Reading, after: Reading): boolean {
  const isSameView = before.scroll.x === after.scroll.x && before.scroll.y === after.scroll.y && before.viewport.width === after.viewport.width && before.viewport.height === after.viewport.height;
  const isOneStep = after.version - before.version === 1 && !before.isAnimated && !after.isAnimated;
  return before.isShown && isSameView && (isOneStep || isSame(before.redactions, after.redactions));
}
