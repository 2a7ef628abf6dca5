// The page of trainings: empty, with one that went well, and when it cannot be loaded.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, train } from '../support.js';

/** Before the views are looked at: they want a training to show. @param {any} it */
export function training(it) {
  test('a training is told of with its curve, its cost and what became of the model', async () => {
    const { page, wrong, close } = await openPage(it.browser, it.server, it.server.token, {}, '/training');
    await page.getByRole('heading', { name: 'No training yet' }).waitFor();
    const model = train(it.server);
    await page.reload();
    const card = page.locator('section.training');
    await card.waitFor();
    const text = await card.innerText();
    for (const said of [model, 'Succeeded', '1 session', 'tokens a pass', 'steps right']) assert.ok(text.includes(said), `${said} in ${text}`);
    assert.match((await card.getByRole('img').getAttribute('aria-label')) ?? '', /^Loss from \d+\.\d+ at step 1 to \d+\.\d+ at step \d+$/);
    await card.locator('summary').click();
    assert.ok((await card.locator('.lines li').count()) > 1, 'no events');
    assert.deepEqual(wrong, []);
    await page.route('**/v1/trainings', (route) => route.abort());
    await page.reload();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await close();
  });
}
