// Every view: nothing goes wrong, nothing breaks the content security policy, axe finds nothing, keys work.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { OFFICER, openPage } from '../support.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Views by name: the address, what is to be seen, and whose token. @param {any} it @returns {[string, string, string, string][]} */
export const VIEWS = (it) => [
  ['sessions', '/sessions', '.session-row a', it.server.token],
  ['sessions that no filter leaves', '/sessions?status=failed', '.empty h2', it.server.token],
  ...['action', 'findings', 'selectors', 'page', 'masking', 'intent', 'training', 'review'].map(
    (tab) => /** @type {[string, string, string, string]} */ ([`session, ${tab}`, `/sessions/${it.demo}?step=3&tab=${tab}`, '.stage img', it.server.token]),
  ),
  ['a session that is not there', '/sessions/none', '.empty h2', it.server.token],
  ['review', '/review', '.table a', it.server.token],
  ['datasets', '/datasets', '.page', it.server.token],
  ['training', '/training', '.training .curve', it.server.token],
  ['privacy', '/privacy?person=scripted-person', '.history li', OFFICER],
  ['privacy of nobody', '/privacy?person=nobody', '.empty h2', OFFICER],
  ['storage', '/storage', '.table code', OFFICER],
  ['audit', '/audit', '.audit-row:not(.head)', OFFICER],
  ['a page that is not there', '/nowhere', '.empty h2', it.server.token],
];

/** What axe finds. @param {import('playwright-core').Page} page */
export async function broken(page) {
  // Evaluated by the debugger: the page's policy lets no foreign script in.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
  return violations.map((/** @type {any} */ one) => `${one.id}: ${one.nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.target} ${node.any[0]?.message ?? node.failureSummary}`).join(' | ')}`);
}

/** @param {any} it */
export function views(it) {
  for (const [name, options] of /** @type {[string, any][]} */ ([['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['phone', { viewport: { width: 390, height: 844 } }]])) {
    test(`every view is sound and accessible, ${name}`, async () => {
      const problems = [];
      for (const [view, address, sight, token] of VIEWS(it)) {
        const { page, wrong, close } = await openPage(it.browser, it.server, token, options, address);
        await page.waitForSelector(sight, { timeout: 60_000 }).catch(() => problems.push(`${view}: ${sight} is not to be seen`));
        await page.waitForTimeout(300);
        const expected = (/** @type {string} */ text) => text.includes('404') && /none|nobody/.test(address);
        problems.push(...wrong.filter((text) => !expected(text)).map((text) => `${view}: ${text}`));
        problems.push(...(await broken(page)).map((/** @type {string} */ text) => `${view}: ${text}`));
        await close();
      }
      assert.deepEqual(problems, []);
    });
  }

  test('the keyboard goes everywhere', async () => {
    const { page, close } = await openPage(it.browser, it.server, it.server.token);
    await page.waitForSelector('.session-row a');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
    await page.keyboard.press('j');
    await page.waitForSelector('.session-row.selected');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.stage img');
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open] .keys');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.waitForFunction(() => location.hash === '#/review');
    await close();
  });
}
