/**
 * Records what a person does on a page: describes the target, takes the frame before, lets the input happen, waits for
 * the page to settle, takes the frame after, and puts it all together as one interaction.
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Frame} Frame
 * @typedef {import('../../../codesight-core/schema/codesight.v1').InteractionData} InteractionData
 * @typedef {import('../../../codesight-core/schema/codesight.v1').ActionDetails} ActionDetails
 * @typedef {import('./wire-file.js').RecordingWriter} RecordingWriter
 * @typedef {{ type: string, isTrusted: boolean, at: number, key?: string, isTarget: boolean }} RawEvent
 * @typedef {{ frame: Frame, x: number, y: number, pointer: boolean }} Target the point in the top viewport
 * @typedef {{
 *   type: string, intent: string, rationale?: string, target?: Target, action?: ActionDetails, restedSince?: number,
 *   approach?: () => Promise<void>, input: () => Promise<void>, leadsTo?: RegExp, confidence?: number,
 * }} Step
 */
import { setTimeout as wait } from 'node:timers/promises';
import { FrameSource, offsetOf } from './frames.js';
import { playwrightSelector } from './playwright-selector.js';
import { settled } from './settled.js';

/** What people do themselves. Elements send some events of other types, such as `change`, on their own. */
const inputTypes = new Set(['pointerover', 'pointerdown', 'pointerup', 'click', 'keydown', 'keyup', 'wheel']);
const actionTypes = new Set(['pointerdown', 'pointerup', 'click', 'keydown', 'keyup', 'input', 'change', 'wheel', 'submit', 'popstate']);

/** Whatever is typed into a dropped field takes this long, so that the frame after does not tell how much it was. */
const droppedMs = 1500;

export class Recorder {
  #page;
  #frames;
  #writer;
  /** @type {RawEvent[]} */
  #raw = [];
  /** @type {Set<string>} */
  #knownWords = new Set();
  #previousAt = 0;
  /** Interactions, for the summary. */
  count = 0;

  /** @param {Page} page @param {Page} painter @param {RecordingWriter} writer */
  constructor(page, painter, writer) {
    this.#page = page;
    this.#frames = new FrameSource(page, painter);
    this.#writer = writer;
  }

  async start() {
    await this.#page.exposeBinding('codesightRawEvent', (_, event) => { this.#raw.push(event); });
  }

  /** Personal words are painted wherever a page shows them. An address also gives the names in it. @param {string} text */
  know(text) {
    const words = text.includes('@') ? [text, ...text.split('@')[0].split(/[._+-]/)] : [text];
    for (const word of words) if (word.length > 3) this.#knownWords.add(word);
  }

  /** @param {Step} step */
  async record(step) {
    const { page, described, pageBefore, contextBefore } = { page: this.#page, ...await this.#look(step.target) };
    const before = await this.#frames.take([...this.#knownWords]);
    await Promise.all(page.frames().map((frame) => frame.evaluate(() => globalThis.codesightCapture?.watchChanges())));
    this.#raw = [];
    const startedAt = Date.now();
    await step.input();
    if (described?.isDropped) await wait(Math.max(0, droppedMs - (Date.now() - startedAt)));
    if (step.leadsTo) await page.waitForURL(step.leadsTo);
    await settled(page);
    const raw = this.#raw.filter(({ type }) => actionTypes.has(type) || (step.type === 'hover' && type === 'pointerover'));
    const missed = raw.find(({ type, isTarget }) => type === 'pointerdown' && !isTarget);
    if (missed) throw new Error(`the ${step.type} for "${step.intent}" hit another element than the one described`);
    const [changes, now] = [await this.#changes(), await this.#now(step.target)];
    if (described?.isPersonal && !described.isDropped && now?.value) this.know(now.value);
    const after = await this.#frames.take([...this.#knownWords]);
    const pageAfter = await page.evaluate(() => globalThis.codesightCapture?.state());

    const timestamp = raw[0]?.at ?? startedAt;
    const shown = (/** @type {typeof before} */ frame, /** @type {'before' | 'after'} */ relation) => ({
      hash: this.#writer.frame(frame.bytes, frame.facts.mediaType), relation, ...frame.facts, lagMs: frame.facts.capturedAt - timestamp,
      trigger: relation === 'before' ? 'interaction' : pageAfter?.url === pageBefore?.url ? 'settled' : 'navigation', source: 'dev-tools',
    });
    /** @type {InteractionData} */
    const interaction = {
      type: step.type, timestamp,
      ...(step.target?.pointer && { coordinates: this.#coordinates(step.target, pageBefore) }),
      action: this.#action(step, raw, described),
      ...(described && this.#target(described, now)),
      pageContext: {
        // Before the first page there is none: then it is the page that was opened.
        ...(contextBefore ?? await page.evaluate(() => globalThis.codesightCapture.pageContext())),
        ...(described && { nearbyElements: described.nearbyElements, domHierarchy: described.domHierarchy }),
      },
      userContext: {
        ...(this.#previousAt && { sincePreviousMs: timestamp - this.#previousAt }), ...(step.restedSince && { hesitationMs: Math.max(0, timestamp - step.restedSince) }),
        ...(step.rationale && { rationale: step.rationale }), tab: 0, ...(described?.form.length && { form: now?.form ?? described.form }),
      },
      screenshots: [shown(before, 'before'), shown(after, 'after')],
      stateChanges: [...this.#pageChanges(pageBefore, pageAfter), ...this.#valueChange(described, now), ...changes],
      userIntent: step.intent, confidence: step.confidence ?? 1, reliability: described?.selectors.reliability?.[0]?.score ?? 1,
    };
    this.#previousAt = timestamp;
    this.count += 1;
    this.#writer.interaction(interaction);
  }

  /** The page and the target as they are before the input. @param {Target | undefined} target */
  async #look(target) {
    const hasScript = await this.#page.evaluate(() => 'codesightCapture' in globalThis);
    if (!hasScript || this.#page.url() === 'about:blank') return {};
    const contextBefore = await this.#page.evaluate(() => globalThis.codesightCapture.pageContext());
    const pageBefore = await this.#page.evaluate(() => globalThis.codesightCapture.state());
    if (!target) return { contextBefore, pageBefore };
    const offset = await offsetOf(target.frame);
    const point = { x: target.x - offset.x, y: target.y - offset.y };
    const question = { point, frame: { ...offset, top: this.#page.viewportSize() ?? { width: 0, height: 0 } } };
    const described = await target.frame.evaluate(({ point: at, frame }) => globalThis.codesightCapture.describe(at, frame), question);
    await playwrightSelector(target.frame, described);
    return { contextBefore, pageBefore, described };
  }

  /** What became of the target; nothing when its page is gone. @param {Target | undefined} target */
  async #now(target) {
    if (!target || target.frame.isDetached()) return undefined;
    return target.frame.evaluate(() => globalThis.codesightCapture?.describedNow());
  }

  async #changes() {
    const all = await Promise.all(this.#page.frames().map((frame) => frame.evaluate(() => globalThis.codesightCapture?.changesSoFar() ?? [])));
    return all.flat();
  }

  /** @param {Target} target @param {{ scroll: { x: number, y: number } } | undefined} page */
  #coordinates({ x, y }, page) {
    return { x, y, pageX: x + (page?.scroll.x ?? 0), pageY: y + (page?.scroll.y ?? 0) };
  }

  /** Of a dropped field not even the number of keys is told, nor how long they took. @param {Step} step @param {RawEvent[]} raw */
  #action(step, raw, described) {
    const isDropped = described?.isDropped && step.type === 'input';
    const keys = [...new Set(raw.flatMap(({ type, key }) => (type === 'keydown' && key ? [key] : [])))];
    const { text, ...action } = step.action ?? {};
    return {
      ...action, ...(text && !isDropped && { text }), ...(keys.length && !isDropped && { keys }),
      ...(raw.some(({ type }) => type === 'pointerdown') && { button: /** @type {const} */ ('left') }),
      ...(raw.length && { isTrusted: raw.every(({ type, isTrusted }) => isTrusted || !inputTypes.has(type)) }),
      ...(raw.length && !isDropped && { rawEvents: raw.length, durationMs: raw[raw.length - 1].at - raw[0].at }),
    };
  }

  #target(described, now) {
    const element = { ...described.element, ...(now?.value !== undefined && { value: now.value }), ...(now?.checked !== undefined && { checked: now.checked }) };
    return { element, selectors: described.selectors, visualContext: described.visualContext };
  }

  /** Address, cart and focus. A new page has a focus and a cart of its own, which is no change. */
  #pageChanges(before, after) {
    const isSamePage = before?.url === after?.url;
    const changes = [];
    if (!isSamePage) changes.push({ kind: 'url', ...(before && { before: before.url }), after: after?.url });
    if (before?.cart !== undefined && after?.cart !== undefined && before.cart !== after.cart) {
      changes.push({ kind: 'cart', property: 'items', before: before.cart, after: after.cart });
    }
    if (isSamePage && before?.focus !== after?.focus) changes.push({ kind: 'focus', before: before?.focus, after: after?.focus });
    return changes;
  }

  #valueChange(described, now) {
    if (!described || !now || described.isDropped) return [];
    const target = described.selectors.primary;
    const was = described.element;
    const value = now.value === undefined || now.value === was.value ? [] : [{ kind: 'value', target, property: 'value', before: was.value, after: now.value }];
    const checked = now.checked === undefined || now.checked === was.checked
      ? [] : [{ kind: 'value', target, property: 'checked', before: String(was.checked), after: String(now.checked) }];
    return [...value, ...checked];
  }
}
