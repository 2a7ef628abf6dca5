// The trajectory viewer: the frame of each step with the action drawn on it, and everything about it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../support.js';

/** @param {any} it */
export function viewer(it) {
  test('steps are walked through with keys, the pointer and the timeline', async () => {
    const { page, wrong, close } = await openPage(it.browser, it.server, it.server.token);
    await page.goto(`${it.server.origin}/#/sessions/${it.demo}`);
    await page.waitForSelector('.stage img');
    const current = () => page.getAttribute('.step[aria-current]', 'class').then(() => page.locator('.step[aria-current] .step-words').innerText());
    const count = Number((await page.locator('.stage-bar [role=status]').innerText()).split('/')[1]);
    assert.ok(count > 20, `${count} steps`);
    const seen = new Set([await current()]);
    for (const key of ['ArrowRight', 'j', 'ArrowDown']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(50);
      seen.add(await current());
    }
    assert.ok(seen.size >= 3, [...seen].join(' | '));
    await page.keyboard.press('End');
    await page.waitForFunction((count) => document.querySelector('.stage-bar [role=status]')?.textContent?.startsWith(`${count} `), count);
    await page.keyboard.press('k');
    await page.waitForFunction((count) => document.querySelector('.stage-bar [role=status]')?.textContent?.startsWith(`${count - 1} `), count);
    const box = await page.locator('.timeline-box').boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + 2, box.y + box.height / 2);
    await page.waitForFunction(() => document.querySelector('.stage-bar [role=status]')?.textContent?.startsWith('1 '));
    assert.deepEqual(wrong, []);
    await close();
  });

  test('the action is drawn where it was done, and the frames before and after are compared', async () => {
    const { page, close } = await openPage(it.browser, it.server, it.server.token);
    const answer = await fetch(`${it.server.origin}/v1/sessions/${it.demo}/interactions?limit=200`, { headers: { authorization: `Bearer ${it.server.token}` } });
    const places = await answer.json();
    const relations = (/** @type {any} */ place) => (place.data.screenshots ?? []).map((/** @type {any} */ frame) => frame.relation);
    const click = places.find((/** @type {any} */ place) => place.data.type === 'click' && place.data.coordinates && ['before', 'after'].every((one) => relations(place).includes(one)));
    assert.ok(click, 'no click of the demo has both frames');
    await page.goto(`${it.server.origin}/#/sessions/${it.demo}?step=${click.seq}`);
    await page.waitForSelector('.action .point');
    const point = page.locator('.action .point').first();
    assert.equal(Number(await point.getAttribute('cx')), click.data.coordinates.x);
    assert.equal(Number(await point.getAttribute('cy')), click.data.coordinates.y);
    await page.keyboard.press('c');
    const split = page.getByLabel('Where the frame after begins, in percent');
    await split.focus();
    await page.keyboard.press('Home');
    await page.waitForFunction(() => /** @type {HTMLElement} */ (document.querySelector('.divider')).style.left === '0%');
    assert.ok((await page.locator('.stage-bar [role=status]').innerText()).startsWith(`${places.indexOf(click) + 1} `), 'the slider keeps the arrow keys');
    await close();
  });

  test('every tab tells of the step', async () => {
    const { page, close } = await openPage(it.browser, it.server, it.server.token);
    await page.goto(`${it.server.origin}/#/sessions/${it.demo}?step=3`);
    await page.waitForSelector('.stage img');
    const expected = { Action: 'Element', Findings: 'The score', Selectors: 'Ways to find it', Page: 'Place in the document', Masking: 'Policy', Intent: 'For the task', Training: 'Taught actions', Review: 'Decisions' };
    for (const [tab, heading] of Object.entries(expected)) {
      await page.getByRole('tab', { name: tab }).click();
      await page.locator('.tab-panel h2', { hasText: heading }).first().waitFor({ timeout: 30_000 });
    }
    await page.getByRole('tab', { name: 'Action' }).click();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.activeElement?.id === 'tab-findings' && document.activeElement.ariaSelected === 'true');
    await close();
  });
}
