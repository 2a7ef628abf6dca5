import { innermostTarget } from './tree.ts';
import { actedElement } from './target.ts';

/** A raw event reduced to what outlives it: events lose their path and target once they were handled. */
export interface RawEvent {
  type: string;
  at: number;
  isTrusted: boolean;
  /** The element a person means, and the one the event began at. */
  target: Element;
  innermost: Element;
  point?: { x: number; y: number };
  button?: number;
  detail?: number;
  pointerType?: string;
  key?: string;
  keys?: string[];
  repeat?: boolean;
  inputType?: string;
}

const timeOrigin = () => Date.now() - performance.now();

export function readEvent(event: Event): RawEvent | undefined {
  const innermost = innermostTarget(event);
  if (!innermost) return undefined;
  // Pages may make events without a usable time.
  const at = event.timeStamp > 0 ? Math.round(timeOrigin() + event.timeStamp) : Date.now();
  const raw: RawEvent = { type: event.type, at, isTrusted: event.isTrusted, target: actedElement(innermost), innermost };
  if (event instanceof MouseEvent) {
    raw.point = { x: event.clientX, y: event.clientY };
    raw.button = event.button;
    raw.detail = event.detail;
    if (event instanceof PointerEvent) raw.pointerType = event.pointerType;
  }
  if (event instanceof KeyboardEvent) {
    raw.key = event.key;
    raw.repeat = event.repeat;
    raw.keys = [...(event.ctrlKey ? ['Control'] : []), ...(event.altKey ? ['Alt'] : []), ...(event.shiftKey && event.key.length > 1 ? ['Shift'] : []), ...(event.metaKey ? ['Meta'] : []), event.key];
  }
  if (event instanceof InputEvent) raw.inputType = event.inputType;
  return raw;
}

export const recordedEvents = [
  'pointerdown', 'pointermove', 'pointerup', 'pointercancel', 'pointerover', 'click', 'auxclick', 'contextmenu', 'dblclick', 'input', 'change', 'keydown', 'wheel', 'touchmove',
  'scroll', 'dragend', 'drop', 'copy', 'cut', 'paste', 'submit', 'focusout',
] as const;
