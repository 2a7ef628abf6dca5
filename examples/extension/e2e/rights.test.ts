import { expect } from 'vitest';
import { extensionId, pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';

const stage = setStage({ consent: false, settings: { captureProfile: 'events-only' } });

async function openConsent() {
  const page = await stage.lab.context.newPage();
  await page.goto(`chrome-extension://${extensionId}/consent.html`);
  await page.locator('main').waitFor();
  return page;
}

async function agree(to: string[]) {
  const page = await openConsent();
  for (const purpose of to) await page.getByLabel(purpose).check();
  await page.getByRole('button', { name: 'I agree' }).click();
  await page.getByRole('heading', { name: 'You agreed' }).waitFor();
  return page;
}

const storedRows = () => stage.lab.control.evaluate(async () => {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('codesight');
    request.onsuccess = () => resolve(request.result);
  });
  const count = (name: string) => new Promise<number>((resolve) => {
    const request = database.transaction(name).objectStore(name).count();
    request.onsuccess = () => resolve(request.result);
  });
  return (await count('entries')) + (await count('blobs')) + (await count('frames'));
});

browserTest('who takes the agreement back is recorded no longer, here or at the server, and agrees again under a new name', async () => {
  const { lab, server, pages } = stage;
  const consent = await agree(['Training']);
  const page = await lab.context.newPage();
  await page.goto(`${pages.origin}/marker.html`);
  await lab.start(page);
  await page.locator('#at-click').click();
  await until(() => server.sessions.size === 1 && server.interactions().some(({ type }) => type === 'click'), 'the click is with the server');
  const { subject } = server.session().start.consent;

  // The server is away while the agreement is taken back: it is told when it is there again.
  const comeBack = await server.leave();
  await page.locator('#at-click').click();
  await pause(300);
  await consent.bringToFront();
  await consent.getByRole('button', { name: 'Take it back' }).click();
  await consent.getByRole('button', { name: 'I agree' }).waitFor();
  expect((await lab.view()).hasConsent).toBe(false);
  expect((await lab.view()).recording).toBeUndefined();
  expect(await storedRows()).toBe(0);
  const tab = await lab.tabOf(page);
  expect(await lab.ask('recorder.start', { tab, goal: '' })).toMatchObject({ problem: expect.stringContaining('agreed') });
  await page.bringToFront();
  await page.locator('#at-click').click();
  await pause(300);
  expect(await storedRows()).toBe(0);

  await comeBack();
  await lab.ask('recorder.retry');
  await until(() => server.session().outcome === 'withdrawn', 'the session is withdrawn');
  await until(() => server.withdrawals.includes(subject), 'the withdrawal is told');
  expect(server.interactions().filter(({ type }) => type === 'click')).toHaveLength(1);

  await consent.close();
  await (await agree(['Training', 'Research'])).close();
  await lab.start(page, 'Again');
  await until(() => server.sessions.size === 2, 'a new session');
  expect(server.session().start.consent).toMatchObject({ purposes: ['training', 'research'] });
  expect(server.session().start.consent.subject).not.toBe(subject);
  await lab.ask('recorder.delete', { key: (await lab.view()).recording!.key });
  await until(async () => (await lab.view()).waiting.length === 0, 'nothing is left');
  await page.close();
});

browserTest('Global Privacy Control is an answer: sharing cannot be agreed to, and the server is told why', async () => {
  const { lab, server, pages } = stage;
  // Chromium has no such switch of its own yet; the page is given what browsers that have one give it.
  const given = await openConsent();
  await given.getByRole('button', { name: 'Take it back' }).click();
  await given.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
  await given.reload();
  await given.getByText('Opt-out request honored').waitFor();
  expect(await given.getByLabel('Sharing').isDisabled()).toBe(true);
  await given.getByLabel('Training').check();
  await given.getByRole('button', { name: 'I agree' }).click();
  await given.getByRole('heading', { name: 'You agreed' }).waitFor();
  const page = await lab.context.newPage();
  await page.goto(`${pages.origin}/marker.html?gpc`);
  await lab.start(page, 'With an opt-out');
  await until(() => server.session().start.goal?.text === 'With an opt-out', 'the session');
  expect(server.session().start.consent).toMatchObject({ globalPrivacyControl: true, purposes: ['training'] });
  await lab.stop();
});
