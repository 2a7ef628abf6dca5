// Pictures of a session. They need the token, so they are fetched and given addresses of this tab; a few at a time, each
// once, and given back when the session is left.

import { api } from './api.js';

const AT_ONCE = 4;
const KEPT = 400;

export class Frames {
  /** @param {string} session */
  constructor(session) {
    this.session = session;
    /** @type {Map<string, Promise<string>>} */
    this.addresses = new Map();
    /** @type {(() => void)[]} */
    this.waiting = [];
    this.busy = 0;
    this.abort = new AbortController();
  }

  /**
   * The address of a frame. `urgent` frames, those somebody looks at, go before thumbnails.
   * @param {string} hash @param {boolean} [urgent]
   * @returns {Promise<string>}
   */
  address(hash, urgent = false) {
    const known = this.addresses.get(hash);
    if (known) return known;
    const address = this.#turn(urgent).then(() =>
      api.blob(`/v1/sessions/${this.session}/frames/${hash}`, this.abort.signal).then(URL.createObjectURL).finally(() => this.#done()),
    );
    // What failed may be asked for again.
    address.catch(() => this.addresses.delete(hash));
    this.addresses.set(hash, address);
    if (this.addresses.size > KEPT) {
      const [oldest, old] = /** @type {[string, Promise<string>]} */ (this.addresses.entries().next().value);
      this.addresses.delete(oldest);
      old.then(URL.revokeObjectURL, () => {});
    }
    return address;
  }

  /** @param {boolean} urgent @returns {Promise<void>} */
  #turn(urgent) {
    if (this.busy < AT_ONCE) {
      this.busy += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => (urgent ? this.waiting.unshift(resolve) : this.waiting.push(resolve)));
  }

  #done() {
    const next = this.waiting.shift();
    if (next) next();
    else this.busy -= 1;
  }

  close() {
    this.abort.abort();
    for (const address of this.addresses.values()) address.then(URL.revokeObjectURL, () => {});
    this.addresses.clear();
  }
}
