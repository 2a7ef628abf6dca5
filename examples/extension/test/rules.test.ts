import { describe, expect, test } from 'vitest';
import { chooseBefore } from '../src/frames/choose.ts';
import { mayRecord } from '../src/session/domains.ts';
import { nextLevel } from '../src/session/ladder.ts';
import type { StoredFrame } from '../src/storage/database.ts';
import { backoffMs } from '../src/transport/backoff.ts';
import { readServerMessage } from '../src/transport/wire.ts';
import { isHashLike } from '../src/selectors/quality.ts';
import { printLocator, readLocator } from '../src/selectors/locator.ts';
import { pageKindOf } from '../src/context/kind.ts';

describe('where recording is allowed', () => {
  const lists = { allowedDomains: ['shop.example'], deniedDomains: ['pay.shop.example'] };
  test.each([
    ['https://shop.example/a', true], ['https://www.shop.example/', true], ['https://pay.shop.example/', false], ['https://notshop.example/', false], ['chrome://settings', false], ['nonsense', false],
  ])('%s: %s', (address, allowed) => expect(mayRecord(address, lists)).toBe(allowed));
  test('without lists every web page may be', () => expect(mayRecord('http://a.example/', { allowedDomains: [], deniedDomains: [] })).toBe(true));
});

describe('the ladder', () => {
  test('goes down one step at a time and comes back only with room to spare', () => {
    expect(nextLevel('full', { fill: 0.99, costMs: 5 })).toBe('fewer-frames');
    expect(nextLevel('fewer-frames', { fill: 0.99, costMs: 5 })).toBe('events-only');
    expect(nextLevel('events-only', { fill: 0.99, costMs: 5 })).toBe('basic');
    expect(nextLevel('events-only', { fill: 0.8, costMs: 5 })).toBe('events-only');
    expect(nextLevel('events-only', { fill: 0.5, costMs: 5 })).toBe('fewer-frames');
    expect(nextLevel('fewer-frames', { fill: 0.5, costMs: 5 })).toBe('fewer-frames');
    expect(nextLevel('fewer-frames', { fill: 0.1, costMs: 5 })).toBe('full');
  });
  test('a page that makes the recorder slow steps down too', () => expect(nextLevel('full', { fill: 0, costMs: 80 })).toBe('fewer-frames'));
});

describe('waiting for the server', () => {
  test('waits longer with each attempt, at random, and never too long', () => {
    expect(backoffMs(0, () => 1)).toBe(500);
    expect(backoffMs(3, () => 1)).toBe(4_000);
    expect(backoffMs(50, () => 1)).toBe(30_000);
    expect(backoffMs(50, () => 0)).toBe(0);
  });
  test('messages that are not whole are none', () => {
    expect(readServerMessage('{"type":"ack","sessionId":"s","through":3}')).toMatchObject({ through: 3 });
    for (const text of ['', 'null', '{"type":"ack"}', '{"type":"ack","through":1,"blobs":[1]}', '{"type":"welcome","protocol":"codesight.v1","limits":{"credit":"lots"}}', '{"type":"constructor"}', '{"type":"__proto__"}']) expect(readServerMessage(text)).toBeUndefined();
    expect(readServerMessage(new ArrayBuffer(3))).toBeUndefined();
  });
});

describe('the frame before an action', () => {
  const frame = (documentId: string, version: number | null, capturedAt: number) => ({ documentId, version, screenshot: { capturedAt } }) as StoredFrame;
  const moment = (version: number | null, previousAt = 800) => ({ documentId: 'd', version, at: 1_000, previousAt, redactions: null, viewport: null, scroll: null });
  const frames = [frame('d', 1, 100), frame('d', 2, 500), frame('d', null, 900), frame('e', 3, 950), frame('d', 3, 1_100)];
  test('is of the same document in the same version', () => expect(chooseBefore(frames, moment(2))?.screenshot.capturedAt).toBe(500));
  test('is none when the page changed since', () => expect(chooseBefore(frames, moment(7))).toBeUndefined());
  test('on a page that never rests is one from between the two actions, and no older one', () => {
    const still = frames.map((each) => ({ ...each, screenshot: { ...each.screenshot, scroll: { x: 0, y: 0 } } }));
    const at = { ...moment(7, 300), scroll: { x: 0, y: 0 } };
    expect(chooseBefore(still, at)?.screenshot.capturedAt).toBe(900);
    expect(chooseBefore(still, { ...at, previousAt: 600 })).toBeUndefined();
    expect(chooseBefore(still, { ...at, scroll: { x: 0, y: 9 } })).toBeUndefined();
  });
  test('may be a little late when nothing changed meanwhile', () => expect(chooseBefore(frames, moment(3))?.screenshot.capturedAt).toBe(1_100));
  test('inside frames of the page it is the newest clean one from before', () => expect(chooseBefore(frames, moment(null))?.screenshot.capturedAt).toBe(950));
});

describe('selectors', () => {
  test.each(['css-ibx93k', 'sc-ay6', 'r1a2b', ':r4:', 'jss123', 'card_x1y2z', 'b7f3e9', 'ember442', 'xkcdqrt', 'field_ab12c', 'text-button_wben6', 'icon_wbena', 'account_izjmz'])('%s is made by a tool', (name) => expect(isHashLike(name)).toBe(true));
  test.each(['product-card', 'btn', 'add-to-cart', 'searchForm', 'nav', 'field-email', 'col2', 'main-content', 'quantity', 'product_card', 'sign_in', 'thumbnail', 'checkout_step', 'viewport', 'rowgroup'])('%s is a word', (name) => expect(isHashLike(name)).toBe(false));
  test('a locator is read as it was written', () => {
    const steps = [{ by: 'test-id' as const, attribute: 'data-testid', value: "it's" }, { by: 'css' as const, css: 'li', hasText: 'Mug (large)' }, { by: 'role' as const, role: 'button', name: "Add 'it'" }];
    expect(printLocator(steps)).toBe("getByTestId('it\\'s').locator('li').filter({ hasText: 'Mug (large)' }).getByRole('button', { name: 'Add \\'it\\'', exact: true })");
    expect(readLocator(printLocator(steps))).toEqual(steps);
    expect(readLocator('page.evaluate(alert)')).toEqual([]);
  });
});

test('the kind of a page follows from what it declares, its address, and what it shows', () => {
  const page = { querySelector: () => null } as unknown as Document;
  const kind = (address: string, products = 0) => pageKindOf(page, address, products);
  expect([kind('https://a.example/'), kind('https://a.example/index.html', 9), kind('https://a.example/cart.html'), kind('https://a.example/x', 9), kind('https://a.example/about')]).toEqual(['home', 'home', 'cart', 'results', null]);
});
