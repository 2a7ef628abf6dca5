import { describe, expect, test } from 'vitest';
import { hiddenAt, Readings } from '../src/frames/readings.ts';
import type { Reading } from '../src/messages.ts';

/** A page whose private place is this far to the right. */
const reading = (at: number, x: number, more: Partial<Reading> = {}): Reading => ({
  at, version: at, quietMs: 0, isAnimated: false, isShown: true, redactions: [{ box: { x, y: 0, width: 10, height: 10 }, reason: 'marked-private' }],
  viewport: { width: 100, height: 100 }, scroll: { x: 0, y: 0 }, ...more,
});
const places = (readings: Reading[], at: number) => hiddenAt(readings, at)?.map(({ box }) => box.x);

describe('what a frame of the video must not show', () => {
  test('is what the page says, where it has been at rest for longer than the video is late', () => expect(places([reading(1_000, 5, { quietMs: 900 })], 1_000)).toEqual([5]));
  test('is unknown where the page moved and nobody had looked before', () => expect(places([reading(1_000, 5, { quietMs: 50 })], 1_000)).toBeUndefined());
  test('is both places, where everything moved in a single change', () =>
    expect(places([reading(900, 5, { version: 1, quietMs: 900 }), reading(1_000, 50, { version: 2, quietMs: 50 })], 1_000)).toEqual([50, 5]));
  test('is unknown where several changes moved it: it may have been anywhere between', () =>
    expect(places([reading(900, 5, { version: 1, quietMs: 900 }), reading(1_000, 50, { version: 3, quietMs: 50 })], 1_000)).toBeUndefined());
  test('is unknown where styles move it', () =>
    expect(places([reading(900, 5, { version: 1, quietMs: 900 }), reading(1_000, 50, { version: 2, quietMs: 50, isAnimated: true })], 1_000)).toBeUndefined());
  test('is known on a page that never rests, where nothing private moves', () =>
    expect(places([200, 400, 600, 800, 1_000].map((at) => reading(at, 5)), 1_000)).toEqual([5]));
  test('is unknown where that was not read for long enough', () => expect(places([600, 1_000].map((at) => reading(at, 5)), 1_000)).toBeUndefined());
  test('is unknown while the page is scrolled', () =>
    expect(places([reading(900, 5, { quietMs: 900 }), reading(1_000, 5, { quietMs: 50, scroll: { x: 0, y: 9 } })], 1_000)).toBeUndefined());
  test('is unknown while the page before it is still on the screen', () => {
    expect(places([reading(1_000, 5, { quietMs: 900, isShown: false })], 1_000)).toBeUndefined();
    expect(places([reading(900, 5, { isShown: false }), reading(1_000, 5, { quietMs: 50 })], 1_000)).toBeUndefined();
  });
  test('is unknown after the last reading', () => expect(places([reading(1_000, 5, { quietMs: 900 })], 1_001)).toBeUndefined());
});

test('the readings kept for a moment reach back as far as the video may be late', () => {
  let at = 0;
  const readings = new Readings(() => reading(at, 5));
  for (at of [100, 250, 900, 1_000]) readings.take();
  expect(readings.since(1_000).map((each) => each.at)).toEqual([250, 900, 1_000]);
});
