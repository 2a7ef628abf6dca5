// Pictures of every view for the documentation: `npm run screenshots [FOLDER [VIEW…]]`. They are made of the demo's session and
// of a few that are recorded for them, and kept small by a palette (pngquant), where that is installed.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { missing, OFFICER, openPage, record, REVIEWERS, sessionsOf, startBrowser, startDemo, train } from './support.js';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../../../docs/screenshots/', import.meta.url));
const chosen = process.argv.slice(3);
const MOST_BYTES = 100_000;
const GOALS = ['Find a floor lamp under 150 that ships within a week', 'Compare three pour-over kettles and keep the cheapest', 'Return the second mug of the last order', 'Send a gift card to a friend'];

if (missing) throw new Error(missing);
mkdirSync(folder, { recursive: true });
const server = await startDemo();
const browser = await startBrowser();
try {
  const demo = (await sessionsOf(server, server.token))[0].id;
  const recorder = await openPage(browser, server, server.token);
  const { live, click, masked } = await prepare(recorder.page, demo);
  /** @type {[string, string, string, string, string[], string?][]} name, address, what is waited for, token, keys, only this look */
  const views = [
    ['sessions', '/sessions', '.session-row a', server.token, ['j', 'j']],
    ['session', `/sessions/${demo}?step=${click}&tab=action`, '.stage img', server.token, []],
    ['compare', `/sessions/${demo}?step=${click}&tab=selectors`, '.stage img', server.token, ['c'], 'light'],
    ['page', `/sessions/${demo}?step=${click}&tab=page`, '.stage img', server.token, [], 'dark'],
    ['masking', `/sessions/${demo}?step=${masked}&tab=masking`, '.stage img', server.token, ['m'], 'light'],
    ['intent', `/sessions/${demo}?step=${click}&tab=intent`, '.stage img', server.token, [], 'dark'],
    ['findings', `/sessions/${demo}?step=${click}&tab=findings`, '.stage img', server.token, [], 'light'],
    ['training', `/sessions/${demo}?step=3&tab=training`, 'pre.line', server.token, [], 'dark'],
    ['session-review', `/sessions/${demo}?step=${click}&tab=review`, '#relabel', REVIEWERS.ana, [], 'light'],
    ['live', `/sessions/${live}`, '.step', server.token, [], 'dark'],
    ['review', '/review', '.table a', REVIEWERS.ben, []],
    ['datasets', '/datasets', '.dataset', REVIEWERS.ana, []],
    ['trainings', '/training', '.training .curve', REVIEWERS.ana, []],
    ['privacy', '/privacy?person=scripted-person', '.history li', OFFICER, []],
    ['storage', '/storage', '.table code', OFFICER, []],
    ['audit', '/audit', '.audit-row:not(.head)', OFFICER, [], 'light'],
    ['sign-in', '/sessions', '.sign-in', '', [], 'light'],
  ];
  for (const [look, options] of /** @type {[string, any][]} */ ([['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['phone', { viewport: { width: 390, height: 844 } }]])) {
    for (const [name, address, sight, token, keys, only] of views) {
      if ((only && only !== look) || (chosen.length > 0 && !chosen.includes(name))) continue;
      const { page, close } = await openPage(browser, server, token, { viewport: { width: 1280, height: 800 }, ...options }, address);
      await page.waitForSelector(sight);
      for (const key of keys) await page.keyboard.press(key);
      await page.waitForTimeout(1_500);
      await page.screenshot({ path: path.join(folder, `${name}-${look}.png`) });
      await close();
    }
  }
  await recorder.close();
} finally {
  await browser.close();
  await server.stop();
}
shrink();

/** A few more sessions, one of them still recorded, and reviews of two people; and which steps of the demo are shown. @param {import('playwright-core').Page} page @param {string} demo */
async function prepare(page, demo) {
  const asked = await fetch(`${server.origin}/v1/sessions/${demo}/interactions?limit=200`, { headers: { authorization: `Bearer ${server.token}` } });
  const places = (await asked.json()).map((/** @type {any} */ place) => place.data);
  const steps = (/** @type {number} */ count) => places.slice(0, count).map((/** @type {any} */ { seq, sessionId, derived, screenshots, ...interaction }) => interaction);
  for (const [number, goal] of GOALS.entries()) await record(page, { token: server.token, key: `picture-${number}`, goal, interactions: steps(8 + number * 5), stop: true });
  for (const [name, decisions] of Object.entries({ ana: ['accepted', 'accepted', 'rejected', 'accepted'], ben: ['accepted', 'accepted', 'rejected'] })) {
    const done = (await sessionsOf(server, server.token)).filter((/** @type {any} */ session) => session.status === 'completed');
    for (const [at, verdict] of decisions.entries()) {
      if (!done[at]) continue;
      await fetch(`${server.origin}/v1/sessions/${done[at].id}/reviews`, {
        method: 'POST',
        headers: { authorization: `Bearer ${REVIEWERS[/** @type {keyof typeof REVIEWERS} */ (name)]}`, 'content-type': 'application/json' },
        body: JSON.stringify({ id: crypto.randomUUID(), decision: { kind: 'verdict', verdict } }),
      });
    }
  }
  await makeDataset();
  train(server);
  /** @param {any} place @param {string} relation */
  const frame = (place, relation) => (place.screenshots ?? []).find((/** @type {any} */ one) => one.relation === relation);
  const clicks = places.filter((/** @type {any} */ place) => place.type === 'click' && place.coordinates && place.element?.box && frame(place, 'before') && frame(place, 'after'));
  const live = await record(page, { token: server.token, key: 'picture-live', goal: 'Order a birthday present that arrives on Friday', interactions: steps(14) });
  const inTheMiddle = clicks[Math.floor(clicks.length / 2)];
  const masked = clicks.find((/** @type {any} */ place) => (frame(place, 'before').redactions ?? []).length > 1) ?? inTheMiddle;
  return { live, click: inTheMiddle.seq, masked: masked.seq };
}

async function makeDataset() {
  const headers = { authorization: `Bearer ${REVIEWERS.ana}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'Shopping - first round' });
  await fetch(`${server.origin}/v1/datasets`, { method: 'POST', headers, body });
  for (let tries = 0; tries < 300; tries += 1) {
    const { datasets } = await (await fetch(`${server.origin}/v1/datasets`, { headers })).json();
    if (datasets.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the dataset was not made in a minute');
}

function shrink() {
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.png') && (chosen.length === 0 || chosen.some((view) => name.startsWith(`${view}-`))))) {
    const file = path.join(folder, name);
    for (const colours of ['256', '128', '64']) {
      try {
        execFileSync('pngquant', ['--force', '--skip-if-larger', '--strip', '--speed', '1', '--output', file, colours, file], { stdio: 'ignore' });
      } catch {
        // Not installed, or no smaller.
      }
      if (statSync(file).size <= MOST_BYTES) break;
    }
    console.log(`${name}: ${Math.round(statSync(file).size / 1000)} kB`);
  }
}
