/**
 * Exports the demo's session as a Playwright script, replays it in real Chromium on this shop, and looks into the cart
 * before checkout: it holds what the recorded person put in. Prints a skip without Chromium or the server's program.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openBrowser } from './browser.js';
import { serveShop } from './static-server.js';

/** One mushroom lamp in coral, two twelve-ounce mugs in forest green: what the recorded person went to the checkout with. */
const recordedCart = [
  { sku: 'LT-205', color: 'Coral', size: undefined, quantity: 1 },
  { sku: 'KT-101', color: 'Forest', size: '12 oz', quantity: 2 },
];

const usual = fileURLToPath(new URL('../../../target/debug/codesight-server', import.meta.url));
const program = process.env.CODESIGHT_SERVER ?? usual;

/** Records the demo into `folder` and gives its script. */
async function exportedScript(folder) {
  const data = join(folder, 'data');
  execFileSync(program, ['demo', '--exit', '--data-dir', data], { stdio: 'ignore' });
  const archives = join(data, 'objects', 'demo', 'archives');
  const [archive] = readdirSync(archives).filter((name) => name.endsWith('.zip'));
  const output = join(folder, 'script');
  execFileSync(program, ['export', join(archives, archive), '--format', 'playwright', '--output', output], { stdio: 'ignore' });
  const [script] = readdirSync(output).filter((name) => name.endsWith('.mjs'));
  return import(pathToFileURL(join(output, script)).href);
}

async function replayed(browser, script, origin) {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const steps = [];
  let cart;
  const reached = new Error('the cart was seen');
  const onStep = async (number, description) => {
    steps.push(`${number} ${description}`);
    if (description.includes('Go to checkout')) {
      await page.getByTestId('checkout').waitFor();
      cart = JSON.parse(await page.evaluate(() => localStorage.getItem('shop.cart') ?? '[]'));
      throw reached;
    }
  };
  try {
    await script.replay(page, { origin, onStep });
  } catch (error) {
    if (error !== reached) throw new Error(`after step ${steps.at(-1)}`, { cause: error });
  }
  return cart;
}

if (!existsSync(program)) {
  console.log(`SKIPPED replay of the export: there is no ${program}; build it or set CODESIGHT_SERVER`);
} else {
  const browser = await openBrowser();
  if (!browser) {
    console.log('SKIPPED replay of the export: Chromium is not installed');
  } else {
    const folder = mkdtempSync(join(tmpdir(), 'codesight-replay-'));
    const shop = await serveShop();
    try {
      const cart = await replayed(browser, await exportedScript(folder), shop.origin);
      const lines = (cart ?? []).map(({ sku, color, size, quantity }) => ({ sku, color, size, quantity }));
      assert.deepEqual(lines, recordedCart);
      console.log('ok replay of the export reaches the recorded cart');
    } finally {
      await browser.close();
      shop.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
