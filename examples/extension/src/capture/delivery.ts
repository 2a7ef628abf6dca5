import { browser } from 'wxt/browser';
import { ask, type PageReport } from '../messages.ts';

export const mailboxPrefix = 'mailbox:';

export interface Letter {
  recording: string;
  documentId: string;
  at: number;
  reports: PageReport[];
}

const RETRY_MS = 150;
const MOST_AT_ONCE = 20;

/**
 * Brings reports to the worker, in order, until it says that they are stored. The worker may be killed at any moment;
 * a page that goes away leaves what is not confirmed in the extension's own storage, which needs no worker.
 */
export class Delivery {
  #waiting: PageReport[] = [];
  #busy = false;
  recording = '';

  constructor(private readonly documentId: string) {}

  get size(): number {
    return this.#waiting.length;
  }

  put(report: PageReport): void {
    this.#waiting.push(report);
    void this.#deliver();
  }

  /** The page goes away. What arrives twice is recognised by its id. */
  leave(): void {
    if (this.#waiting.length === 0 || !this.recording) return;
    const letter: Letter = { recording: this.recording, documentId: this.documentId, at: Date.now(), reports: this.#waiting };
    void browser.storage.local.set({ [`${mailboxPrefix}${letter.at}:${this.documentId}`]: letter }).catch(() => undefined);
  }

  drop(): void {
    this.#waiting = [];
  }

  /** Resolves once nothing waits any more. */
  async empty(): Promise<void> {
    while (this.#waiting.length > 0 && isConnected()) await pause(20);
  }

  async #deliver(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    // What is told in one go travels in one message.
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.recording && isConnected()) {
      const reports = this.#waiting.slice(0, MOST_AT_ONCE);
      try {
        await ask('page.report', { recording: this.recording, documentId: this.documentId, reports });
        this.#waiting = this.#waiting.filter((report) => !reports.includes(report));
      } catch {
        // The worker was killed or is starting; asking again starts it.
        await pause(RETRY_MS);
      }
    }
    this.#busy = false;
  }

  /** Orders arrived: what waited for them can go. */
  begin(recording: string): void {
    this.recording = recording;
    void this.#deliver();
  }
}

/** After an update or removal of the extension its old content scripts go on running, with nobody to talk to. */
export const isConnected = (): boolean => browser.runtime?.id !== undefined;

const pause = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms); });
