import { expect } from 'vitest';
import { click, pause, until } from './harness.ts';
import { MainThread } from './main-thread.ts';
import { browserTest, setStage } from './stage.ts';

const stage = setStage();
const actions = 90;

const distribution = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
  return `median ${at(0.5)} ms, 90th percentile ${at(0.9)} ms, 99th ${at(0.99)} ms`;
};

browserTest('what an action costs the page', async () => {
  const page = await stage.lab.context.newPage();
  await page.goto(`${stage.pages.origin}/large.html`);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  await stage.lab.start(page);
  await pause(1_000);
  const mainThread = await MainThread.watch(stage.lab.context, page);
  for (let at = 1; at <= actions; at += 1) {
    const target = page.locator(`[data-testid=product-${at}]`).locator(at % 3 === 0 ? 'h3' : at % 3 === 1 ? 'button' : 'input');
    await target.scrollIntoViewIfNeeded();
    const box = (await target.boundingBox())!;
    await page.evaluate(() => performance.mark('an action begins'));
    await click(page, box.x + 12, box.y + 8, 30);
    if (at % 3 === 2) await page.keyboard.type('2');
    await pause(120);
  }
  await pause(500);
  const work = await mainThread.between('an action begins');
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  const told = stage.server.interactions().map(({ recorderCostMs }) => Number(recorderCostMs)).filter((cost) => cost > 0);
  // The longest stretch is what a person could feel; the sum is what an action takes from the page in all.
  const longest = work.map((each) => Math.max(0, ...each.map(({ cpuMs }) => cpuMs)));
  const sum = work.map((each) => each.reduce((total, { cpuMs }) => total + cpuMs, 0));
  const wall = work.map((each) => Math.max(0, ...each.map(({ wallMs }) => wallMs)));
  console.log([
    `FIGURE cost on a page of ${nodes} elements, ${work.length} actions, main thread:`,
    `the recorder's own clock, ${told.length} interactions: ${distribution(told)}`,
    `longest stretch of an action, processor: ${distribution(longest)}`,
    `longest stretch of an action, passed: ${distribution(wall)}`,
    `everything of an action, work when idle included, processor: ${distribution(sum)}`,
  ].join('\n  '));
  expect(told.length).toBeGreaterThan(actions);
  expect(work.length).toBe(actions);
  expect(Math.min(...sum), 'the trace knows the recorder').toBeGreaterThan(0);
});
