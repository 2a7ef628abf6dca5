import type { Rect } from '../protocol.ts';

const round = (value: number) => Math.round(value * 10) / 10;

export const toRect = ({ x, y, width, height }: DOMRectReadOnly | Rect): Rect => ({ x: round(x), y: round(y), width: round(Math.max(0, width)), height: round(Math.max(0, height)) });

/** The element's box in its own viewport. */
export const boxOf = (element: Element): Rect => toRect(element.getBoundingClientRect());

export const shift = (box: Rect, by: { x: number; y: number }): Rect => ({ ...box, x: round(box.x + by.x), y: round(box.y + by.y) });

export function clip(box: Rect, to: Rect): Rect | undefined {
  const x = Math.max(box.x, to.x);
  const y = Math.max(box.y, to.y);
  const width = Math.min(box.x + box.width, to.x + to.width) - x;
  const height = Math.min(box.y + box.height, to.y + to.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

export const viewportBox = (): Rect => ({ x: 0, y: 0, width: innerWidth, height: innerHeight });

/** 0 to 1: how much of a box lies in the viewport. */
export function visibleRatio(box: Rect): number {
  const seen = clip(box, viewportBox());
  const area = box.width * box.height;
  return seen && area > 0 ? Math.round(((seen.width * seen.height) / area) * 1000) / 1000 : 0;
}

export const middleOf = (box: Rect) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
