// How soon a long session is to be seen, and how a hundred thousand sessions scroll. Printed, never judged: the machine's
// load is in the figures.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPage, processed, record } from '../support.js';

const STEPS = 500;
const SESSIONS = 100_000;

/** @param {any} it */
export function speed(it) {
  test(`a session of ${STEPS} steps is shown`, async (t) => {
    const recorder = await openPage(it.browser, it.server, it.server.token);
    const answer = await fetch(`${it.server.origin}/v1/sessions/${it.demo}/interactions?limit=200`, { headers: { authorization: `Bearer ${it.server.token}` } });
    const places = (await answer.json()).map((/** @type {any} */ place) => place.data);
    const frames = await pictures(it.browser, 40);
    const interactions = Array.from({ length: STEPS }, (_, number) => {
      const { seq, sessionId, derived, ...interaction } = places[number % places.length];
      return { ...interaction, timestamp: 1_790_000_000_000 + number * 1_500, screenshots: frames.shots(number) };
    });
    const id = await record(recorder.page, { token: it.server.token, key: 'long-1', goal: 'A long one', interactions, frames: frames.base64, stop: true });
    await recorder.close();
    await processed(it.server, it.server.token, id);
    const { page, close } = await openPage(it.browser, it.server, it.server.token);
    await page.waitForSelector('.session-row');
    const times = [];
    for (let round = 0; round < 3; round += 1) {
      await page.goto('about:blank');
      await page.goto(`${it.server.origin}/#/sessions/${id}?step=250`);
      await page.waitForSelector('.stage img');
      await page.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector('.stage img')).complete);
      times.push(Math.round(await page.evaluate(() => performance.now())));
    }
    assert.equal(await page.locator('.stage-bar [role=status]').innerText(), `250 / ${STEPS}`);
    assert.ok((await page.locator('.step').count()) < 60, 'only steps in sight are in the document');
    t.diagnostic(`steps, timeline and the frame of step 250 of ${STEPS}: ${times.join(', ')} ms after navigation (goal 1000)`);
    await close();
  });

  test(`${SESSIONS} sessions are listed`, async (t) => {
    execFileSync('python3', [fileURLToPath(new URL('../seed.py', import.meta.url)), `${it.server.folder}/catalog.sqlite`, String(SESSIONS)], { stdio: 'inherit' });
    const { page, close } = await openPage(it.browser, it.server, it.server.token);
    await page.waitForSelector('.session-row a');
    const found = await page.evaluate(async (wanted) => {
      const list = /** @type {HTMLElement} */ (document.querySelector('.session-table'));
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const count = () => Number(document.querySelector('.bar [role=status]')?.textContent?.replace(/\D/g, ''));
      const gaps = [];
      const began = performance.now();
      let last = began;
      while (count() < wanted && performance.now() - began < 300_000) {
        list.scrollTop = list.scrollHeight;
        await frame();
        const now = performance.now();
        gaps.push(now - last);
        last = now;
      }
      const loaded = performance.now() - began;
      gaps.sort((one, other) => one - other);
      const jumps = [];
      for (const share of [0, 0.5, 0.1, 0.99, 0.3]) {
        const from = performance.now();
        list.scrollTop = list.scrollHeight * share;
        await frame();
        await frame();
        jumps.push(performance.now() - from);
      }
      return { count: count(), loaded, p50: gaps[gaps.length >> 1], p99: gaps[Math.floor(gaps.length * 0.99)], jump: Math.max(...jumps), rows: document.querySelectorAll('.session-row').length };
    }, SESSIONS);
    assert.ok(found.count >= SESSIONS, `${found.count} sessions were listed`);
    assert.ok(found.rows < 80, 'only rows in sight are in the document');
    t.diagnostic(`${found.count} sessions scrolled through in ${(found.loaded / 1000).toFixed(1)} s; frames while loading p50 ${found.p50.toFixed(0)} ms, p99 ${found.p99.toFixed(0)} ms; jump anywhere within ${found.jump.toFixed(0)} ms (two frames)`);
    await close();
  });
}

/** Frames of a made-up page, and which of them belong to a step. @param {import('playwright-core').Browser} browser @param {number} count */
async function pictures(browser, count) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const [base64, hashes] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
  for (let number = 0; number < count; number += 1) {
    await page.setContent(`<body style="font:20px sans-serif;background:hsl(${number * 9} 60% 94%)"><h1>Page ${number}</h1>${Array.from({ length: 24 }, (_, at) => `<p style="float:left;width:180px;height:120px;background:hsl(${at * 15 + number} 50% 70%)">Item ${at}</p>`).join('')}`);
    const png = await page.screenshot();
    base64.push(png.toString('base64'));
    hashes.push(Buffer.from(await crypto.subtle.digest('SHA-256', png)).toString('hex'));
  }
  await page.close();
  /** @param {number} number @param {string} relation */
  const shot = (number, relation) => ({ hash: hashes[number % count], mediaType: 'image/png', width: 1280, height: 800, relation, capturedAt: 1_790_000_000_000 + number * 1_500, lagMs: relation === 'before' ? -40 : 600, viewport: { width: 1280, height: 800, devicePixelRatio: 1 }, scroll: { x: 0, y: 0 }, trigger: 'interaction', source: 'visible-tab' });
  return { base64, shots: (/** @type {number} */ number) => [shot(number, 'before'), shot(number + 1, 'after')] };
}
