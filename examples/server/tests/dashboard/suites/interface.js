// The page that shows the interface: every operation of the description is on it, for whoever comes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../support.js';
import { broken } from './views.js';

/** @param {any} it */
export function described(it) {
  test('every operation of the interface is on its page', async () => {
    const described = await (await fetch(`${it.server.origin}/openapi.json`)).json();
    const operations = Object.values(described.paths).flatMap((methods) => Object.keys(/** @type {object} */ (methods)));
    const { page, wrong, close } = await openPage(it.browser, it.server, '');
    await page.goto(`${it.server.origin}/interface`);
    await page.waitForSelector('summary');
    assert.equal(await page.locator('summary').count(), operations.length);
    await page.getByLabel('Find an operation').fill('makes a dataset');
    await page.getByText('No operation is like that').waitFor();
    await page.getByLabel('Find an operation').fill('begins to make a dataset');
    await page.locator('summary').click();
    await page.locator('.fields code', { hasText: 'splitBy' }).waitFor();
    await page.getByLabel('Find an operation').fill('');
    assert.deepEqual(await broken(page), []);
    assert.deepEqual(wrong, []);
    await close();
  });
}
