import { browser } from 'wxt/browser';
import { askTab, type PageMoment } from '../messages.ts';
import type { Database, StoredFrame } from '../storage/database.ts';
import { encode, type FrameFormat, hashOf, isSame, mediaTypes, paint, union } from './paint.ts';

/** Chrome allows two shots a second and refuses what comes sooner; 500 ms apart is refused now and then, 510 never was. */
const BETWEEN_SHOTS_MS = 515;
const KEPT_PER_TAB = 8;
const ANSWER_WITHIN_MS = 1_000;

export type Missed = 'quota' | 'hidden' | 'page-changed' | 'no-answer' | 'refused';

interface Shot {
  recording: string;
  tab: number;
  format: FrameFormat;
}

/** Takes pictures of the visible tab, paints over what must not be seen, and keeps the last few of each tab. */
export class Camera {
  /** When the last shot began. A new worker does not know it; the worst that happens is one refused shot. */
  #shotAt = -Infinity;
  #queue: Promise<unknown> = Promise.resolve();
  lastMissed: Missed = 'quota';

  constructor(private readonly database: Database) {}

  get waitMs(): number {
    return Math.max(0, this.#shotAt + BETWEEN_SHOTS_MS - Date.now());
  }

  /** Resolves when no shot is under way. */
  idle = (): Promise<unknown> => this.#queue;

  /** The frame of exactly this state of this document, if there is one already. */
  async known(recording: string, tab: number, documentId: string, version: number): Promise<StoredFrame | undefined> {
    const frames = await this.frames(recording, tab);
    return frames.findLast((frame) => frame.documentId === documentId && frame.version === version);
  }

  frames = (recording: string, tab: number): Promise<StoredFrame[]> => this.database.getAllFromIndex('frames', 'tab', [recording, tab]);

  /** A shot now, or none: for a person who is about to act there is no waiting. */
  async atOnce(shot: Shot): Promise<StoredFrame | undefined> {
    if (this.waitMs > 0) return this.#miss('quota');
    return this.#enqueue(() => this.#take(shot));
  }

  /** A shot as soon as the browser allows it. */
  async soon(shot: Shot, documentId: string, version: number): Promise<StoredFrame | undefined> {
    while (this.waitMs > 0) await new Promise((resolve) => { setTimeout(resolve, this.waitMs); });
    return this.#enqueue(async () => (await this.known(shot.recording, shot.tab, documentId, version)) ?? (this.waitMs > 0 ? this.#miss('quota') : this.#take(shot)));
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #miss(why: Missed): undefined {
    this.lastMissed = why;
    return undefined;
  }

  async #take(shot: Shot): Promise<StoredFrame | undefined> {
    const tab = await browser.tabs.get(shot.tab).catch(() => undefined);
    if (!tab?.active || tab.windowId === undefined) return this.#miss('hidden');
    const before = await momentOf(shot);
    if (!before) return this.#miss('no-answer');
    const capturedAt = Date.now();
    this.#shotAt = capturedAt;
    // With boxes to paint, a lossless picture is taken and encoded once; without, the browser encodes it once itself.
    const direct = before.redactions.length === 0 && shot.format !== 'webp';
    let url: string;
    try {
      url = await browser.tabs.captureVisibleTab(tab.windowId, direct && shot.format === 'jpeg' ? { format: 'jpeg', quality: 92 } : { format: 'png' });
    } catch (error) {
      return this.#miss(String(error).includes('MAX_CAPTURE') ? 'quota' : 'refused');
    }
    const after = await momentOf(shot);
    // A page that is gone cannot say what the picture shows of the next one.
    if (!after || after.documentId !== before.documentId) return this.#miss('no-answer');
    // Where private places moved meanwhile, nobody can say where they are in the picture.
    if (!isSame(before.redactions, after.redactions)) return this.#miss('page-changed');
    return this.#develop(shot, url, before, after, capturedAt, direct);
  }

  async #develop(shot: Shot, url: string, before: PageMoment, after: PageMoment, capturedAt: number, direct: boolean): Promise<StoredFrame> {
    const redactions = union(before.redactions, after.redactions);
    const taken = await (await fetch(url)).blob();
    const bitmap = await createImageBitmap(taken);
    const { width, height } = bitmap;
    let picture = taken;
    if (redactions.length > 0 || !direct) {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      paint(context, redactions, width / before.viewport.width);
      picture = await encode(canvas, mediaTypes[shot.format]);
    }
    bitmap.close();
    const bytes = await picture.arrayBuffer();
    const frame: StoredFrame = {
      recording: shot.recording, tab: shot.tab, documentId: before.documentId, version: before.version === after.version ? before.version : null, bytes,
      screenshot: { capturedAt, hash: await hashOf(bytes), width, height, mediaType: picture.type, redactions, source: 'visible-tab', viewport: before.viewport, scroll: before.scroll },
    };
    frame.id = await this.database.add('frames', frame);
    await this.#trim(shot);
    return frame;
  }

  async #trim({ recording, tab }: Shot): Promise<void> {
    const ids = await this.database.getAllKeysFromIndex('frames', 'tab', [recording, tab]);
    for (const id of ids.slice(0, -KEPT_PER_TAB)) await this.database.delete('frames', id);
  }
}

/** A frozen page must not hold up the others. */
export function momentOf({ recording, tab, since }: Pick<Shot, 'recording' | 'tab'> & { since?: number }): Promise<PageMoment | null> {
  const late = new Promise<null>((resolve) => { setTimeout(() => resolve(null), ANSWER_WITHIN_MS); });
  return Promise.race([askTab(tab, 'page.moment', { recording, since }, 0).catch(() => null), late]);
}
