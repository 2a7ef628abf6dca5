import type { Point } from '../protocol.ts';
import type { RawEvent } from './raw.ts';
import type { Sink, Started } from './reducer.ts';
import { parentElementOf } from './tree.ts';

/** A stretch of scrolling in one place, however many wheel turns and events it took. */
export interface Scrolling<Moment> extends Started<Moment> {
  from: Point;
  point?: Point;
  endedAt: number;
}

const END_MS = 250;
const INTENT_MS = 500;

/** Tells what a person scrolled from what scrolls by itself, and joins it to one action. */
export class Scrolls<Moment> {
  #current?: Scrolling<Moment>;
  #intentAt = -Infinity;
  /** Where each scroller last came to rest: the browser scrolls before it tells, so asking then is too late. */
  readonly #rested = new WeakMap<Element, Point>();

  constructor(private readonly sink: Sink<Moment>, private readonly ended: (scroll: Scrolling<Moment>, by: Point) => void) {}

  /** Recording begins: wherever the page is scrolled to, the person did not get there now. */
  begin(): void {
    const target = scrollerOf(document.documentElement);
    this.#rested.set(target, this.sink.scrollOf(target));
  }

  /** A key that scrolls was pressed; whether anything does is seen afterwards. */
  mean(at: number): void {
    this.#intentAt = at;
  }

  isOf = (target: Element): boolean => this.#current?.target === target;

  /** A wheel was turned or a finger drawn over what this element scrolls. */
  turned(target: Element, raw: RawEvent, pointer: Point | undefined): void {
    this.#intentAt = raw.at;
    if (!this.isOf(target)) this.#start(target, raw, pointer);
    this.#goOn(raw);
  }

  scrolled(raw: RawEvent, isByBar: boolean, pointer: Point | undefined): void {
    if (this.#current) return this.#goOn(raw);
    const target = raw.innermost === document.documentElement ? scrollerOf(raw.innermost) : raw.innermost;
    if (isByBar || raw.at - this.#intentAt < INTENT_MS) this.#start(target, raw, pointer);
    // Pages scroll by themselves too; that is no action, but the next one begins where it ended.
    else this.#rested.set(target, this.sink.scrollOf(target));
  }

  end(): void {
    const scroll = this.#current;
    this.#current = undefined;
    if (!scroll) return;
    const to = this.sink.scrollOf(scroll.target);
    this.#rested.set(scroll.target, to);
    const by = { x: Math.round(to.x - scroll.from.x), y: Math.round(to.y - scroll.from.y) };
    // A wheel turned against the end of the page moves nothing.
    if (by.x !== 0 || by.y !== 0) this.ended(scroll, by);
  }

  #start(target: Element, raw: RawEvent, point: Point | undefined): void {
    const from = this.#rested.get(target) ?? { x: 0, y: 0 };
    this.#current = { target, at: raw.at, isTrusted: true, raw: 1, moment: this.sink.moment(raw.target), from, point, endedAt: raw.at };
    this.#watch(this.#current);
  }

  #goOn(raw: RawEvent): void {
    this.#current!.raw += 1;
    this.#current!.endedAt = raw.at;
  }

  #watch(scroll: Scrolling<Moment>): void {
    this.sink.later(() => {
      if (this.#current !== scroll) return;
      if (this.sink.now() - scroll.endedAt >= END_MS) this.end();
      else this.#watch(scroll);
    }, END_MS);
  }
}

/** The nearest element that scrolls; the document where none does. */
export function scrollerOf(element: Element): Element {
  for (let at: Element | null = element; at && at !== document.body; at = parentElementOf(at)) {
    const scrolls = at.scrollHeight > at.clientHeight + 1 && /auto|scroll|overlay/.test(getComputedStyle(at).overflowY);
    if (scrolls) return at;
  }
  return document.scrollingElement ?? document.documentElement;
}
