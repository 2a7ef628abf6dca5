// Signing in and out, what scripts can see of it, and who finds which pages at the side.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OFFICER, openPage, REVIEWERS } from '../support.js';

/** @param {any} it */
export function signingIn(it) {
  test('who is not signed in is asked to, and a wrong key is told', async () => {
    const { page, close } = await openPage(it.browser, it.server, 'not-a-token-of-this-server');
    await page.waitForSelector('.sign-in [role=alert]');
    await page.fill('#token', it.server.token);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.session-row a');
    assert.ok(!page.url().includes('token='), 'the key is in the address');
    await close();
  });

  test('no script sees what signs in, another tab is signed in too, and signing out ends both', async () => {
    const { page, wrong, close } = await openPage(it.browser, it.server, REVIEWERS.ana);
    await page.waitForSelector('.session-row a');
    assert.equal(await page.evaluate(() => document.cookie), '');
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.ok(!kept.includes(REVIEWERS.ana) && !kept.includes('codesight_'), kept);
    const [cookie] = await page.context().cookies();
    assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite], ['codesight', true, 'Strict']);
    const other = await page.context().newPage();
    await other.goto(`${it.server.origin}/#/sessions`);
    await other.waitForSelector('.session-row a');
    assert.deepEqual(wrong, []);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForSelector('.sign-in');
    await other.goto(`${it.server.origin}/#/review`);
    await other.waitForSelector('.sign-in [role=alert]');
    assert.deepEqual(await page.context().cookies(), []);
    await close();
  });

  for (const [who, secret, pages] of /** @type {[string, string, string[]][]} */ ([['a reviewer', REVIEWERS.ana, ['Sessions', 'Review', 'Datasets', 'Training']], ['an officer', OFFICER, ['Privacy', 'Storage', 'Audit']]])) {
    test(`${who} finds their own pages at the side, and the first of them at the front`, async () => {
      const { page, wrong, close } = await openPage(it.browser, it.server, secret, {}, '/');
      await page.waitForSelector('.way[aria-current]');
      assert.deepEqual(await page.locator('.way').allInnerTexts(), pages);
      assert.equal(await page.locator('.way[aria-current]').innerText(), pages[0]);
      assert.deepEqual(wrong, []);
      await close();
    });
  }
}
