/**
 * The person compares a price in another shop, in a tab of its own. The recorder is allowed the first shop only, so of
 * the other one it knows nothing but how many inputs it let pass: a gap, with its reason.
 */
import { setTimeout as wait } from 'node:timers/promises';

/** @param {import('playwright-core').BrowserContext} context @param {string} otherShop */
export async function compareElsewhere(context, otherShop) {
  let lost = 0;
  const from = Date.now();
  const tab = await context.newPage();
  await tab.exposeFunction('countInput', () => { lost += 1; });
  await tab.addInitScript(() => {
    for (const type of ['click', 'wheel', 'keydown']) addEventListener(type, () => window.countInput(), true);
  });
  await tab.goto(`${otherShop}/search.html?q=mug`);
  await tab.getByRole('link', { name: 'Stoneware mug' }).click();
  await tab.waitForURL(/sku=KT-101/);
  await tab.getByText('12 oz').click();
  await wait(300);
  await tab.close();
  return /** @type {const} */ ({ kind: 'excluded', from, until: Date.now(), lost });
}
