import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveShop } from '../../shop/test/static-server.js';
import { FakeServer } from '../test/fake-server.ts';
import { click, Lab, missingChromium, pause, until } from './harness.ts';

const skip = missingChromium();
let lab: Lab;
let server: FakeServer;
let shop: { origin: string; close(): void };

beforeAll(async () => {
  if (skip) return;
  const microphone = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
  [server, shop, lab] = [await FakeServer.start(), await serveShop(), await Lab.open({ args: microphone })];
  await lab.consent();
});

afterAll(async () => {
  await lab?.close();
  await server?.stop();
  shop?.close();
});

test.skipIf(skip)('a short search arrives with goal, actions, context, frames and voice', async () => {
  await lab.set({ settings: { serverUrl: server.url, token: 'token', audio: true } });
  const page = await lab.context.newPage();
  await page.goto(`${shop.origin}/index.html`);
  await lab.start(page, 'Find a mug');
  await pause(800);
  const box = (await page.getByRole('searchbox').boundingBox())!;
  await click(page, box.x + 40, box.y + 10);
  await page.keyboard.type('mug', { delay: 30 });
  await pause(800);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Results' }).waitFor();
  await pause(1_500);
  await lab.stop();
  await until(() => server.session().sealed, 'the session is sealed');

  const recorded = server.interactions();
  expect(server.session().start).toMatchObject({ goal: { text: 'Find a mug', site: '127.0.0.1' }, consent: { purposes: ['training'] }, capture: { name: 'normal', frameMediaType: 'image/png', audio: true } });
  expect(recorded.map(({ type }) => type)).toEqual(['navigation', 'click', 'input', 'submit', 'navigation']);
  const [first, pressed, typed, sent, arrived] = recorded;
  expect(first?.pageContext?.pageStructure?.pageKind).toBe('home');
  expect(pressed?.screenshots?.map(({ relation }) => relation)).toContain('before');
  expect(typed).toMatchObject({ action: { text: 'mug', isTrusted: true }, element: { role: 'searchbox', name: 'Search products', fieldPolicy: 'keep' } });
  expect(typed?.selectors?.alternatives?.length).toBeGreaterThanOrEqual(4);
  expect(sent?.action?.keys).toEqual(['Enter']);
  expect(arrived).toMatchObject({ action: { cause: 'link', url: `${shop.origin}/search.html?q=mug` }, pageContext: { pageStructure: { pageKind: 'results' } } });
  expect(arrived?.pageContext?.products?.length).toBeGreaterThan(0);
  expect([...server.blobs.values()].filter(({ descriptor }) => descriptor.role === 'audio').length).toBe(1);
  expect(server.violations).toEqual([]);
}, 60_000);

test.skipIf(skip)('switching between tabs of the recording is an action, leaving it is a gap', async () => {
  await lab.set({ settings: { serverUrl: server.url, token: 'token', captureProfile: 'events-only' } });
  const page = await lab.context.newPage();
  await page.goto(`${shop.origin}/index.html?first`);
  await lab.start(page);
  const [second] = await Promise.all([lab.context.waitForEvent('page'), page.evaluate(() => { window.open('search.html?q=lamp'); })]);
  await second.waitForLoadState();
  await pause(500);
  await page.bringToFront();
  await pause(400);
  await lab.control.bringToFront();
  await pause(400);
  await page.bringToFront();
  await pause(400);
  await lab.stop();
  await until(() => server.session().sealed, 'the session is sealed');
  const switches = server.interactions().filter(({ type }) => type === 'tabSwitch').map(({ userContext }) => userContext?.tab);
  expect(switches).toContain(1);
  expect(switches.filter((tab) => tab === 0).length).toBeGreaterThanOrEqual(2);
  const away = server.gaps().find(({ kind }) => kind === 'excluded');
  expect(Number(away?.until) - Number(away?.from)).toBeGreaterThan(300);
}, 60_000);

test.skipIf(skip)('what was recorded offline survives the death of the browser', async () => {
  const port = server.port;
  const { profile } = lab;
  await lab.set({ settings: { serverUrl: 'ws://127.0.0.1:1/nobody', token: 'token', captureProfile: 'events-only' } });
  const page = await lab.context.newPage();
  await page.goto(`${shop.origin}/index.html?offline`);
  await lab.start(page, 'Offline');
  await pause(300);
  for (let at = 0; at < 5; at += 1) {
    await page.locator('h1').first().click();
    await pause(150);
  }
  await until(async () => ((await lab.view()).recording?.actions ?? 0) >= 6, 'six places are in the outbox');
  const session = await lab.context.newCDPSession(page);
  await session.send('Browser.crash' as never).catch(() => undefined);
  await pause(1_000);
  await lab.context.close().catch(() => undefined);
  lab = await Lab.open({ profile });
  await lab.set({ settings: { serverUrl: `ws://127.0.0.1:${port}/ws`, token: 'token', captureProfile: 'events-only' } });
  await until(() => server.session().start.goal?.text === 'Offline' && server.interactions().filter(({ type }) => type === 'click').length === 5, 'all five clicks arrive');
  await lab.stop();
  await until(() => server.session().sealed, 'the session is sealed');
}, 60_000);
