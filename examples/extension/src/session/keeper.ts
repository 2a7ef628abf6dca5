import type { Outbox } from '../storage/outbox.ts';
import { levelMessages, nextLevel } from './ladder.ts';
import { raise, settle } from './notices.ts';
import type { Recording } from './recording.ts';
import { readSettings } from './settings.ts';

const CHECK_EVERY_MS = 2_000;

/** Keeps the outbox within its bounds: frames go before events, and whatever goes is told. */
export class Keeper {
  /** Measuring walks the whole outbox; between two looks a rough memory will do. */
  #checkedAt = -Infinity;
  #costs: number[] = [];

  constructor(private readonly outbox: Outbox, private readonly changed: (recording: Recording) => Promise<void>) {}

  cost(ms: number): void {
    this.#costs = [...this.#costs, ms].slice(-15);
  }

  async makeRoom(recording: Recording): Promise<void> {
    if (Date.now() - this.#checkedAt < CHECK_EVERY_MS) return;
    this.#checkedAt = Date.now();
    const { outboxMegabytes } = await readSettings();
    const most = outboxMegabytes * 1_000_000;
    const { bytes } = await this.outbox.size();
    if (bytes > most) await this.#dropFrames(recording, bytes - most * 0.8);
    const fill = Math.min(bytes, most) / most;
    const median = this.#costs.length >= 10 ? [...this.#costs].sort((a, b) => a - b)[Math.floor(this.#costs.length / 2)]! : 0;
    const level = nextLevel(recording.level, { fill, costMs: median });
    if (level === recording.level) return;
    const changed = await this.outbox.update(recording.key, (each) => { each.level = level; });
    await raise('capture-level', level === 'full' ? 'info' : 'warning', levelMessages[level]);
    if (level === 'full') await settle('outbox-full');
    if (changed) await this.changed(changed);
  }

  async #dropFrames(recording: Recording, bytes: number): Promise<void> {
    const dropped = await this.outbox.dropFrames(bytes);
    if (dropped === 0) return;
    const now = Date.now();
    await this.outbox.append(recording.key, [{ id: crypto.randomUUID(), kind: 'gap', value: { kind: 'outbox-full', from: now, lost: dropped }, openForMs: 0 }], now);
    await this.outbox.update(recording.key, (each) => { each.frames.lost += dropped; });
    await raise('outbox-full', 'warning', `The outbox was full, so ${dropped} older pictures were dropped. Actions are all kept. Check your connection to the server.`);
  }
}
