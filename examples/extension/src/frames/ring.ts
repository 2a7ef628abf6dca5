import type { FrameTaken, RingRequest } from '../messages.ts';
import type { Outbox } from '../storage/outbox.ts';
import { encode, hashOf, paint, union } from './paint.ts';

/** Twenty frames of a usual window are some eighty megabytes: as much memory as a page of the web takes anyway. */
const KEPT = 20;
/** Pictures are compared at this size: a blinking cursor is no news, a message that came and went is. */
const SKETCH = { width: 80, height: 50 };
/** Of how many given pictures it is remembered how they looked: those of one action. */
const SKETCHES = 8;
/** How much a value of a pixel may differ, of 255, before two sketches are of different pictures. */
const SAME_WITHIN = 6;

interface Held {
  at: number;
  bitmap: ImageBitmap;
}

/**
 * The last moments of the recorded tab. A picture taken when a person acts is too late; here it is taken already. Only
 * frames that an action asks for are encoded, everything else is dropped as it was.
 */
export class FrameRing {
  #held: Held[] = [];
  #stream?: MediaStream;
  #video?: HTMLVideoElement;
  #timer?: ReturnType<typeof setInterval>;
  #holding?: Promise<void>;
  #last?: { request: string; taken: FrameTaken };
  readonly #sketches = new Map<string, Uint8ClampedArray>();

  constructor(private readonly outbox: Outbox) {}

  async start({ streamId, fps, width, height }: { streamId: string; fps: number; width: number; height: number }): Promise<{ problem?: string }> {
    this.stop();
    try {
      // Asked for more than the tab has, the browser would blow the picture up and put bars around it.
      const constraints = { audio: false, video: { mandatory: { chromeMediaSource: 'tab', chromeMediaSourceId: streamId, maxFrameRate: 30, minWidth: width, maxWidth: width, minHeight: height, maxHeight: height } } };
      this.#stream = await navigator.mediaDevices.getUserMedia(constraints as unknown as MediaStreamConstraints);
    } catch (error) {
      return { problem: String(error) };
    }
    this.#video = document.createElement('video');
    this.#video.muted = true;
    this.#video.srcObject = this.#stream;
    // Not waited for: a tab that paints nothing sends nothing, and whoever starts a recording must not wait for that.
    void this.#video.play().catch(() => undefined);
    this.#timer = setInterval(() => { if (!this.#holding) void this.#grab(); }, 1_000 / fps);
    return {};
  }

  /** Takes a frame now, besides those of the clock, and says of when it is. */
  async hold(): Promise<{ at?: number }> {
    // One that is under way may have begun before whoever asks was ready.
    await this.#holding;
    await this.#grab();
    return { at: this.#held.at(-1)?.at };
  }

  #grab(): Promise<void> {
    this.#holding = this.#take().finally(() => { this.#holding = undefined; });
    return this.#holding;
  }

  async #take(): Promise<void> {
    const video = this.#video;
    if (!video || video.videoWidth === 0) return;
    try {
      const bitmap = await createImageBitmap(video);
      // The time after, not before: so the frame is never newer than it says, and "before" is before.
      this.#held.push({ at: Date.now(), bitmap });
      while (this.#held.length > KEPT) this.#held.shift()!.bitmap.close();
    } catch {
      // The tab may be closing; the next turn tries again.
    }
  }

  /** The newest frame not after the wanted moment, painted, encoded and stored under its hash. */
  async take(request: RingRequest): Promise<FrameTaken | null> {
    const held = this.#held.findLast(({ at }) => at <= request.at && at >= request.notBefore);
    if (!held || request.viewport.width === 0) return null;
    const name = JSON.stringify([held.at, request.redactions, request.mediaType]);
    const sketch = sketchOf(held.bitmap);
    if (request.unlike?.some((hash) => this.#looksLike(sketch, hash))) return null;
    if (this.#last?.request === name) return this.#last.taken;
    const { width, height } = held.bitmap;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    context.drawImage(held.bitmap, 0, 0);
    const redactions = union(request.redactions);
    paint(context, redactions, width / request.viewport.width);
    const picture = await encode(canvas, request.mediaType);
    const bytes = await picture.arrayBuffer();
    const hash = await hashOf(bytes);
    await this.outbox.putBlob({ recording: request.recording, hash, role: 'frame', mediaType: picture.type, bytes, storedAt: Date.now() });
    const { viewport, scroll } = request;
    const taken: FrameTaken = { screenshot: { capturedAt: held.at, hash, width, height, mediaType: picture.type, redactions, source: 'tab-capture', viewport, scroll } };
    this.#last = { request: name, taken };
    this.#remember(hash, sketch);
    return taken;
  }

  #looksLike(sketch: Uint8ClampedArray, hash: string): boolean {
    const known = this.#sketches.get(hash);
    return known !== undefined && isAlike(sketch, known);
  }

  #remember(hash: string, sketch: Uint8ClampedArray): void {
    this.#sketches.set(hash, sketch);
    for (const oldest of [...this.#sketches.keys()].slice(0, -SKETCHES)) this.#sketches.delete(oldest);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    for (const { bitmap } of this.#held) bitmap.close();
    this.#held = [];
    this.#stream = undefined;
    this.#video = undefined;
    this.#last = undefined;
    this.#sketches.clear();
  }
}

function sketchOf(bitmap: ImageBitmap): Uint8ClampedArray {
  const context = new OffscreenCanvas(SKETCH.width, SKETCH.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0, SKETCH.width, SKETCH.height);
  return context.getImageData(0, 0, SKETCH.width, SKETCH.height).data;
}

const isAlike = (a: Uint8ClampedArray, b: Uint8ClampedArray): boolean => a.every((value, at) => Math.abs(value - b[at]!) <= SAME_WITHIN);
