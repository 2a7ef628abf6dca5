import type { Page } from 'playwright-core';
import { settled } from '../../shop/recorder/settled.js';
import { pause } from '../e2e/harness.ts';

/** How long the person looks at what came of an action; the recorder's pictures need half a second each. */
const LOOK_MS = 1_100;

interface Step {
  input(): Promise<void>;
  leadsTo?: RegExp;
  /** What is typed, for the places nothing outside can look into. */
  action?: { text?: string | null };
}

/**
 * Stands where the shop's own recorder stands, and records nothing: it lets each input happen, waits as a person does,
 * and remembers everything the pages held, so that what the extension left out is known to have been there.
 */
export class Onlooker {
  #seen: string[] = [];

  constructor(private readonly page: Page) {}

  get seen(): string {
    return this.#seen.join('\n');
  }

  async record({ input, leadsTo, action }: Step): Promise<void> {
    await input();
    if (action?.text) this.#seen.push(action.text);
    // A form may be sent and forgotten at once; so the page is read before it is left, too.
    await this.#look();
    if (leadsTo) await this.page.waitForURL(leadsTo);
    await settled(this.page);
    await pause(LOOK_MS);
    await this.#look();
  }

  async #look(): Promise<void> {
    const texts = await Promise.all(this.page.frames().map((frame) => frame.evaluate(() => {
      const roots = (root: Document | ShadowRoot): (Document | ShadowRoot)[] => [root, ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : []))];
      return roots(document).flatMap((root) => [
        ...[...root.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value),
        root instanceof Document ? root.documentElement.outerHTML : root.innerHTML,
      ]).concat(location.href).join('\n');
    }).catch(() => '')));
    this.#seen.push(...texts);
  }
}
