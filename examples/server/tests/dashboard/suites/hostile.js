// TEN-05 and INJ: what a page said stays text. Every text of a recording tries to become markup, script or style.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, processed, record, REVIEWERS } from '../support.js';

const ATTACKS = [
  '<img src=x onerror="window.__xss=1">',
  '<script>window.__xss=1</script>',
  '"><svg onload=window.__xss=1>',
  "javascript:window.__xss=1//'",
  '${window.__xss=1}',
  '{{constructor.constructor("window.__xss=1")()}}',
  '</style><style>body{display:none}</style>',
  '&lt;img src=x onerror=window.__xss=1&gt;',
  '\u202e\u0000<b>',
  '__proto__',
  '<iframe srcdoc="<script>parent.__xss=1</script>">',
];

/** @param {string} attack @param {number} number */
const interaction = (attack, number) => ({
  type: number % 5 === 4 ? attack : ['click', 'input', 'navigation', 'select'][number % 5],
  timestamp: 1_790_000_000_000 + number * 500,
  coordinates: { x: 5, y: 5 },
  action: { text: attack, url: attack, keys: [attack], cause: attack },
  element: { tag: attack.slice(0, 20), role: attack, name: attack, text: attack, value: attack, inputType: attack, frameOrigin: attack, shadowRoot: attack, attributes: { onclick: attack }, box: { x: 1, y: 1, width: 9, height: 9 } },
  selectors: { primary: attack, xpath: attack, cssPath: attack, alternatives: [{ kind: 'text', value: attack }], reliability: [{ selector: attack, kind: attack, score: 0.5, matches: 1, reasons: [attack] }] },
  pageContext: {
    title: attack,
    url: `https://shop.example/${encodeURIComponent(attack)}`,
    language: attack,
    pageStructure: { heading: attack, sections: [{ kind: attack, label: attack }], forms: [{ name: attack }] },
    nearbyElements: [{ tag: 'a', role: attack, text: attack, selector: attack }],
    domHierarchy: { ancestors: [{ tag: attack, id: attack, classes: [attack], role: attack }], depth: 3 },
    products: [{ name: attack, price: attack, currency: attack }],
  },
  userContext: { rationale: attack },
  userIntent: attack,
  stateChanges: [{ kind: attack, target: attack, property: attack, before: attack, after: attack }],
});

/** @param {any} it */
export function hostile(it) {
  test('hostile text of a recorded page is inert in every view', async () => {
    const recorder = await openPage(it.browser, it.server, it.server.token);
    const id = await record(recorder.page, { token: it.server.token, key: 'hostile-1', goal: ATTACKS[0], interactions: ATTACKS.map(interaction), stop: true });
    await recorder.close();
    await processed(it.server, it.server.token, id);
    const { page, wrong, close } = await openPage(it.browser, it.server, REVIEWERS.ana);
    /** @type {string[]} */
    const asked = [];
    page.on('request', (request) => !request.url().startsWith(it.server.origin) && !request.url().startsWith('blob:') && asked.push(request.url()));
    page.on('dialog', (dialog) => (asked.push(dialog.message()), dialog.dismiss()));
    const inert = async (/** @type {string} */ where) => {
      const found = await page.evaluate(() => ({
        ran: '__xss' in window,
        foreign: document.querySelectorAll('iframe, object, embed, script:not([src]), style, [onerror], [onload], [onclick], a[href^="javascript"]').length,
        isShown: getComputedStyle(document.body).display !== 'none',
      }));
      assert.deepEqual(found, { ran: false, foreign: 0, isShown: true }, where);
    };
    await page.goto(`${it.server.origin}/#/sessions`);
    await page.locator('.session-row', { hasText: 'onerror' }).waitFor();
    await inert('sessions');
    for (let seq = 1; seq <= ATTACKS.length; seq += 1) {
      for (const tab of ['action', 'findings', 'selectors', 'page', 'masking', 'intent', 'training', 'review']) {
        await page.goto(`${it.server.origin}/#/sessions/${id}?step=${seq}&tab=${tab}`);
        await page.waitForSelector('.tab-panel > *');
        await inert(`step ${seq}, ${tab}`);
      }
    }
    await page.goto(`${it.server.origin}/#/review`);
    await page.waitForSelector('.table a');
    await inert('review');
    await page.goto(`${it.server.origin}/#/privacy?person=${encodeURIComponent(ATTACKS[0])}`);
    await page.waitForTimeout(300);
    await inert('privacy');
    assert.deepEqual(asked, []);
    assert.deepEqual(wrong.filter((text) => text.startsWith('CSP') || text.includes('Content Security')), []);
    await close();
  });
}
