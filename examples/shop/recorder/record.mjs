/** Records the scripted session with a recorder that masks nothing: `node examples/shop/recorder/record.mjs [--out FILE]`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBrowser } from '../test/browser.js';
import { serveShop } from '../test/static-server.js';
import { compareElsewhere } from './excluded-tab.js';
import { Hands } from './hands.js';
import { captureScript } from './inject.js';
import { dropped } from './person-data.js';
import { plantedIn } from './planted.js';
import { Recorder } from './recorder.js';
import { shopping } from './session.js';
import { settled } from './settled.js';
import { sessionStart } from './start.js';
import { RecordingWriter, readRecording } from './wire-file.js';

const usualFile = fileURLToPath(new URL('../recording/unmasked-session.wire', import.meta.url));
const { values: { out } } = parseArgs({ options: { out: { type: 'string', default: usualFile } } });

/** Names instead of ports, so that addresses are the same in every recording and look like a shop's. */
const sites = { 'alder-and-finch.example': await serveShop(), 'card-form.example': await serveShop(), 'other-shop.example': await serveShop() };
const [shop, payment, otherShop] = Object.keys(sites).map((name) => `http://${name}`);
const rules = Object.entries(sites).map(([name, { origin }]) => `MAP ${name}:80 ${new URL(origin).host}`).join(', ');

async function record() {
  const browser = await openBrowser([`--host-resolver-rules=${rules}`, '--force-device-scale-factor=1']);
  if (!browser) throw new Error('no Chromium was found (set CHROMIUM to its path)');
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', timezoneId: 'UTC' });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const painter = await (await browser.newContext()).newPage();
    // The shop remembers where its card form comes from; the person knows nothing of this.
    await page.goto(`${shop}/index.html?payment-origin=${payment}`);
    await settled(page);
    await page.goto('about:blank');
    await page.addInitScript(await captureScript());

    const writer = new RecordingWriter(sessionStart(`Chromium ${browser.version()}`, shop));
    const recorder = new Recorder(page, painter, writer);
    await recorder.start();
    await shopping(page, new Hands(page, recorder), shop, async () => {
      writer.gap(await compareElsewhere(context, otherShop));
      await page.bringToFront();
    });
    return writer.finish('succeeded');
  } finally {
    await browser.close();
    for (const site of Object.values(sites)) site.close();
  }
}

const file = await record();
const messages = readRecording(file);
const interactions = messages.flatMap(({ text }) => text?.interactions ?? []);
const frames = messages.filter(({ blob }) => blob);
const frameBytes = frames.reduce((sum, { payload }) => sum + payload.length, 0);
const jsonBytes = interactions.reduce((sum, interaction) => sum + JSON.stringify(interaction).length, 0);

await mkdir(dirname(out), { recursive: true });
await writeFile(out, file);
await writeFile(join(dirname(out), 'planted.json'), `${JSON.stringify({ values: plantedIn(messages), dropped }, null, 2)}\n`);
console.log(`${interactions.length} interactions of ${(jsonBytes / interactions.length / 1000).toFixed(1)} kB, ${messages.filter(({ text }) => text?.type === 'gap').length} gap`);
console.log(`${frames.length} distinct frames of ${(frameBytes / frames.length / 1000).toFixed(1)} kB`);
console.log(`${(file.length / 1e6).toFixed(2)} MB in all`);
