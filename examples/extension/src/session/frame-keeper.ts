import { Camera } from '../frames/camera.ts';
import { asAfter, asBefore, asBurst, chooseBefore } from '../frames/choose.ts';
import { type FrameFormat, mediaTypes } from '../frames/paint.ts';
import { videoAfter, videoBefore, videoBurst } from '../frames/video.ts';
import type { FrameMoment, PageReport } from '../messages.ts';
import type { CaptureGapKind, InteractionData, Screenshot } from '../protocol.ts';
import type { Picture, StoredEntry, StoredFrame } from '../storage/database.ts';
import type { Outbox } from '../storage/outbox.ts';
import type { Recording } from './recording.ts';
import { formatOf, readSettings } from './settings.ts';

const missedKinds: { [missed: string]: CaptureGapKind } = { quota: 'quota' };

type Begun = Extract<PageReport, { kind: 'action' }>;
type Completed = Extract<PageReport, { kind: 'completed' }>;

/** A picture, with its bytes where they are not in the outbox already. */
interface Found {
  screenshot: Picture;
  frame?: StoredFrame;
}

/** Gives each action its frames: the one before it as soon as it is known, those after it once the page rests. */
export class FrameKeeper {
  readonly #camera: Camera;
  /** Frames are added one action after the other; an action is closed when all of its frames are settled. */
  #tasks: Promise<unknown> = Promise.resolve();

  constructor(private readonly outbox: Outbox, private readonly sent: () => void) {
    this.#camera = new Camera(outbox.database);
  }

  /** The person is about to act: if the page is not in a picture yet, now is the last moment. */
  async wanted(recording: Recording, tab: number, documentId: string, version: number | null): Promise<void> {
    if (!this.#takesFrames(recording)) return;
    if (version !== null && (await this.#camera.known(recording.key, tab, documentId, version))) return;
    // A person who acts is not kept waiting: the fastest format that loses little.
    const format = await this.#format(recording);
    await this.#camera.atOnce({ recording: recording.key, tab, format: format === 'png' ? 'jpeg' : format });
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
      const found = await this.#before(recording, tab, moment);
      if (found) await this.#add(recording, id, found, asBefore(found, moment.at));
      else await this.#missed(recording, moment.at);
    });
  }

  completed(recording: Recording, tab: number, report: Completed): void {
    this.#next(async () => {
      const entry = await this.outbox.byId(recording.key, report.id);
      if (report.settled && entry?.moment && recording.level === 'full' && this.#wantsFrames(recording)) await this.#addResult(recording, tab, report, entry);
      await this.outbox.amend(recording.key, report.id, () => undefined, true);
      this.sent();
    });
  }

  async #addResult(recording: Recording, tab: number, { id, version, readings }: Completed, { value, moment }: StoredEntry): Promise<void> {
    const { documentId, at } = moment!;
    if (!this.#isVideo(recording)) {
      const frame = await this.#camera.soon({ recording: recording.key, tab, format: await this.#format(recording) }, documentId, version);
      if (frame) await this.#add(recording, id, { frame, screenshot: frame.screenshot }, asAfter(frame, at));
      return;
    }
    const asked = await this.#asked(recording, tab);
    const after = await videoAfter(asked, at);
    const ends = [...((value as InteractionData).screenshots ?? []), ...(after ? [after] : [])].map(({ hash }) => hash);
    const burst = await videoBurst(asked, at, readings, ends);
    for (const screenshot of burst) await this.#add(recording, id, { screenshot }, asBurst({ screenshot }, at));
    if (after) await this.#add(recording, id, { screenshot: after }, asAfter({ screenshot: after }, at));
  }

  #next(task: () => Promise<void>): void {
    this.#tasks = this.#tasks.then(task).catch(() => undefined);
  }

  async #before(recording: Recording, tab: number, moment: FrameMoment): Promise<Found | undefined> {
    if (this.#isVideo(recording)) {
      const screenshot = await videoBefore(await this.#asked(recording, tab), moment);
      return screenshot && { screenshot };
    }
    await this.#camera.idle();
    const frame = chooseBefore(await this.#camera.frames(recording.key, tab), moment);
    return frame && { frame, screenshot: frame.screenshot };
  }

  async #add(recording: Recording, id: string, { frame }: Found, screenshot: Screenshot): Promise<void> {
    const added = await this.outbox.amend(recording.key, id, (interaction) => { interaction.screenshots = [...(interaction.screenshots ?? []), screenshot]; }, false);
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
    await this.outbox.append(recording.key, [{ id: crypto.randomUUID(), kind: 'gap', value: { kind: this.#isVideo(recording) ? 'dropped-frame' : kind, from: at, lost: 1 }, openForMs: 0 }], Date.now());
    await this.outbox.update(recording.key, (each) => { each.frames.lost += 1; });
  }

  #wantsFrames = (recording: Recording) => recording.start.capture?.name !== 'events-only' && (recording.level === 'full' || recording.level === 'fewer-frames');
  #isVideo = (recording: Recording) => recording.start.capture?.name === 'high-fidelity';
  #takesFrames = (recording: Recording) => this.#wantsFrames(recording) && !this.#isVideo(recording);

  #asked = async (recording: Recording, tab: number) => ({ recording: recording.key, tab, mediaType: mediaTypes[await this.#format(recording)] });

  async #format(recording: Recording): Promise<FrameFormat> {
    const format = formatOf(recording.start.capture?.name, await readSettings());
    return recording.level === 'fewer-frames' && format === 'png' ? 'jpeg' : format;
  }
}
