// Making a dataset on its page: how far it is, what it came to, its file, and its end.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openPage, REVIEWERS } from '../support.js';
import { broken } from './views.js';

/** @param {any} it */
export function datasets(it) {
  test('a dataset is made, told of, fetched and deleted', async () => {
    const { page, wrong, close } = await openPage(it.browser, it.server, REVIEWERS.ana, {}, '/datasets');
    await page.getByRole('button', { name: 'Make the first' }).click();
    await page.getByLabel('Name; no names of people').fill('first try');
    assert.deepEqual(await broken(page), []);
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.waitForSelector('.dataset', { timeout: 60_000 });
    assert.deepEqual(await broken(page), []);
    const row = page.locator('.dataset tbody tr').first();
    assert.match(await row.innerText(), /Train\s+Would be taken/);
    const [download] = await Promise.all([page.waitForEvent('download'), row.getByRole('link').click()]);
    const lines = readFileSync(await download.path(), 'utf8').trim().split('\n');
    assert.ok(lines.length > 10 && lines.every((line) => JSON.parse(line).messages.length > 1));
    await page.getByRole('button', { name: 'Delete first try' }).click();
    await page.locator('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Make the first' }).waitFor();
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a recipe that no session fits is told', async () => {
    const { page, close } = await openPage(it.browser, it.server, REVIEWERS.ana, {}, '/datasets');
    await page.getByRole('button', { name: 'New dataset' }).click();
    await page.getByLabel('Name; no names of people').fill('too good');
    await page.getByLabel('Quality of at least').fill('100');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.locator('.notice.bad', { hasText: 'no session fits' }).waitFor();
    await close();
  });
}
