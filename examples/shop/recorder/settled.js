import { setTimeout as wait } from 'node:timers/promises';

const quietMs = 120;
const longestMs = 5000;

/** Whether a frame has loaded, shows its pictures and has not changed for a moment. Runs in the frame. @param {number} quiet */
function isQuiet(quiet) {
  const pictures = [...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight);
  return document.readyState === 'complete' && document.body.childElementCount > 0 && pictures.every((image) => image.complete)
    && (globalThis.codesightCapture?.state().quietMs ?? quiet) >= quiet;
}

/** Waits until a page has come to rest after an input. @param {import('playwright-core').Page} page */
export async function settled(page) {
  const deadline = Date.now() + longestMs;
  await wait(quietMs);
  while (Date.now() < deadline) {
    try {
      const quiet = await Promise.all(page.frames().map((frame) => frame.evaluate(isQuiet, quietMs)));
      if (quiet.every(Boolean)) {
        await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
        return;
      }
    } catch (error) {
      // The frame is going over to another document; the next round finds the new one.
      if (!/context|navigat|detached/i.test(String(error))) throw error;
    }
    await wait(40);
  }
  throw new Error(`the page at ${page.url()} did not come to rest`);
}
