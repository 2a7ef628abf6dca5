import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveShop } from '../../shop/test/static-server.js';
import { FakeServer } from '../test/fake-server.ts';
import { click, Lab, missingChromium, pause, until } from './harness.ts';

const skip = missingChromium();
let lab: Lab;
let server: FakeServer;
let shop: { origin: string; close(): void };

beforeAll(async () => {
  if (skip) return;
  [server, shop, lab] = [await FakeServer.start(), await serveShop(), await Lab.open()];
  await lab.set({ settings: { serverUrl: server.url, token: 'token' } });
  await lab.consent();
});

afterAll(async () => {
  await lab?.close();
  await server?.stop();
  shop?.close();
});

test.skipIf(skip)('a session of a few actions arrives with frames, and is sealed', async () => {
  const page = await lab.context.newPage();
  await page.goto(`${shop.origin}/index.html`);
  await lab.start(page);
  await pause(800);
  const box = (await page.getByRole('searchbox').boundingBox())!;
  await click(page, box.x + 40, box.y + 10);
  await page.keyboard.type('mug', { delay: 30 });
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Results' }).waitFor();
  await pause(1200);
  await lab.stop();
  await until(() => server.session().sealed, 'the session is sealed');
  for (const { type, screenshots, action, element, selectors, recorderCostMs, stateChanges, pageContext } of server.interactions()) {
    console.log(type, action?.text ?? '', action?.cause ?? '', action?.url ?? '', element?.name ?? '', selectors?.primary ?? '', selectors?.alternatives?.length, (screenshots ?? []).map((s) => `${s.relation} ${s.lagMs} ${s.mediaType} ${s.redactions?.length}`).join('; '), recorderCostMs, stateChanges?.length, pageContext?.pageStructure?.pageKind);
  }
  console.log(server.gaps(), server.violations, server.blobs.size);
  expect(server.violations).toEqual([]);
}, 60_000);
