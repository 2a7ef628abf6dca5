/** Records the demo's session with this extension: `npm run record-demo`. Writes examples/shop/recording. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compareElsewhere } from '../../shop/recorder/excluded-tab.js';
import { Hands } from '../../shop/recorder/hands.js';
import { dropped, planted } from '../../shop/recorder/person-data.js';
import { plantedIn } from '../../shop/recorder/planted.js';
import { goal, shopping } from '../../shop/recorder/session.js';
import { readRecording, RecordingWriter } from '../../shop/recorder/wire-file.js';
import { serveShop } from '../../shop/test/static-server.js';
import { Lab, missingChromium, pause, until } from '../e2e/harness.ts';
import { FakeServer, type FakeSession } from '../test/fake-server.ts';
import { Onlooker } from './onlooker.ts';

const folder = new URL('../../shop/recording/', import.meta.url);
/** The script of the person goes by places of this window. */
const viewport = { width: 1280, height: 800 };

/** Names instead of ports, so that addresses are the same in every recording and look like a shop's. */
const sites = { 'alder-and-finch.example': await serveShop(), 'card-form.example': await serveShop(), 'other-shop.example': await serveShop() };
const [shop, payment, otherShop] = Object.keys(sites).map((name) => `http://${name}`) as [string, string, string];
const rules = Object.entries(sites).map(([name, { origin }]) => `MAP ${name}:80 ${new URL(origin).host}`).join(', ');

async function record(server: FakeServer): Promise<string> {
  const lab = await Lab.open({ viewport, args: [`--host-resolver-rules=${rules}`, '--force-device-scale-factor=1', '--lang=en-US'] });
  try {
    await lab.set({ settings: { serverUrl: server.url, token: 'token', captureProfile: 'normal', frameFormat: 'png', deniedDomains: ['other-shop.example'] } });
    await lab.consent();
    const page = await lab.context.newPage();
    page.setDefaultTimeout(10_000);
    // The shop remembers where its card form comes from; the person knows nothing of this.
    await page.goto(`${shop}/index.html?payment-origin=${payment}`);
    await lab.start(page, goal);
    await pause(1_500);
    const onlooker = new Onlooker(page);
    await shopping(page, new Hands(page, onlooker), shop, async () => {
      await compareElsewhere(lab.context, otherShop);
      await page.bringToFront();
      await pause(900);
      // Somebody is at the door.
      await lab.ask('recorder.pause', { paused: true });
      await pause(2_500);
      await lab.ask('recorder.pause', { paused: false });
      await pause(900);
    });
    await pause(1_500);
    await lab.stop();
    await until(() => server.session().sealed, 'the session is sealed', 60_000);
    if (server.violations.length > 0) throw new Error(`the protocol was violated: ${server.violations.join(', ')}`);
    return onlooker.seen;
  } finally {
    await lab.close();
  }
}

/** What the server was sent, in the order of its places, each picture before the first action that shows it. */
function written(session: FakeSession, server: FakeServer): Buffer {
  const { start } = session;
  // A script moves the mouse and presses the keys: real input, but nobody's own decisions.
  const writer = new RecordingWriter({ ...start, key: 'shopping-session', sessionType: 'automated', goal: { text: goal, site: shop, taskId: 'shop-lamp-and-mugs' }, consent: { ...start.consent, subject: 'scripted-person', givenAt: Date.UTC(2026, 8, 1, 9) } });
  for (const [, { interaction, gap }] of [...session.places].sort(([a], [b]) => a - b)) {
    if (gap) writer.gap(gap);
    for (const { hash } of interaction?.screenshots ?? []) {
      const { descriptor, bytes } = server.blobs.get(hash)!;
      writer.frame(bytes, descriptor.mediaType);
    }
    if (interaction) writer.interaction(interaction);
  }
  return writer.finish(session.outcome ?? 'succeeded');
}

/** Fails unless every personal value was in the pages, and says which of them the recording holds all the same. */
function checked(file: Buffer, seen: string): void {
  const absent = [...planted.map(({ value }) => value), ...dropped].filter((value) => !seen.includes(value));
  if (absent.length > 0) throw new Error(`never in a page, so nothing is shown by their absence: ${absent.join(', ')}`);
  const kept = plantedIn(readRecording(file));
  if (kept.length > 0) throw new Error(`personal values were not masked at the source: ${JSON.stringify(kept, null, 2)}`);
}

if (missingChromium()) process.exit(1);
const server = await FakeServer.start();
const seen = await record(server);
const file = written(server.session(), server);
checked(file, seen);
await writeFile(new URL('shopping-session.wire', folder), file);

const interactions = server.interactions();
const frames = readRecording(file).flatMap(({ payload }) => (payload ? [payload.length] : []));
const lacking = interactions.filter(({ type, screenshots }) => type !== 'navigation' && !screenshots?.some(({ relation }) => relation === 'before'));
console.log(`${interactions.length} interactions, ${lacking.length} of them without a picture before (${lacking.map(({ type }) => type).join(', ')}); gaps: ${server.gaps().map(({ kind }) => kind).join(', ')}`);
console.log(`${frames.length} distinct frames of ${(frames.reduce((sum, each) => sum + each, 0) / frames.length / 1_000).toFixed(0)} kB; ${((await readFile(fileURLToPath(new URL('shopping-session.wire', folder)))).length / 1e6).toFixed(2)} MB in all`);
await server.stop();
for (const site of Object.values(sites)) site.close();
