import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { click, extensionId, pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';


/** How each secret comes into the page, and the part of it that no byte may contain. */
const secrets: { [how: string]: string } = {
  'typed password': 'Tr0ub4dor-walrus', 'typed security code': '7741', 'typed one-time code': '903318', 'typed card': '4556 7375 8689 9855', 'typed name': 'Zarathine Okonjo',
  'pasted e-mail': 'zarathine.okonjo@secretmail.example', 'typed without any cue': 'BRONZEFALCON', 'filled by a script': '9 Mistletoe Crescent', 'hidden input': 'HIDDENVALUE-8842-quokka',
  'placeholder': 'placeholderperson@secretmail.example', 'private mark': 'QUINOLAB-TREATMENT', 'mask class': 'VELDTMARKER', 'address of the page': 'URLSECRETab12cd34ef', 'query of a link': 'RESETTOKEN99gg7731kkq',
  'fragment of a link': 'SECTIONSECRET77xy', 'title of a button': '171 5550199', 'frame of another origin, typed': '6011 1111 1111 1117', 'frame of another origin, on screen': '5555 5555 5555 4444',
};


// In the wild the video of a tab needs a press of the recorder's button; a test allows it beforehand.
const stage = setStage({ args: [`--allowlisted-extension-id=${extensionId}`] });

async function typeInto(page: Page, name: string, text: string): Promise<void> {
  const box = (await page.locator(`[name=${name}]`).boundingBox())!;
  await click(page, box.x + 20, box.y + box.height / 2);
  await page.keyboard.type(text, { delay: 10 });
}

async function press(page: Page, selector: string): Promise<void> {
  const box = (await page.locator(selector).boundingBox())!;
  await click(page, box.x + 5, box.y + box.height / 2);
  await pause(900);
}

async function liveThrough(page: Page): Promise<void> {
  await typeInto(page, 'fullName', secrets['typed name']!);
  await page.keyboard.press('Tab');
  await pause(900);
  await page.evaluate((text) => navigator.clipboard.writeText(text).catch(() => undefined), secrets['pasted e-mail']!);
  const email = (await page.locator('[name=email]').boundingBox())!;
  await click(page, email.x + 20, email.y + 10);
  await page.keyboard.press('Control+V');
  if ((await page.inputValue('[name=email]')) === '') await page.keyboard.type(secrets['pasted e-mail']!, { delay: 5 });
  await typeInto(page, 'pw', secrets['typed password']!);
  await press(page, '#toggle');
  await typeInto(page, 'cvc', secrets['typed security code']!);
  await typeInto(page, 'code', secrets['typed one-time code']!);
  await typeInto(page, 'card', secrets['typed card']!);
  await typeInto(page, 'loyalty', secrets['typed without any cue']!);
  await page.evaluate((text) => {
    const field = document.querySelector<HTMLInputElement>('[name=street]')!;
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }, secrets['filled by a script']!);
  for (const selector of ['#change', '#glued', '#aria', '#named', '#link', '[data-private]', '.rr-mask']) await press(page, selector);
  const frame = (await page.locator('iframe').boundingBox())!;
  await click(page, frame.x + 150, frame.y + 22);
  await page.keyboard.type(secrets['frame of another origin, typed']!, { delay: 10 });
  await press(page, 'h1');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+C');
  await pause(900);
}

/** Every text and value that is anywhere in the page and its frames. */
async function everythingIn(page: Page): Promise<string> {
  const parts = await Promise.all(page.frames().map((frame) => frame.evaluate(() => [document.documentElement.outerHTML, ...[...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value)].join('\n'))));
  return [page.url(), ...parts].join('\n');
}

async function filesBelow(folder: string): Promise<Buffer[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(entries.map((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : readFile(join(folder, entry.name)).then((content) => [content], () => []))));
  return found.flat();
}

/** What the extension keeps, as it reads it itself: files on disk are compressed in ways a search does not see through. */
const storedBy = (control: Page): Promise<string> => control.evaluate(async () => {
  const { chrome } = globalThis as any;
  const areas = await Promise.all([chrome.storage.local.get(null), chrome.storage.session.get(null)]);
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('codesight');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const stores = await Promise.all([...database.objectStoreNames].map((name) => new Promise((resolve) => {
    const request = database.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result.map((value: { bytes?: unknown }) => ({ ...value, bytes: undefined })));
  })));
  return JSON.stringify([areas, stores]);
});

/** How many magenta pixels a picture has; whatever is personal in the fixture stands on magenta. */
const magentaIn = (page: Page, picture: Buffer, mediaType: string): Promise<number> => page.evaluate(async ([data, type]) => {
  const bitmap = await createImageBitmap(await (await fetch(`data:${type};base64,${data}`)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const { data: pixels } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4) if (pixels[at]! > 200 && pixels[at + 1]! < 80 && pixels[at + 2]! > 200) count += 1;
  return count;
}, [picture.toString('base64'), mediaType] as const);

/** What is private wanders over the page while the person acts: nobody can say where it is in a picture. */
async function watchItWander(page: Page): Promise<void> {
  await page.goto(`${stage.pages.origin}/marker.html?private`);
  await pause(800);
  for (let at = 0; at < 4; at += 1) {
    await press(page, '#steps');
    await press(page, '#at-click');
  }
}

for (const profile of ['normal', 'high-fidelity', 'webp'] as const) browserTest(`no planted secret is in a byte the extension sends or stores, pixels included: ${profile}`, async () => {
  await stage.lab.set({ settings: { serverUrl: stage.server.url, token: 'token', captureProfile: profile } });
  const earlier = stage.server.received.length;
  stage.server.blobs.clear();
  const page = await stage.lab.context.newPage();
  await page.goto(`${stage.pages.origin}/secrets.html?session=${secrets['address of the page']}&frame=${encodeURIComponent(`${stage.others.origin}/card-frame.html`)}`);
  await stage.lab.start(page);
  await pause(1_000);
  await liveThrough(page);

  const inPage = await everythingIn(page);
  for (const [how, secret] of Object.entries(secrets)) expect(inPage.includes(secret), `the secret was in the page: ${how}`).toBe(true);
  const raw = await page.screenshot();
  expect(await magentaIn(page, raw, 'image/png'), 'the personal places were on the screen').toBeGreaterThan(1_000);

  await watchItWander(page);
  const storedMeanwhile = await storedBy(stage.lab.control);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  const storedAfter = await storedBy(stage.lab.control);
  const sent = stage.server.received.slice(earlier).map((bytes) => bytes.toString('latin1')).join('\n');
  const onDisk = (await Promise.all(['IndexedDB', 'Local Extension Settings', 'Service Worker', 'Sync Extension Settings'].map((name) => filesBelow(join(stage.lab.profile, 'Default', name))))).flat().map((bytes) => bytes.toString('latin1')).join('\n');
  const decoded = [sent, storedMeanwhile, storedAfter, onDisk].map((text) => `${text}\n${Buffer.from(text, 'latin1').toString('utf8')}`);

  const leaks: string[] = [];
  for (const [how, secret] of Object.entries(secrets)) {
    for (const form of new Set([secret, secret.replaceAll(' ', ''), encodeURIComponent(secret), secret.toLowerCase()])) {
      if (form.length < 5) continue;
      decoded.forEach((text, at) => { if (text.includes(form)) leaks.push(`${how} in ${['what was sent', 'the stores while recording', 'the stores afterwards', 'files on disk'][at]}: …${text.slice(Math.max(0, text.indexOf(form) - 80), text.indexOf(form) + 60)}`); });
    }
  }
  // Four digits are somewhere in any picture; in texts they must stand nowhere as a value.
  const texts = stage.server.interactions().map((interaction) => JSON.stringify({ ...interaction, screenshots: undefined, timestamp: undefined }));
  for (const text of texts) if (/"7741"|>7741<|\b7741\b/.test(text)) leaks.push(`security code in ${text.slice(0, 200)}`);

  let frames = 0;
  let magenta = 0;
  for (const { descriptor, bytes } of stage.server.blobs.values()) {
    frames += 1;
    const count = await magentaIn(page, bytes, descriptor.mediaType);
    const shot = stage.server.interactions().flatMap((interaction) => (interaction.screenshots ?? []).map((each) => ({ ...each, of: `${interaction.type} on ${interaction.element?.name} of ${interaction.pageContext?.url}` }))).find(({ hash }) => hash === descriptor.hash);
    if (count > 0) leaks.push(`${count} personal pixels in frame ${JSON.stringify({ ...shot, redactions: shot?.redactions?.length, viewport: undefined, hash: undefined })}`);
    magenta += count;
  }
  console.log(`FIGURE leaks, ${profile}: ${Object.keys(secrets).length} planted secrets, ${leaks.length} found in ${Math.round(sent.length / 1024)} kB sent, ${Math.round(storedMeanwhile.length / 1024)} kB stored, ${Math.round(onDisk.length / 1024)} kB on disk; ${frames} frames with ${magenta} personal pixels; ${stage.server.interactions().length} interactions`);
  expect(frames, 'frames were taken').toBeGreaterThan(3);
  await page.close();
  if (leaks.length > 0) console.log(leaks.join('\n'));
  expect(leaks).toEqual([]);
});
