import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { click, pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';

const stage = setStage();

async function press(target: Locator): Promise<void> {
  const { x, y, width, height } = (await target.boundingBox())!;
  await click(target.page(), x + width / 2, y + height / 2);
  await pause(500);
}

browserTest('a download, a print, a page that will not be left, an empty page and a paper are recorded, or told', async () => {
  const { lab, server, pages } = stage;
  const page = await lab.context.newPage();
  const answers: boolean[] = [];
  page.on('dialog', (dialog) => {
    // The first time the person stays, the second time they leave.
    const leaves = answers.length > 0;
    answers.push(leaves);
    void (leaves ? dialog.accept() : dialog.dismiss());
  });
  await page.goto(`${pages.origin}/awkward.html`);
  await lab.start(page);
  await pause(800);
  const [download] = await Promise.all([page.waitForEvent('download'), press(page.locator('#download'))]);
  expect(download.suggestedFilename()).toBe('list.csv');
  await press(page.locator('#print'));
  const [opened] = await Promise.all([lab.context.waitForEvent('page'), press(page.locator('#empty'))]);
  await pause(800);
  await press(opened.getByRole('button', { name: 'In an empty page' }));
  await opened.close();
  await page.bringToFront();
  await press(page.locator('#leave'));
  await until(() => answers.length === 1, 'the page asks whether to leave');
  await press(page.locator('#leave'));
  await page.waitForURL('**/marker.html?left');
  await pause(800);
  await press(page.locator('#at-click'));
  await page.goto(`${pages.origin}/paper.pdf`).catch(() => undefined);
  await pause(2_500);
  await lab.stop();
  await until(() => server.session().sealed, 'the session is sealed');

  const recorded = server.interactions();
  const clicked = recorded.filter(({ type }) => type === 'click').map(({ element }) => element?.name);
  const arrived = recorded.filter(({ type }) => type === 'navigation').map(({ action }) => new URL(action!.url!).pathname.slice(1));
  const gaps = server.gaps().map(({ kind }) => kind);
  console.log(`FIGURE awkward pages: clicked ${clicked.join(' | ')}; arrived at ${arrived.join(' | ')}; gaps: ${gaps.join(' ') || 'none'}`);
  expect(clicked).toEqual(['Download the list', 'Print', 'Open an empty page', 'In an empty page', 'Leave', 'Leave', 'At the click']);
  expect(arrived.filter((path) => path === 'marker.html')).toHaveLength(1);
  expect(arrived.includes('paper.pdf') || gaps.includes('blind-frame'), 'the paper is told').toBe(true);
  expect(server.violations).toEqual([]);
});

const misbehaviours = [
  ['answers nonsense', { greeting: '<html>busy</html>' }, 'server-nonsense', 'not CodeSight'],
  ['speaks another version', { refuse: 'unsupported-protocol' }, 'server-refused', 'another version'],
  ['refuses the token', { refuse: 'unauthenticated' }, 'server-refused', 'refused the token'],
  ['closes again and again', { dropAfter: 1 }, 'server-away', 'Go on working'],
] as const;

for (const [what, bad, code, words] of misbehaviours) {
  browserTest(`a server that ${what}: the person is told, and nothing recorded is lost`, async () => {
    const { lab, server, pages } = stage;
    await lab.set({ settings: { serverUrl: server.url, token: 'token', captureProfile: 'events-only' } });
    server.bad = bad;
    const page = await lab.context.newPage();
    await page.goto(`${pages.origin}/marker.html?${code}`);
    await lab.start(page, what);
    await pause(300);
    for (let at = 0; at < 3; at += 1) await press(page.locator('#at-click'));
    await until(async () => (await lab.view()).notices.some((notice) => notice.code === code && notice.message.includes(words)), 'the notice');
    expect((await lab.view()).recording?.acknowledged).toBe(0);
    server.bad = {};
    await lab.ask('recorder.retry');
    await until(() => server.sessions.size > 0 && server.session().start.goal?.text === what && server.interactions().filter(({ type }) => type === 'click').length === 3, 'all three clicks arrive');
    await until(async () => !(await lab.view()).notices.some((notice) => notice.code === code), 'the notice is gone');
    await lab.stop();
    await until(() => server.session().sealed, 'the session is sealed');
    expect(server.violations).toEqual([]);
    await page.close();
  });
}
