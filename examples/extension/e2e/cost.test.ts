import { expect } from 'vitest';
import { click, pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';


const stage = setStage();

browserTest('what an action costs the page', async () => {
  const page = await stage.lab.context.newPage();
  await page.goto(`${stage.pages.origin}/large.html`);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  await stage.lab.start(page);
  await pause(1_000);
  for (let at = 1; at <= 90; at += 1) {
    const target = page.locator(`[data-testid=product-${at}]`).locator(at % 3 === 0 ? 'h3' : at % 3 === 1 ? 'button' : 'input');
    await target.scrollIntoViewIfNeeded();
    const box = (await target.boundingBox())!;
    await click(page, box.x + 12, box.y + 8, 30);
    if (at % 3 === 2) await page.keyboard.type('2');
    await pause(120);
  }
  await pause(500);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  const costs = stage.server.interactions().map(({ recorderCostMs }) => Number(recorderCostMs)).filter((cost) => cost > 0).sort((a, b) => a - b);
  const at = (share: number) => costs[Math.min(costs.length - 1, Math.floor(costs.length * share))]!;
  console.log(`FIGURE cost on a page of ${nodes} elements, ${costs.length} actions: median ${at(0.5)} ms, 90th percentile ${at(0.9)} ms, 99th ${at(0.99)} ms, worst ${costs.at(-1)} ms of the main thread`);
  expect(costs.length).toBeGreaterThan(90);
});
