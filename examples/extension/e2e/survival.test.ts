import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveShop } from '../../shop/test/static-server.js';
import { chromiumPath, missingChromium } from './harness.ts';

const skip = missingChromium();
let browser: Browser;
let shop: { origin: string; close(): void };
let script: string;

beforeAll(async () => {
  if (skip) return;
  const built = await build({ configFile: false, logLevel: 'error', build: { write: false, lib: { entry: fileURLToPath(new URL('./resolver.ts', import.meta.url)), formats: ['iife'], name: 'lab' } } });
  script = (Array.isArray(built) ? built[0]! : (built as { output: { code?: string }[] })).output.map((part) => ('code' in part ? part.code : '')).join('');
  [shop, browser] = [await serveShop(), await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })];
});

afterAll(async () => {
  await browser?.close();
  shop?.close();
});

/**
 * Both builds make their elements in the same order and only put them elsewhere: so the number of an element's birth is
 * the truth about which is which, and no selector can see it.
 */
async function openBuild(which: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.route('**/scripts/dom.js', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace('const element = document.createElement(tag);', 'const element = document.createElement(tag); window.births = (window.births ?? 0) + 1; element.birth = window.births;');
    await route.fulfill({ response, body });
  });
  await page.goto(`${shop.origin}/index.html?build=${which}`);
  await page.evaluate(() => {
    localStorage.setItem('cart', localStorage.getItem('cart') ?? '');
  });
  return page;
}

/** What stands in the cart decides what the later pages show; both builds get the same. */
async function fill(page: Page): Promise<void> {
  await page.goto(`${shop.origin}/search.html?category=lighting`);
  for (const at of [0, 1, 2]) await page.getByRole('button', { name: 'Add to cart', exact: true }).nth(at).click();
}

test.skipIf(skip)('what was recorded on build A is found on build B', async () => {
  const [a, b] = [await openBuild('a'), await openBuild('b')];
  await fill(a);
  await b.goto(a.url());
  await b.evaluate((stored) => { for (const [name, value] of stored) if (name !== 'build') localStorage.setItem(name!, value!); }, await a.evaluate(() => Object.entries(localStorage).filter(([, value]) => value !== 'a')));
  const total = { all: 0, found: 0, wrong: 0, alone: 0, aloneWrong: 0 };
  const ways: { [by: string]: number } = {};
  for (const path of ['index.html', 'search.html?q=lamp', 'search.html?category=kitchen', 'product.html?sku=KT-101', 'cart.html', 'address.html', 'payment.html']) {
    for (const page of [a, b]) {
      await page.goto(`${shop.origin}/${path}`);
      await page.getByRole('contentinfo').waitFor();
      await page.waitForTimeout(300);
      await page.evaluate(script);
    }
    const recorded = await a.evaluate(() => (globalThis as any).selectorLab.record());
    const truth = await b.evaluate(() => (window as any).births);
    expect(truth, `both builds of ${path} made as many elements`).toBe(await a.evaluate(() => (window as any).births));
    const found = await b.evaluate((all) => all.map((each: unknown) => [(globalThis as any).selectorLab.find(each), (globalThis as any).selectorLab.findAlone(each)]), recorded);
    recorded.forEach((target: { birth?: number; what: string }, at: number) => {
      if (target.birth === undefined) return;
      const [ours, alone] = found[at];
      total.all += 1;
      if (ours?.birth === target.birth) {
        total.found += 1;
        ways[ours.by] = (ways[ours.by] ?? 0) + 1;
      } else if (ours) {
        total.wrong += 1;
        console.log(`wrong on ${path}: ${target.what} by ${ours.by}`);
      } else console.log(`not found on ${path}: ${target.what}`);
      if (alone?.birth === target.birth) total.alone += 1;
      else if (alone) total.aloneWrong += 1;
    });
  }
  const share = (count: number) => (count / total.all).toFixed(3);
  console.log(`FIGURE survival A to B, ${total.all} elements of 7 pages: ${share(total.found)} found and ${total.wrong} wrong by the ranked set (${JSON.stringify(ways)}); ${share(total.alone)} found and ${total.aloneWrong} wrong by @medv/finder alone`);
  expect(total.found / total.all).toBeGreaterThanOrEqual(0.95);
  expect(total.wrong).toBe(0);
});
