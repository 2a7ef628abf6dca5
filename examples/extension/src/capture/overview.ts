import { pageOverview } from '../context/page.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import type { PageContext } from '../protocol.ts';

const EVERY_MS = 1_000;

/** The description of the page as a whole. Making it costs more than an action may; so it is made at rest, and kept. */
export class Overview {
  #known: PageContext = {};
  #knownAt = -Infinity;
  #knownVersion = -1;

  constructor(private readonly dictionary: () => PersonalDictionary, private readonly version: () => number) {}

  /** The last description. One that is outdated is made anew when the page has time. */
  read(): PageContext {
    if (this.#knownVersion < 0 && document.body) return this.make();
    const isFresh = this.#knownVersion === this.version() || performance.now() - this.#knownAt < EVERY_MS;
    if (!isFresh) {
      requestIdleCallback(() => this.make(), { timeout: 500 });
      this.#knownAt = performance.now();
    }
    return this.#known;
  }

  make(): PageContext {
    this.#known = pageOverview(this.dictionary());
    this.#knownVersion = this.version();
    this.#knownAt = performance.now();
    return this.#known;
  }
}
