import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { RecorderView } from '../src/session/view.ts';

export const extensionId = 'aigkjeafmgkloafclnbgdpokfiafamkc';
const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
export const chromiumPath = [process.env.CHROMIUM, ...usualPlaces].find((path) => path && existsSync(path));
const built = fileURLToPath(new URL('../.output/chrome-mv3', import.meta.url));

/** Says aloud what is not tested and why; a silent skip looks like a success. */
export function missingChromium(): boolean {
  if (chromiumPath) return false;
  console.log('SKIPPED: the tests in a real browser, because no Chromium was found (set CHROMIUM to its path)');
  return true;
}

/** A browser with the extension, and a page of the extension to speak through. */
export class Lab {
  private constructor(readonly context: BrowserContext, readonly control: Page, readonly profile: string, private readonly ownsProfile: boolean) {}

  static async open(options: { profile?: string; args?: string[]; executable?: string; viewport?: { width: number; height: number } } = {}): Promise<Lab> {
    const profile = options.profile ?? (await mkdtemp(join(tmpdir(), 'recorder-')));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: options.executable ?? chromiumPath, viewport: options.viewport ?? { width: 1280, height: 800 },
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
        `--disable-extensions-except=${built}`, `--load-extension=${built}`, ...(options.args ?? [])],
    });
    const control = await context.newPage();
    // The worker registers its pages a moment after the browser is there.
    for (let attempt = 0; ; attempt += 1) {
      try {
        await control.goto(`chrome-extension://${extensionId}/options.html`);
        break;
      } catch (error) {
        if (attempt > 20) throw error;
        await control.waitForTimeout(150);
      }
    }
    return new Lab(context, control, profile, options.profile === undefined);
  }

  async close(): Promise<void> {
    await this.context.close();
    if (this.ownsProfile) await rm(this.profile, { recursive: true, force: true });
  }

  /** Asks the worker as a page of the extension does. */
  async ask<T>(name: string, question: object = {}): Promise<T> {
    const reply = await this.control.evaluate((message) => (globalThis as any).chrome.runtime.sendMessage(message), { name, question, place: 'worker' });
    return (reply as { answer: T }).answer;
  }

  set = (values: object) => this.control.evaluate((stored) => (globalThis as any).chrome.storage.local.set(stored), values as any);

  async consent(): Promise<void> {
    await this.set({ consent: { subject: 'subject-e2e', textVersion: '2026-11', givenAt: Date.now(), globalPrivacyControl: false, purposes: ['training'] } });
  }

  /** The browser's number of a page's tab. */
  async tabOf(page: Page): Promise<number> {
    const url = page.url();
    return this.control.evaluate(async (wanted) => (await (globalThis as any).chrome.tabs.query({})).find((tab: { url: string }) => tab.url === wanted).id, url);
  }

  async start(page: Page, goal = 'Buy a mug'): Promise<number> {
    const tab = await this.tabOf(page);
    await page.bringToFront();
    const { problem } = await this.ask<{ problem?: string }>('recorder.start', { tab, goal });
    if (problem) throw new Error(problem);
    return tab;
  }

  stop = () => this.ask<void>('recorder.stop', { outcome: 'succeeded' });

  view = () => this.ask<RecorderView>('recorder.view');

  /**
   * How much slower than an idle machine this one takes a picture now, at least 1. A scripted person must not be faster
   * than people are where everything else is slow.
   */
  async slowness(): Promise<number> {
    const took = await this.control.evaluate(async () => {
      // A browser that was just started may refuse a first picture ("image readback failed").
      for (let left = 5; ; left -= 1) {
        const began = performance.now();
        try {
          await (globalThis as any).chrome.tabs.captureVisibleTab({ format: 'png' });
          return performance.now() - began;
        } catch (error) {
          if (left === 1) throw error;
          await new Promise((again) => setTimeout(again, 600));
        }
      }
    });
    return Math.min(2.5, Math.max(1, took / 250));
  }

  /** Kills the worker as the browser does when it needs the memory. */
  async killWorker(): Promise<boolean> {
    const session = await this.context.browser()?.newBrowserCDPSession() ?? await this.context.newCDPSession(this.control);
    const { targetInfos } = (await session.send('Target.getTargets')) as { targetInfos: { targetId: string; type: string; url: string }[] };
    const worker = targetInfos.find(({ type, url }) => type === 'service_worker' && url.includes(extensionId));
    if (worker) await session.send('Target.closeTarget', { targetId: worker.targetId });
    await session.detach();
    return worker !== undefined;
  }
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still waiting for: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });

/** A click as a person does it: the pointer arrives, presses, and lets go a moment later. */
export async function click(page: Page, x: number, y: number, holdMs = 60): Promise<void> {
  await page.mouse.move(x, y, { steps: 3 });
  await page.mouse.down();
  await pause(holdMs);
  await page.mouse.up();
}
