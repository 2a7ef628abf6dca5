// Reviewing with keys, by two people, and how far they agree.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, REVIEWERS } from '../support.js';

/** @param {any} it */
export function reviewing(it) {
  const path = () => `${it.server.origin}/#/sessions/${it.demo}?step=3&tab=review`;

  test('a reviewer accepts, takes back, marks a step and says what the person was after', async () => {
    const { page, wrong, close } = await openPage(it.browser, it.server, REVIEWERS.ana);
    await page.goto(path());
    await page.waitForSelector('.stage img');
    await page.waitForSelector('#relabel');
    await page.keyboard.press('y');
    await page.waitForSelector('.decisions .badge.accepted');
    await page.keyboard.press('x');
    await page.waitForSelector('.step[aria-current] .mark.wrong');
    await page.selectOption('#relabel', 'compare');
    await page.locator('.decisions li', { hasText: 'Compare' }).waitFor();
    await page.reload();
    await page.waitForSelector('.step[aria-current] .mark.wrong');
    assert.equal(await page.locator('.decisions li').count(), 3);
    assert.equal(await page.locator('#relabel').inputValue(), 'compare');
    assert.deepEqual(wrong, []);
    await close();
  });

  test('a second one rejects with a reason; both and their agreement are told', async () => {
    const { page, close } = await openPage(it.browser, it.server, REVIEWERS.ben);
    await page.goto(path());
    await page.waitForSelector('#relabel');
    await page.keyboard.press('n');
    // Clicked, not checked: it is checked once the server has the reason.
    await page.getByLabel('Bad frames').click();
    await page.locator('.decisions li', { hasText: 'Bad frames' }).waitFor();
    await page.goto(`${it.server.origin}/#/review`);
    await page.locator('.table td', { hasText: 'ana and ben' }).waitFor();
    const answer = await fetch(`${it.server.origin}/v1/reviews/summary`, { headers: { authorization: `Bearer ${REVIEWERS.ben}` } });
    const summary = await answer.json();
    assert.deepEqual({ ...summary.agreements[0] }, { reviewers: ['ana', 'ben'], sessions: 1, agreed: 0, kappa: 0 });
    assert.equal(summary.rejected, 1);
    await close();
  });

  test('what no reader could use is refused with a code', async () => {
    for (const decision of [{ kind: 'step', seq: 0, mark: 'wrong' }, { kind: 'intent', firstSeq: 3, lastSeq: 1, intent: null }, { kind: 'intent', firstSeq: 1, lastSeq: 1, intent: 'to call jane' }, { kind: 'verdict', verdict: 'accepted', reasons: ['other'] }]) {
      const answer = await fetch(`${it.server.origin}/v1/sessions/${it.demo}/reviews`, {
        method: 'POST',
        headers: { authorization: `Bearer ${REVIEWERS.ana}`, 'content-type': 'application/json' },
        body: JSON.stringify({ id: crypto.randomUUID(), decision }),
      });
      assert.equal(answer.status, 400, JSON.stringify(decision));
      assert.equal((await answer.json()).code, 'invalid');
    }
  });
}
