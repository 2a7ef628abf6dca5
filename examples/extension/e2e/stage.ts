import { afterAll, beforeAll, test } from 'vitest';
import { serveShop } from '../../shop/test/static-server.js';
import type { Settings } from '../src/session/settings.ts';
import { FakeServer } from '../test/fake-server.ts';
import { servePages } from '../test/pages-server.ts';
import { Lab, missingChromium } from './harness.ts';

interface Site {
  origin: string;
  close(): void;
}

/** What a file of tests plays on: a browser with the extension, a server that writes everything down, and pages. */
export interface Stage {
  lab: Lab;
  server: FakeServer;
  shop: Site;
  /** The shop once more on another origin, for the frame in which its customers pay. */
  payment: Site;
  pages: Site;
  /** The fixture pages once more on another origin. */
  others: Site;
}

interface Wanted {
  args?: string[];
  settings?: Partial<Settings>;
  /** Whether the person has agreed already. */
  consent?: boolean;
}

export const isBrowserMissing = missingChromium();

/** A test that needs the browser. */
export const browserTest = test.skipIf(isBrowserMissing);

/** Sets the stage before the tests of a file and clears it after them. */
export function setStage({ args, settings, consent = true }: Wanted = {}): Stage {
  const stage = {} as Stage;
  beforeAll(async () => {
    if (isBrowserMissing) return;
    const [server, shop, payment, pages, others, lab] = await Promise.all([FakeServer.start(), serveShop(), serveShop(), servePages(), servePages(), Lab.open({ args })]);
    Object.assign(stage, { server, shop, payment, pages, others, lab });
    await lab.set({ settings: { serverUrl: server.url, token: 'token', ...settings } });
    if (consent) await lab.consent();
  });
  afterAll(async () => {
    await stage.lab?.close();
    await stage.server?.stop();
    for (const site of [stage.shop, stage.payment, stage.pages, stage.others]) site?.close();
  });
  return stage;
}
