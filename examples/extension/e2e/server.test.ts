import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveShop } from '../../shop/test/static-server.js';
import { chromiumPath, extensionId, Lab, missingChromium, pause, until } from './harness.ts';
import { Person, planted, shopAround } from './person.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const binary = [process.env.CODESIGHT_SERVER, join(process.env.CARGO_TARGET_DIR ?? join(repository, 'target'), 'debug/codesight-server'), join(process.env.CARGO_TARGET_DIR ?? join(repository, 'target'), 'release/codesight-server')].find((path) => path && existsSync(path));
if (chromiumPath && !binary) console.log('SKIPPED: the test against the real server, because it is not built (cargo build -p codesight-server, or set CODESIGHT_SERVER to its path)');
const skip = missingChromium() || !binary;

let lab: Lab;
let shop: { origin: string; close(): void };
let payment: { origin: string; close(): void };
let data: string;
let server: ChildProcess;
let port: number;

const freePort = () => new Promise<number>((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: found } = probe.address() as { port: number };
    probe.close(() => resolve(found));
  });
});

function serve(): void {
  server = spawn(binary!, ['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', data, '--token', 'shop/e2e=secret-token-of-the-test', '--allow-origin', `chrome-extension://${extensionId}`], { stdio: 'inherit' });
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => { server.once('exit', resolve); });
  server.kill('SIGKILL');
  await ended;
}

const api = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: 'Bearer secret-token-of-the-test' } });
  return { status: response.status, text: await response.text() };
};

beforeAll(async () => {
  if (skip) return;
  [port, data, shop, payment, lab] = [await freePort(), await mkdtemp(join(tmpdir(), 'codesight-')), await serveShop(), await serveShop(), await Lab.open()];
  serve();
  await lab.set({ settings: { serverUrl: `ws://127.0.0.1:${port}/v1/stream`, token: 'secret-token-of-the-test' } });
  await lab.consent();
});

afterAll(async () => {
  await lab?.close();
  if (server) await kill();
  shop?.close();
  payment?.close();
  if (data) await rm(data, { recursive: true, force: true });
});

test.skipIf(skip)('a purchase reaches the real server whole, although the server is killed on the way', async () => {
  const page = await lab.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${shop.origin}/index.html?build=a&payment-origin=${payment.origin}`);
  await until(async () => (await lab.ask<{ name: string; ok: boolean }[]>('recorder.selfTest', { tab: await lab.tabOf(page) })).every(({ ok }) => ok), 'the self-test passes');
  await lab.start(page, 'Buy a lamp and three mugs');
  await pause(500);
  const person = new Person(page, 90);
  const trouble = pause(12_000).then(async () => {
    await kill();
    await pause(2_000);
    serve();
  });
  await Promise.all([shopAround(person), trouble]);
  const { recording } = await lab.view();
  const places = recording!.actions;
  await until(async () => (await lab.view()).recording?.quality !== undefined, 'the server tells the quality so far');
  const live = (await lab.view()).recording!;
  console.log(`FIGURE real server, while recording: quality ${live.quality}, ${live.gaps} gaps, ${live.findings} findings`);
  await lab.stop();
  await until(async () => (await lab.view()).waiting.length === 0, 'everything was confirmed');
  const sessions = JSON.parse((await api('/v1/sessions')).text);
  const [session] = Array.isArray(sessions) ? sessions : (sessions.sessions ?? sessions.items);
  console.log(`FIGURE real server, killed once: ${person.done.length} actions done, ${places} places recorded, ${session.interactionCount} stored; notices: ${(await lab.view()).notices.map(({ code }) => code).join(', ') || 'none'}`);
  expect(session.interactionCount).toBeGreaterThanOrEqual(person.done.length);
  expect(session.goal.text).toBe('Buy a lamp and three mugs');
  await until(async () => JSON.parse((await api(`/v1/sessions/${session.id}`)).text).status === 'completed', 'the session is processed');
  const processed = JSON.parse((await api(`/v1/sessions/${session.id}`)).text);
  console.log(`FIGURE real server: quality ${processed.qualityScore}, completeness ${processed.completeness}, reliability ${processed.reliability}`);
  const interactions = (await api(`/v1/sessions/${session.id}/interactions`)).text;
  for (const secret of [planted.password, planted.email, planted.card, 'Quillfeather', planted.street]) expect(interactions.includes(secret)).toBe(false);
});
