import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { extensionId, pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';

const pictures = process.env.PICTURES ? fileURLToPath(new URL('../docs/', import.meta.url)) : undefined;
if (pictures) await mkdir(pictures, { recursive: true });

const stage = setStage({ consent: false, settings: {} });

const address = (page: string) => `chrome-extension://${extensionId}/${page}`;

async function open(path: string, width = 820, height = 900) {
  const page = await stage.lab.context.newPage();
  await page.setViewportSize({ width, height });
  await page.goto(address(path));
  await page.locator('main').waitFor();
  return page;
}

/** With PICTURES set, what people see is kept to be looked at. */
async function picture(page: import('playwright-core').Page, name: string): Promise<void> {
  if (!pictures) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${pictures}${name}-${colorScheme}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Everything that can be operated has a name and is reached by the keyboard. */
async function isOperable(page: import('playwright-core').Page): Promise<void> {
  const nameless = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button, input, select, textarea, a')].filter((control) => {
    const labels = 'labels' in control ? [...((control as HTMLInputElement).labels ?? [])] : [];
    return !(control.textContent?.trim() || control.getAttribute('aria-label') || labels.length > 0);
  }).map(({ outerHTML }) => outerHTML));
  expect(nameless).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  expect(await page.getByRole('heading', { level: 1 }).count()).toBeLessThanOrEqual(1);
}

browserTest('nothing is recorded before the person agreed, and agreeing works by keyboard', async () => {
  const site = await stage.lab.context.newPage();
  await site.goto(`${stage.pages.origin}/marker.html`);
  const tab = await stage.lab.tabOf(site);
  expect(await stage.lab.ask('recorder.start', { tab, goal: '' })).toMatchObject({ problem: expect.stringContaining('agreed') });
  expect((await stage.lab.view()).hasConsent).toBe(false);

  const popup = await open(`popup.html?tab=${tab}`, 380, 300);
  await popup.getByRole('button', { name: 'Read and decide' }).waitFor();
  await picture(popup, 'popup-first');
  await popup.close();

  const consent = await open('consent.html');
  await isOperable(consent);
  await picture(consent, 'consent');
  await consent.getByRole('button', { name: 'I agree' }).focus();
  await consent.keyboard.press('Enter');
  await consent.getByText('Tick “Training” to agree').waitFor();
  expect((await stage.lab.view()).hasConsent).toBe(false);
  await consent.getByLabel('Training').focus();
  await consent.keyboard.press('Space');
  await consent.getByRole('button', { name: 'I agree' }).focus();
  await consent.keyboard.press('Enter');
  await consent.getByRole('heading', { name: 'You agreed' }).waitFor();
  expect((await stage.lab.view()).hasConsent).toBe(true);
  await consent.close();
  await site.close();
});

browserTest('options are checked, kept, and used', async () => {
  const options = await open('options.html');
  await isOperable(options);
  await options.getByLabel('Address').fill('http://wrong.example');
  await options.getByRole('button', { name: 'Save' }).click();
  await options.getByText('The server address begins with').waitFor();
  await options.getByLabel('Address').fill(stage.server.url);
  await options.getByLabel('Token').fill('token');
  await options.getByLabel('Never these sites').fill('bank.example\npay.example');
  await options.getByRole('button', { name: 'Save' }).click();
  await options.getByText('Saved.').waitFor();
  await options.getByRole('button', { name: 'Test the connection' }).click();
  await options.getByText('The server answers and knows the token.').waitFor();
  await picture(options, 'options');
  await options.reload();
  expect(await options.getByLabel('Never these sites').inputValue()).toBe('bank.example\npay.example');
  await options.close();
});

browserTest('the popup starts, pauses, tells, finishes, and deletes', async () => {
  const site = await stage.lab.context.newPage();
  await site.goto(`${stage.pages.origin}/large.html`);
  const tab = await stage.lab.tabOf(site);
  const popup = await open(`popup.html?tab=${tab}`, 380, 560);
  await isOperable(popup);
  await popup.getByLabel('What do you want to do?').fill('Buy a steel product below $50');
  await site.bringToFront();
  await popup.getByRole('button', { name: 'Test first' }).click();
  await popup.getByText('This page answers.').waitFor();
  await popup.bringToFront();
  await picture(popup, 'popup-start');
  await site.bringToFront();
  await popup.getByRole('button', { name: 'Start recording' }).click();
  await popup.getByRole('button', { name: 'Finish' }).waitFor();
  for (const at of [1, 2, 3]) {
    await site.locator(`[data-testid=product-${at}] button`).click();
    await pause(900);
  }
  await until(() => stage.server.session().places.size >= 4, 'the actions are with the server');
  await until(async () => (await popup.locator('.frames img').count()) === 3, 'the last pictures are shown');
  await popup.bringToFront();
  expect(await popup.locator('.numbers').innerText()).toMatch(/Quality\s+87[\s\S]*Gaps\s+1[\s\S]*Findings\s+2/);
  await isOperable(popup);
  await picture(popup, 'popup-recording');
  await popup.getByRole('button', { name: 'Pause' }).click();
  await popup.getByRole('button', { name: 'Go on' }).waitFor();
  const before = stage.server.session().places.size;
  await site.bringToFront();
  await site.locator('[data-testid=product-4] button').click();
  await pause(600);
  expect(stage.server.interactions().filter(({ type }) => type === 'click').length).toBe(3);
  await popup.getByRole('button', { name: 'Go on' }).click();
  await until(() => stage.server.gaps().some(({ kind }) => kind === 'paused'), 'the pause is told');
  expect(stage.server.session().places.size).toBeGreaterThan(before);

  await popup.bringToFront();
  await popup.getByRole('button', { name: 'Finish' }).click();
  await popup.getByRole('dialog', { name: 'How did it end?' }).waitFor();
  await picture(popup, 'popup-finish');
  await popup.getByRole('button', { name: 'I did it' }).click();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  expect(stage.server.session().start.goal?.text).toBe('Buy a steel product below $50');

  await site.bringToFront();
  await popup.getByRole('button', { name: 'Start recording' }).click();
  await until(() => stage.server.sessions.size === 2 && stage.server.session().places.size > 0, 'a second session');
  await popup.getByRole('button', { name: 'Delete this recording' }).click();
  await popup.getByRole('button', { name: 'Delete it' }).click();
  await until(() => stage.server.session().outcome === 'withdrawn', 'the second session is withdrawn');
  expect((await stage.lab.view()).recording).toBeUndefined();
});

browserTest('a server that refuses the token is told in words, and nothing is lost', async () => {
  const site = await stage.lab.context.newPage();
  await site.goto(`${stage.pages.origin}/marker.html?refused`);
  stage.server.bad = { refuse: 'unauthenticated' };
  const tab = await stage.lab.start(site, 'Refused');
  await site.locator('#at-click').click();
  const popup = await open(`popup.html?tab=${tab}`, 380, 560);
  await popup.getByText('The server refused the token.').waitFor();
  await picture(popup, 'popup-refused');
  stage.server.bad = {};
  await popup.getByRole('button', { name: 'Try again' }).click();
  await until(() => stage.server.sessions.size === 3 && stage.server.interactions().some(({ type }) => type === 'click'), 'the click arrives after all');
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  await popup.close();
});
