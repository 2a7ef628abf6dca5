import { backoffMs } from './backoff.ts';

/** How the link to the server stands; kept where a new worker finds it. */
export interface Link {
  status: 'idle' | 'connecting' | 'open' | 'waiting' | 'blocked';
  attempt: number;
  nextAttemptAt?: number;
  /** The code that ended the last connection. */
  code?: string;
}

export interface LinkStore {
  read(): Promise<Link>;
  write(link: Link): Promise<void>;
}

interface Parts {
  link: LinkStore;
  now(): number;
  random(): number;
}

/** Decides when the server is tried again. */
export class Retries {
  #timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly parts: Parts, private readonly again: () => void) {}

  /** Whether a try is due; one that is not will come by itself. */
  async isDue(): Promise<boolean> {
    const { status, nextAttemptAt } = await this.parts.link.read();
    if (status === 'blocked') return false;
    const wait = (nextAttemptAt ?? 0) - this.parts.now();
    if (wait > 0) this.#in(wait);
    return wait <= 0;
  }

  /** Plans the next try, each later than the one before; gives how many failed in a row before this one. */
  async later(code: string): Promise<number> {
    const { attempt } = await this.parts.link.read();
    const wait = backoffMs(attempt, this.parts.random);
    await this.parts.link.write({ status: 'waiting', attempt: attempt + 1, nextAttemptAt: this.parts.now() + wait, code });
    this.#in(wait);
    return attempt;
  }

  #in(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.again, ms + 1);
  }
}
