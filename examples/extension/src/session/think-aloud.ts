import { hashOf } from '../frames/paint.ts';
import type { Outbox } from '../storage/outbox.ts';

/** Records what the person says while working, if they agreed to it, as one WebM file of the session. */
export class ThinkAloud {
  #recorder?: MediaRecorder;
  #ended?: Promise<void>;

  constructor(private readonly outbox: Outbox) {}

  async start(recording: string): Promise<{ problem?: string }> {
    await this.stop();
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      return { problem: String(error) };
    }
    const recorder = new MediaRecorder(stream, { mimeType: 'audio/webm;codecs=opus', audioBitsPerSecond: 24_000 });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    this.#ended = new Promise((resolve) => {
      recorder.onstop = async () => {
        for (const track of stream.getTracks()) track.stop();
        const bytes = await new Blob(parts).arrayBuffer();
        if (bytes.byteLength > 0) await this.outbox.putBlob({ recording, hash: await hashOf(bytes), role: 'audio', mediaType: 'audio/webm', bytes, storedAt: Date.now() });
        resolve();
      };
    });
    recorder.start();
    this.#recorder = recorder;
    return {};
  }

  /** Resolves once the file is in the outbox. */
  async stop(): Promise<void> {
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
    await this.#ended;
    this.#recorder = undefined;
    this.#ended = undefined;
  }
}
