import type { ActionDetails, InteractionType, MouseButton, Point } from '../protocol.ts';
import { Hovers } from './hovers.ts';
import type { RawEvent } from './raw.ts';
import { Scrolls, scrollerOf } from './scrolls.ts';

/** What the reducer makes of raw events; the recorder turns it into an interaction. */
export interface Action<Moment> {
  type: InteractionType;
  target: Element;
  at: number;
  moment: Moment;
  details: ActionDetails;
  point?: Point;
  /** What the person typed or chose, as it is; masked before it goes anywhere. */
  value?: 'field' | 'selection' | { pasted: string };
  confidence: number;
}

export interface Sink<Moment> {
  /** Reads the page as it is now, for an action that may come of this event. A light one is described only if it does. */
  moment(target: Element, light?: boolean): Moment;
  emit(action: Action<Moment>): void;
  /** The last action turned out to be another one. */
  retype(type: InteractionType, rawEvents: number): void;
  /** Whether the page did something since this moment, after having been at rest. */
  hasReacted(moment: Moment): boolean;
  scrollOf(target: Element): Point;
  now(): number;
  later(task: () => void, ms: number): void;
}

export interface Started<Moment> {
  target: Element;
  at: number;
  moment: Moment;
  isTrusted: boolean;
  raw: number;
}

interface Press<Moment> extends Started<Moment> {
  point: Point;
  path: Point[];
  button: number;
  innermost: Element;
}

const SLOP = 10;
const INTENT_MS = 500;
const SAME_GESTURE_MS = 60;
const DOUBLE_MS = 600;

const buttons: MouseButton[] = ['left', 'middle', 'right', 'back', 'forward'];
const editingKeys = new Set(['Backspace', 'Delete', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'CapsLock', 'Process', 'Unidentified', 'Dead']);
const modifiers = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Fn', 'NumLock']);
const clipboardKeys = new Set(['c', 'v', 'x', 'a', 'z', 'y']);
const scrollKeys = new Set(['PageUp', 'PageDown', 'Home', 'End', ' ', 'ArrowUp', 'ArrowDown']);
const textTypes = new Set(['text', 'search', 'email', 'tel', 'url', 'password', 'number', 'date', 'time', 'datetime-local', 'month', 'week', 'textarea']);

export const isTextField = (element: Element): boolean =>
  (element as HTMLElement).isContentEditable || ((element.localName === 'input' || element.localName === 'textarea') && textTypes.has((element as HTMLInputElement).type));

/**
 * From raw events to what the person did. Knows no browser interface: it is given events and asks its sink for
 * moments and time, so every rule can be tested by playing events to it.
 */
export class Reducer<Moment> {
  #press?: Press<Moment>;
  #lastPress?: Press<Moment>;
  #typing?: Started<Moment>;
  #hasInput = false;
  #heldClick?: Action<Moment>;
  #heldKey?: Action<Moment>;
  #lastClick?: { target: Element; at: number; innermost: Element };
  #lastKeyAt = -Infinity;
  #selectedAt = -Infinity;
  #trustedAt = -Infinity;
  #pointer?: Point;
  readonly #scrolls: Scrolls<Moment>;
  readonly #hovers: Hovers<Moment>;
  #pasted?: Element;

  constructor(private readonly sink: Sink<Moment>) {
    this.#scrolls = new Scrolls(sink, (scroll, by) => this.#emit('scroll', scroll, scroll.moment, {
      point: scroll.point, details: { scrollX: by.x, scrollY: by.y, rawEvents: scroll.raw, durationMs: scroll.endedAt - scroll.at },
    }));
    this.#hovers = new Hovers(sink, (raw, moment, durationMs) => this.#emit('hover', raw, moment, { point: raw.point, confidence: 0.8, details: { durationMs } }));
  }

  /** Recording begins. */
  begin = (): void => this.#scrolls.begin();

  take(raw: RawEvent): void {
    if (raw.isTrusted && raw.type !== 'scroll') this.#trustedAt = raw.at;
    // What scripts do right after a person did something is its consequence, not another action.
    else if (!raw.isTrusted && raw.at - this.#trustedAt < SAME_GESTURE_MS && raw.type !== 'scroll') return;
    switch (raw.type) {
      case 'pointerdown': return this.#pressed(raw);
      case 'pointermove': return this.#moved(raw);
      case 'pointerup': return this.#released(raw);
      case 'pointerover': return this.#entered(raw);
      case 'click': return this.#clicked(raw);
      case 'auxclick': return raw.button === 1 ? this.#clicked(raw) : undefined;
      case 'contextmenu': return this.#clicked({ ...raw, button: 2 });
      case 'dblclick': return this.#doubled(raw);
      case 'keydown': return this.#keyed(raw);
      case 'input': return this.#typed(raw);
      case 'change': return this.#changed(raw);
      case 'focusout': return this.#typing?.target === raw.target ? this.#endTyping() : undefined;
      case 'wheel':
      case 'touchmove': return this.#meansToScroll(raw);
      // A bar belongs to what it scrolls. Fields scroll back by themselves when the person presses elsewhere.
      case 'scroll': return this.#scrolls.scrolled(raw, this.#press?.innermost === raw.innermost && !isTextField(raw.innermost), this.#pointer);
      case 'drop':
      case 'dragend': return this.#dragged(raw);
      case 'copy':
      case 'cut': return this.#copied(raw);
      case 'paste': return undefined;
      case 'submit': return this.#submitted();
    }
  }

  /** A paste, with the text that only the clipboard event knows. */
  paste(raw: RawEvent, pasted: string): void {
    this.flush();
    this.#pasted = raw.target;
    this.#emit('paste', raw, this.sink.moment(raw.target), { value: { pasted } });
  }

  /** Ends whatever is under way: another action begins, or the page goes away. */
  flush(): void {
    this.#endKey();
    this.#endTyping();
    this.#scrolls.end();
    this.#endHeldClick();
  }

  #emit(type: InteractionType, raw: RawEvent | Started<Moment>, moment: Moment, more: Partial<Action<Moment>> = {}): void {
    const isTrusted = raw.isTrusted;
    this.sink.emit({
      type, target: raw.target, at: raw.at, moment, confidence: isTrusted ? 1 : 0.5, ...more,
      details: { isTrusted, rawEvents: 1, ...more.details },
    });
  }

  #pressed(raw: RawEvent): void {
    this.flush();
    this.#pointer = raw.point;
    this.#hovers.forget();
    this.#press = { target: raw.target, at: raw.at, isTrusted: raw.isTrusted, raw: 1, moment: this.sink.moment(raw.target), point: raw.point!, path: [raw.point!], button: raw.button ?? 0, innermost: raw.innermost };
  }

  #moved(raw: RawEvent): void {
    this.#pointer = raw.point;
    const press = this.#press;
    if (!press) return;
    press.raw += 1;
    const last = press.path.at(-1)!;
    if (Math.hypot(raw.point!.x - last.x, raw.point!.y - last.y) > 6 && press.path.length < 64) press.path.push(raw.point!);
  }

  #released(raw: RawEvent): void {
    const press = this.#press;
    if (!press) return;
    press.raw += 1;
    this.#press = undefined;
    this.#lastPress = press;
    const moved = Math.hypot(raw.point!.x - press.point.x, raw.point!.y - press.point.y) > SLOP;
    if (!moved) return;
    press.path.push(raw.point!);
    // A click follows at once when the person only slipped; without one it was a drag.
    this.sink.later(() => { if (this.#lastPress === press) this.#endDrag(press, raw.at); }, 0);
  }

  #endDrag(press: Press<Moment>, until: number): void {
    this.#lastPress = undefined;
    this.#emit('drag', press, press.moment, {
      point: press.point,
      details: { button: buttons[press.button] ?? 'left', path: press.path, rawEvents: press.raw, durationMs: until - press.at },
    });
  }

  /** Dragging with the browser's own drag and drop: pointer events end early, `dragend` tells the rest. */
  #dragged(raw: RawEvent): void {
    const press = this.#press ?? this.#lastPress;
    if (raw.type === 'drop') {
      if (press) press.path.push(raw.point!);
      return;
    }
    this.#press = undefined;
    if (press) this.#endDrag(press, raw.at);
  }

  #clicked(raw: RawEvent): void {
    const press = this.#lastPress ?? this.#press;
    // A list of choices answers the choice with a click at its own corner.
    const isEchoOfChoice = raw.target.localName === 'select' && !press && raw.isTrusted && raw.at - this.#selectedAt < INTENT_MS;
    const isEcho = isEchoOfChoice || this.#isEchoOfLabel(raw) || (raw.detail === 0 && raw.isTrusted && raw.at - this.#lastKeyAt < SAME_GESTURE_MS * 5);
    if (isEcho) return;
    this.#lastClick = { target: raw.target, innermost: raw.innermost, at: raw.at };
    // The second click of a double click is told by the double click.
    if (raw.type === 'click' && raw.detail === 2 && raw.isTrusted) return;
    const begun = press && (press.target === raw.target || press.target.contains(raw.target) || raw.target.contains(press.target)) ? press : undefined;
    this.#lastPress = undefined;
    if (!begun) this.flush();
    const action: Action<Moment> = {
      type: 'click', target: begun?.target ?? raw.target, at: begun?.at ?? raw.at, moment: begun?.moment ?? this.sink.moment(raw.target), confidence: raw.isTrusted ? 1 : 0.5,
      point: begun?.point ?? raw.point,
      details: { button: buttons[raw.button ?? 0] ?? 'left', isTrusted: raw.isTrusted, rawEvents: (begun?.raw ?? 0) + 1, durationMs: begun ? raw.at - begun.at : 0 },
    };
    // Opening a list of choices is half of an action: the choice follows, or it does not.
    if (raw.target.localName === 'select') this.#heldClick = action;
    else this.sink.emit(action);
  }

  /** A click on a label makes the browser click the field it labels. */
  #isEchoOfLabel(raw: RawEvent): boolean {
    const last = this.#lastClick;
    if (!last || raw.at - last.at > SAME_GESTURE_MS || last.innermost === raw.innermost) return false;
    const label = last.innermost.closest('label');
    return label !== null && label.control === raw.innermost;
  }

  #doubled(raw: RawEvent): void {
    const last = this.#lastClick;
    this.#lastPress = undefined;
    if (last && last.target === raw.target && raw.at - last.at < DOUBLE_MS) this.sink.retype('doubleClick', 4);
  }

  #keyed(raw: RawEvent): void {
    const key = raw.key ?? '';
    if (modifiers.has(key) || key === '') return;
    this.#lastKeyAt = raw.at;
    const isShortcut = raw.keys!.some((name) => name === 'Control' || name === 'Meta' || name === 'Alt') && !raw.keys!.includes('AltGraph');
    const inText = isTextField(raw.innermost);
    // In a text these keys move the cursor; if the page moves too, that is its own doing.
    if (scrollKeys.has(key) && !inText) this.#scrolls.mean(raw.at);
    if (isShortcut && clipboardKeys.has(key.toLowerCase())) return;
    if (inText && !isShortcut && (key.length === 1 || editingKeys.has(key) || (key === 'Enter' && raw.innermost.localName === 'textarea'))) {
      this.#typing ??= { target: raw.target, at: raw.at, isTrusted: raw.isTrusted, raw: 0, moment: this.sink.moment(raw.target) };
      if (this.#typing.target === raw.target) this.#typing.raw += 1;
      return;
    }
    if (raw.repeat && this.#heldKey?.details.keys?.join() === raw.keys!.join()) {
      this.#heldKey.details.rawEvents = (this.#heldKey.details.rawEvents ?? 1) + 1;
      return;
    }
    this.flush();
    this.#heldKey = { type: 'key', target: raw.target, at: raw.at, moment: this.sink.moment(raw.target), confidence: raw.isTrusted ? 1 : 0.5, details: { keys: raw.keys, isTrusted: raw.isTrusted, rawEvents: 1 } };
    // Held for the rest of this task: if a form is sent by it, it was a submission.
    const held = this.#heldKey;
    this.sink.later(() => { if (this.#heldKey === held) this.#endKey(); }, 0);
  }

  #submitted(): void {
    if (this.#heldKey?.details.keys?.at(-1) === 'Enter') {
      this.#heldKey.type = 'submit';
      this.#heldKey.details.rawEvents = (this.#heldKey.details.rawEvents ?? 1) + 1;
      this.#endKey();
    }
  }

  #endKey(): void {
    const held = this.#heldKey;
    this.#heldKey = undefined;
    if (held) this.sink.emit(held);
  }

  #typed(raw: RawEvent): void {
    if (!isTextField(raw.innermost)) return;
    if (this.#pasted === raw.target && (raw.inputType === 'insertFromPaste' || raw.inputType === undefined)) return;
    if (this.#typing && this.#typing.target !== raw.target) this.#endTyping();
    this.#typing ??= { target: raw.target, at: raw.at, isTrusted: raw.isTrusted, raw: 0, moment: this.sink.moment(raw.target) };
    this.#typing.raw += 1;
    this.#hasInput = true;
  }

  #endTyping(): void {
    const typing = this.#typing;
    const hasInput = this.#hasInput;
    this.#typing = undefined;
    this.#hasInput = false;
    // Keys that changed nothing, such as arrows within a text, were no input.
    if (!typing || !hasInput) return;
    this.#emit('input', typing, typing.moment, { value: 'field', details: { rawEvents: typing.raw, durationMs: Math.max(0, this.sink.now() - typing.at) } });
  }

  #changed(raw: RawEvent): void {
    if (this.#pasted === raw.target) this.#pasted = undefined;
    if (isTextField(raw.innermost)) return this.#typing?.target === raw.target ? this.#endTyping() : undefined;
    if (raw.innermost.localName === 'select') {
      const held = [this.#heldClick, this.#heldKey].find((action) => action?.target === raw.target);
      this.#heldClick = undefined;
      if (held === this.#heldKey) this.#heldKey = undefined;
      this.flush();
      this.#selectedAt = raw.at;
      const moment = held?.moment ?? this.sink.moment(raw.target);
      this.#emit('select', held ? { ...raw, at: held.at } : raw, moment, { value: 'field', point: held?.point, details: { rawEvents: 1 + (held?.details.rawEvents ?? 0) } });
      return;
    }
    const type = (raw.innermost as HTMLInputElement).type;
    // Boxes and buttons change because they were clicked or a key was pressed, and that is recorded.
    if (type === 'checkbox' || type === 'radio' || !('value' in raw.innermost)) {
      const known = raw.at - this.#trustedAt < INTENT_MS;
      if (!known) this.#emit('change', raw, this.sink.moment(raw.target), { value: 'field' });
      return;
    }
    this.#emit('change', raw, this.sink.moment(raw.target), { value: 'field' });
  }

  #endHeldClick(): void {
    const held = this.#heldClick;
    this.#heldClick = undefined;
    if (held) this.sink.emit(held);
  }

  #meansToScroll(raw: RawEvent): void {
    if (raw.point) this.#pointer = raw.point;
    const target = scrollerOf(raw.innermost);
    if (!this.#scrolls.isOf(target)) this.flush();
    this.#scrolls.turned(target, raw, this.#pointer);
  }

  #entered(raw: RawEvent): void {
    if (this.#press) return;
    this.#pointer = raw.point;
    this.#hovers.entered(raw);
  }

  #copied(raw: RawEvent): void {
    this.flush();
    this.#emit('copy', raw, this.sink.moment(raw.target), { value: 'selection' });
  }

}
