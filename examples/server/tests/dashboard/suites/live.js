// A session that is being recorded: its steps appear as they become durable, and it can be looked at once it is processed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, processed, record } from '../support.js';

/** @param {number} number */
const step = (number) => ({ type: 'click', timestamp: 1_790_000_000_000 + number * 1_000, coordinates: { x: 10, y: 10 }, element: { tag: 'button', name: `Button ${number}` }, pageContext: { title: 'Shop', url: 'https://shop.example/' } });

/** @param {any} it */
export function live(it) {
  test('steps of a live session appear, with what is found about them', async () => {
    const recorder = await openPage(it.browser, it.server, it.server.token);
    const id = await record(recorder.page, { token: it.server.token, key: 'live-1', goal: 'Watch me', interactions: [step(1)] });
    const { page, wrong, close } = await openPage(it.browser, it.server, it.server.token);
    await page.goto(`${it.server.origin}/#/sessions/${id}`);
    await page.locator('.step', { hasText: 'Button 1' }).waitFor();
    assert.equal(await page.locator('.facts-bar .badge').innerText(), 'Recording');
    await recorder.page.evaluate((more) => /** @type {any} */ (window).recorder.send(more), [step(2), step(3)]);
    await page.locator('.step[aria-current]', { hasText: 'Button 3' }).waitFor({ timeout: 15_000 });
    await page.waitForFunction(() => document.querySelectorAll('.dot').length > 0, undefined, { timeout: 15_000 });
    await recorder.page.evaluate(() => /** @type {any} */ (window).recorder.stop());
    await processed(it.server, it.server.token, id);
    await page.locator('.facts-bar .badge', { hasText: 'Completed' }).waitFor({ timeout: 30_000 });
    assert.deepEqual(wrong, []);
    await Promise.all([close(), recorder.close()]);
  });
}
