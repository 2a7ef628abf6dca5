import { browser } from 'wxt/browser';
import { Camera, momentOf } from '../frames/camera.ts';
import { asAfter, asBefore, chooseBefore } from '../frames/choose.ts';
import { type FrameFormat, mediaTypes } from '../frames/paint.ts';
import { ask, type FrameMoment, type PageReport } from '../messages.ts';
import type { CaptureGapKind, Screenshot } from '../protocol.ts';
import type { Picture, StoredFrame } from '../storage/database.ts';
import type { Outbox } from '../storage/outbox.ts';
import { raise, settle } from './notices.ts';
import type { Recording } from './recording.ts';
import { readSettings } from './settings.ts';

const RING_FPS = 12;
/** A page that was not repainted for long sends no new frame, so the newest one may be old and still right. */
const RING_REACH_MS = 60_000;
const missedKinds: { [missed: string]: CaptureGapKind } = { quota: 'quota' };

type Begun = Extract<PageReport, { kind: 'action' }>;
type Completed = Extract<PageReport, { kind: 'completed' }>;

/** Gives each action its frames: the one before it as soon as it is known, the one after it once the page rests. */
export class FrameKeeper {
  readonly #camera: Camera;
  /** Frames are added one action after the other; an action is closed when both of its frames are settled. */
  #tasks: Promise<unknown> = Promise.resolve();

  constructor(private readonly outbox: Outbox, private readonly sent: () => void) {
    this.#camera = new Camera(outbox.database);
  }

  /** The person is about to act: if the page is not in a picture yet, now is the last moment. */
  async wanted(recording: Recording, tab: number, documentId: string, version: number | null): Promise<void> {
    if (!this.#takesFrames(recording)) return;
    if (version !== null && (await this.#camera.known(recording.key, tab, documentId, version))) return;
    await this.#camera.atOnce({ recording: recording.key, tab, format: 'jpeg' });
  }

  /** The page came to rest: its picture is the "before" of whatever comes next. */
  async settled(recording: Recording, tab: number, documentId: string, version: number): Promise<void> {
    if (this.#takesFrames(recording)) await this.#camera.soon({ recording: recording.key, tab, format: await this.#format(recording) }, documentId, version);
  }

  begun(recording: Recording, tab: number, { id, interaction, moment }: Begun): void {
    if (!this.#wantsFrames(recording)) return;
    this.#next(async () => {
      // Opening an address has no page before it, and a switch of tabs none of its own.
      if (interaction.type === 'navigation') return;
      const found = this.#isRing(recording) ? await this.#fromRing(recording, moment, moment.at) : await this.#beforeFrame(recording, tab, moment);
      if (found) await this.#add(recording, id, found.frame, asBefore(found, moment.at), false);
      else await this.#missed(recording, moment.at);
    });
  }

  completed(recording: Recording, tab: number, { id, version, settled: isSettled }: Completed): void {
    this.#next(async () => {
      const entry = await this.outbox.byId(recording.key, id);
      if (isSettled && entry?.moment && recording.level === 'full' && this.#wantsFrames(recording)) {
        const { documentId, at } = entry.moment;
        const found = this.#isRing(recording)
          ? await this.#nowFromRing(recording, tab)
          : await this.#camera.soon({ recording: recording.key, tab, format: await this.#format(recording) }, documentId, version).then((frame) => frame && { frame, screenshot: frame.screenshot });
        if (found) await this.#add(recording, id, found.frame, asAfter(found, at), false);
      }
      await this.outbox.amend(recording.key, id, () => undefined, true);
      this.sent();
    });
  }

  #next(task: () => Promise<void>): void {
    this.#tasks = this.#tasks.then(task).catch(() => undefined);
  }

  async #beforeFrame(recording: Recording, tab: number, moment: FrameMoment): Promise<{ frame: StoredFrame; screenshot: Picture } | undefined> {
    await this.#camera.idle();
    const frame = chooseBefore(await this.#camera.frames(recording.key, tab), moment);
    return frame && { frame, screenshot: frame.screenshot };
  }

  /** The page has moved on since the action: what is private now is asked now. */
  async #nowFromRing(recording: Recording, tab: number): Promise<{ frame?: undefined; screenshot: Picture } | undefined> {
    const now = await momentOf({ recording: recording.key, tab });
    return now ? this.#fromRing(recording, { ...now, at: Date.now() }, Date.now()) : undefined;
  }

  /** The offscreen document stores what it encodes, so only its description comes back. */
  async #fromRing(recording: Recording, moment: FrameMoment, at: number): Promise<{ frame?: undefined; screenshot: Picture } | undefined> {
    if (!moment.redactions || !moment.viewport || !moment.scroll) return undefined;
    const { redactions, viewport, scroll } = moment;
    const taken = await ask('ring.take', { recording: recording.key, at, notBefore: at - RING_REACH_MS, redactions, viewport, scroll, mediaType: mediaTypes[await this.#format(recording)] }).catch(() => null);
    return taken ? { screenshot: taken.screenshot } : undefined;
  }

  async #add(recording: Recording, id: string, frame: StoredFrame | undefined, screenshot: Screenshot, close: boolean): Promise<void> {
    const added = await this.outbox.amend(recording.key, id, (interaction) => { interaction.screenshots = [...(interaction.screenshots ?? []), screenshot]; }, close);
    if (!added) return;
    if (frame && !frame.isSent) {
      await this.outbox.putBlob({ recording: recording.key, hash: screenshot.hash, role: 'frame', mediaType: screenshot.mediaType, bytes: frame.bytes, storedAt: Date.now() });
      frame.isSent = true;
      await this.outbox.database.put('frames', frame);
    }
    await this.outbox.update(recording.key, (each) => { each.frames.kept += 1; });
  }

  async #missed(recording: Recording, at: number): Promise<void> {
    const kind = missedKinds[this.#camera.lastMissed] ?? 'dropped-frame';
    await this.outbox.append(recording.key, [{ id: crypto.randomUUID(), kind: 'gap', value: { kind, from: at, lost: 1 }, openForMs: 0 }], Date.now());
    await this.outbox.update(recording.key, (each) => { each.frames.lost += 1; });
  }

  #wantsFrames = (recording: Recording) => recording.start.capture?.name !== 'events-only' && (recording.level === 'full' || recording.level === 'fewer-frames');
  #isRing = (recording: Recording) => recording.start.capture?.name === 'high-fidelity';
  #takesFrames = (recording: Recording) => this.#wantsFrames(recording) && !this.#isRing(recording);

  async #format(recording: Recording): Promise<FrameFormat> {
    return recording.level === 'fewer-frames' ? 'jpeg' : (await readSettings()).frameFormat;
  }

  /** Begins the stream of the tab. The browser allows it only where the person pressed the recorder's button. */
  async openRing(recording: Recording, tab: number): Promise<void> {
    try {
      await openOffscreen();
      const streamId = await browser.tabCapture.getMediaStreamId({ targetTabId: tab });
      const { viewport } = (await momentOf({ recording: recording.key, tab }))!;
      const [width, height] = [viewport.width, viewport.height].map((side) => Math.round(side * (viewport.devicePixelRatio ?? 1))) as [number, number];
      const { problem } = await ask('ring.start', { streamId, fps: RING_FPS, width, height });
      if (problem) throw new Error(problem);
      await settle('ring-refused');
    } catch {
      await raise('ring-refused', 'warning', 'The browser did not allow the video of this tab, so pictures before actions will be missing. Press the recorder’s button on the page of your task and start again.');
    }
  }

  /** Begins to record what the person says; they said that they want this, and the browser asked them too. */
  async openAudio(recording: Recording): Promise<void> {
    await openOffscreen();
    const { problem } = await ask('audio.start', { recording: recording.key });
    if (problem) await raise('microphone-refused', 'warning', 'The microphone cannot be used, so what you say is not recorded. Allow it in the options, or switch it off there.');
    else await settle('microphone-refused');
  }

  /** Ends video and voice; what was said is in the outbox afterwards. */
  async closeOffscreen(): Promise<void> {
    if (!(await browser.offscreen.hasDocument())) return;
    await ask('audio.stop', {}).catch(() => undefined);
    await browser.offscreen.closeDocument();
  }
}

export async function openOffscreen(): Promise<void> {
  if (await browser.offscreen.hasDocument()) return;
  await browser.offscreen.createDocument({ url: 'offscreen.html', reasons: ['USER_MEDIA'], justification: 'Keeps the last pictures of the recorded tab, and records think-aloud audio.' });
}
