import { expect } from 'vitest';
import { click, Lab, pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';


const stage = setStage({ args: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] });

browserTest('a short search arrives with goal, actions, context, frames and voice', async () => {
  await stage.lab.set({ settings: { serverUrl: stage.server.url, token: 'token', audio: true } });
  const page = await stage.lab.context.newPage();
  await page.goto(`${stage.shop.origin}/index.html`);
  await stage.lab.start(page, 'Find a mug');
  await pause(800);
  const box = (await page.getByRole('searchbox').boundingBox())!;
  await click(page, box.x + 40, box.y + 10);
  await page.keyboard.type('mug', { delay: 30 });
  await pause(800);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Results' }).waitFor();
  await pause(1_500);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');

  const recorded = stage.server.interactions();
  expect(stage.server.session().start).toMatchObject({ goal: { text: 'Find a mug', site: '127.0.0.1' }, consent: { purposes: ['training'] }, capture: { name: 'normal', frameMediaType: 'image/png', audio: true } });
  expect(recorded.map(({ type }) => type)).toEqual(['navigation', 'click', 'input', 'submit', 'navigation']);
  const [first, pressed, typed, sent, arrived] = recorded;
  expect(first?.pageContext?.pageStructure?.pageKind).toBe('home');
  expect(pressed?.screenshots?.map(({ relation }) => relation)).toContain('before');
  expect(typed).toMatchObject({ action: { text: 'mug', isTrusted: true }, element: { role: 'searchbox', name: 'Search products', fieldPolicy: 'keep' } });
  expect(typed?.selectors?.alternatives?.length).toBeGreaterThanOrEqual(4);
  expect(sent?.action?.keys).toEqual(['Enter']);
  expect(arrived).toMatchObject({ action: { cause: 'link', url: `${stage.shop.origin}/search.html?q=mug` }, pageContext: { pageStructure: { pageKind: 'results' } } });
  expect(arrived?.pageContext?.products?.length).toBeGreaterThan(0);
  expect([...stage.server.blobs.values()].filter(({ descriptor }) => descriptor.role === 'audio').length).toBe(1);
  expect(stage.server.violations).toEqual([]);
});

browserTest('switching between tabs of the recording is an action, leaving it is a gap', async () => {
  await stage.lab.set({ settings: { serverUrl: stage.server.url, token: 'token', captureProfile: 'events-only' } });
  const page = await stage.lab.context.newPage();
  await page.goto(`${stage.shop.origin}/index.html?first`);
  await stage.lab.start(page);
  const [second] = await Promise.all([stage.lab.context.waitForEvent('page'), page.evaluate(() => { window.open('search.html?q=lamp'); })]);
  await second.waitForLoadState();
  await pause(500);
  await page.bringToFront();
  await pause(400);
  await stage.lab.control.bringToFront();
  await pause(400);
  await page.bringToFront();
  await pause(400);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  const switches = stage.server.interactions().filter(({ type }) => type === 'tabSwitch').map(({ userContext }) => userContext?.tab);
  expect(switches).toContain(1);
  expect(switches.filter((tab) => tab === 0).length).toBeGreaterThanOrEqual(2);
  const away = stage.server.gaps().find(({ kind }) => kind === 'excluded');
  expect(Number(away?.until) - Number(away?.from)).toBeGreaterThan(300);
});

browserTest('what was recorded offline survives the death of the browser', async () => {
  const port = stage.server.port;
  const { profile } = stage.lab;
  await stage.lab.set({ settings: { serverUrl: 'ws://127.0.0.1:1/nobody', token: 'token', captureProfile: 'events-only' } });
  const page = await stage.lab.context.newPage();
  await page.goto(`${stage.shop.origin}/index.html?offline`);
  await stage.lab.start(page, 'Offline');
  await pause(300);
  for (let at = 0; at < 5; at += 1) {
    await page.locator('h1').first().click();
    await pause(150);
  }
  await until(async () => ((await stage.lab.view()).recording?.actions ?? 0) >= 6, 'six places are in the outbox');
  const session = await stage.lab.context.newCDPSession(page);
  await session.send('Browser.crash' as never).catch(() => undefined);
  await pause(1_000);
  await stage.lab.context.close().catch(() => undefined);
  stage.lab = await Lab.open({ profile });
  await stage.lab.set({ settings: { serverUrl: `ws://127.0.0.1:${port}/ws`, token: 'token', captureProfile: 'events-only' } });
  await until(() => stage.server.session().start.goal?.text === 'Offline' && stage.server.interactions().filter(({ type }) => type === 'click').length === 5, 'all five clicks arrive');
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
});
