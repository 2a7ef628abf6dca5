/**
 * What a person can do with a mouse and a keyboard. Everything is real input; nothing is set past the page. A target that
 * is not in view has to be scrolled to first, as an action of its own.
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Locator} Locator
 * @typedef {Pick<import('./recorder.js').Recorder, 'record'>} Recorder
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ intent: string, rationale?: string, leadsTo?: RegExp }} Purpose
 */
import { setTimeout as wait } from 'node:timers/promises';

const restMs = 160;
const keyDelayMs = 24;
/** From the mouse to the keyboard. */
const changeHandsMs = 700;

export class Hands {
  #page;
  #recorder;

  /** @param {Page} page @param {Recorder} recorder */
  constructor(page, recorder) {
    this.#page = page;
    this.#recorder = recorder;
  }

  /** The middle of what is visible of a target. @param {Locator} locator */
  async #find(locator) {
    await locator.waitFor();
    const handle = await locator.elementHandle();
    const frame = await handle?.ownerFrame();
    const box = await locator.boundingBox();
    const view = this.#page.viewportSize();
    if (!frame || !box || !view) throw new Error(`${locator} has no box`);
    const [top, bottom] = [Math.max(box.y, 0), Math.min(box.y + box.height, view.height)];
    if (bottom - top < 10) throw new Error(`${locator} is out of view: scroll first`);
    return { frame, x: Math.round(box.x + box.width / 2), y: Math.round((top + bottom) / 2), pointer: true };
  }

  /** Moves there as a hand does, not at once, and rests. @param {Point} point */
  async #moveTo({ x, y }) {
    await this.#page.mouse.move(x, y, { steps: 6 });
    const restedSince = Date.now();
    await wait(restMs);
    return restedSince;
  }

  async #press() {
    await this.#page.mouse.down();
    await wait(40);
    await this.#page.mouse.up();
  }

  /** @param {Locator | Point} where */
  async #target(where) {
    return 'x' in where ? { frame: this.#page.mainFrame(), x: where.x, y: where.y, pointer: true } : this.#find(where);
  }

  /** @param {Locator | Point} where @param {Purpose} purpose */
  async click(where, purpose) {
    const target = await this.#target(where);
    const restedSince = await this.#moveTo(target);
    await this.#recorder.record({ type: 'click', target, restedSince, ...purpose, input: () => this.#press() });
  }

  /** Clicks into a field and types: one interaction. @param {Locator | Point} where @param {string} text @param {Purpose} purpose */
  async type(where, text, purpose) {
    const target = await this.#target(where);
    const restedSince = await this.#moveTo(target);
    await this.#recorder.record({
      type: 'input', target, restedSince, action: { text }, confidence: 0.98, ...purpose,
      input: async () => {
        await this.#press();
        await wait(changeHandsMs);
        await this.#page.keyboard.type(text, { delay: keyDelayMs });
      },
    });
  }

  /** A key on the field that has the focus; the pointer stays where it is. @param {string} key @param {Locator} where @param {Purpose} purpose */
  async key(key, where, purpose) {
    const target = { ...await this.#find(where), pointer: false };
    await this.#recorder.record({ type: 'key', target, ...purpose, input: () => this.#page.keyboard.press(key) });
  }

  /** Opens a list with the pointer and goes down it with the arrow keys. @param {Locator} where @param {string} option @param {number} steps @param {Purpose} purpose */
  async select(where, option, steps, purpose) {
    const target = await this.#target(where);
    const restedSince = await this.#moveTo(target);
    await this.#recorder.record({
      type: 'select', target, restedSince, action: { text: option }, confidence: 0.95, ...purpose,
      input: async () => {
        await this.#press();
        await wait(150);
        for (let step = 0; step < steps; step += 1) await this.#page.keyboard.press('ArrowDown', { delay: 40 });
        await this.#page.keyboard.press('Enter');
      },
    });
  }

  /** Turns the wheel until `distance` is scrolled. @param {Point} where @param {number} distance @param {Purpose} purpose */
  async scroll(where, distance, purpose) {
    const target = await this.#target(where);
    const restedSince = await this.#moveTo(target);
    const from = await this.#page.evaluate(() => scrollY);
    const action = { scrollX: 0, scrollY: 0 };
    await this.#recorder.record({
      type: 'scroll', target, restedSince, action, confidence: 0.95, ...purpose,
      input: async () => {
        const turns = Math.max(1, Math.round(Math.abs(distance) / 120));
        for (let turn = 0; turn < turns; turn += 1) {
          await this.#page.mouse.wheel(0, distance / turns);
          await wait(30);
        }
        await wait(200);
        action.scrollY = await this.#page.evaluate(() => scrollY) - from;
      },
    });
  }

  /** Moves onto something to read what it says. @param {Locator} where @param {Purpose} purpose */
  async hover(where, purpose) {
    const target = await this.#find(where);
    await this.#recorder.record({ type: 'hover', target, ...purpose, confidence: 0.9, input: async () => { await this.#moveTo(target); } });
  }

  /** @param {string} url @param {Purpose} purpose */
  async goTo(url, purpose) {
    await this.#recorder.record({ type: 'navigation', action: { url, cause: 'typed' }, ...purpose, input: async () => { await this.#page.goto(url); } });
  }

  /** The browser's own button: the page gets no pointer event. @param {string} url @param {Purpose} purpose */
  async goBack(url, purpose) {
    await this.#recorder.record({ type: 'navigation', action: { url, cause: 'history' }, ...purpose, input: async () => { await this.#page.goBack(); } });
  }
}
