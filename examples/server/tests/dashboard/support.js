// What the tests of the dashboard share: a real server on a fresh folder, a real browser, and sessions recorded over the
// real protocol, from a page.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');
const program = process.env.CODESIGHT_SERVER ?? path.join(repository, 'target/debug/codesight-server');
const browserPath = process.env.CODESIGHT_CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Why the tests cannot run here; undefined when they can. */
export const missing = !existsSync(program)
  ? `the server is not built (cargo build -p codesight-server), or CODESIGHT_SERVER names it`
  : !browserPath
    ? 'chromium is not installed, or CODESIGHT_CHROMIUM names it'
    : undefined;

export const REVIEWERS = { ana: 'ana-reviews-sessions-1', ben: 'ben-reviews-sessions-2' };
export const OFFICER = 'officer-looks-after-rights';

/** A server that replayed the demo's recording. @param {string[]} more arguments */
export async function startDemo(more = []) {
  const folder = mkdtempSync(path.join(tmpdir(), 'codesight-dashboard-'));
  const tokens = Object.entries(REVIEWERS).flatMap(([name, secret]) => ['--token', `demo/${name}=${secret}`]);
  const args = ['demo', '--listen', '127.0.0.1:0', '--data-dir', folder, ...tokens, '--officer-token', `demo/officer=${OFFICER}`, ...more];
  const child = spawn(program, args, { env: { ...process.env, RUST_LOG: 'warn' } });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server did not come up:\n${output}`)), 240_000);
    /** @param {Buffer} chunk */
    const read = (chunk) => {
      output += chunk;
      const found = output.match(/dashboard\s+(http:\/\/\S+)/);
      if (found) resolve((clearTimeout(timer), found[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => reject((clearTimeout(timer), new Error(`the server ended:\n${output}`))));
  });
  const [origin, fragment] = url.split('/#');
  return {
    folder,
    origin,
    token: new URLSearchParams(fragment).get('token'),
    output: () => output,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Trains a model on the demo's archive with the stand-in, and evaluates it, on the data of a running server. @param {{ folder: string }} server */
export function train({ folder }) {
  const archives = path.join(folder, 'objects/demo/archives');
  const archive = path.join(archives, readdirSync(archives)[0]);
  const run = (/** @type {string[]} */ ...args) => execFileSync(program, [...args, '--provider', 'fake', '--data-dir', folder, archive], { cwd: folder, encoding: 'utf8', env: { ...process.env, RUST_LOG: 'warn' } });
  const said = run('train', '--suffix', 'shop', '--folder', 'training');
  const model = said.match(/^model\s+(\S+)/m)?.[1];
  if (!model) throw new Error(said);
  run('evaluate', '--model', model, '--folder', 'report');
  return model;
}

export function startBrowser() {
  return chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] });
}

/**
 * A page that is signed in, and everything that went wrong on it: errors, warnings, breaches of the content security policy.
 * @param {import('playwright-core').Browser} browser
 * @param {{ origin: string }} server
 * @param {string} token
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @param {string} [address] the part behind `#`
 */
export async function openPage(browser, server, token, options = {}, address = '/sessions') {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(message.text()));
  page.on('pageerror', (error) => wrong.push(String(error)));
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective}`)));
  await page.goto(`${server.origin}/#token=${encodeURIComponent(token)}&${address}`);
  await page.waitForSelector('.side, .sign-in');
  return { page, wrong, close: () => context.close() };
}

/** The sessions of the token's project. @param {{ origin: string }} server @param {string} token */
export async function sessionsOf(server, token) {
  const answer = await fetch(`${server.origin}/v1/sessions`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()).sessions;
}

/**
 * Records a session over the server's own socket, from a page of its own origin. The page keeps the connection, so that
 * more may follow: `window.recorder.send(interactions)` and `window.recorder.stop()`.
 * @param {import('playwright-core').Page} page
 * @param {{ token: string, key: string, goal: string, interactions: object[], frames?: string[], stop?: boolean }} recording
 *   `frames` as base64 of PNG images
 * @returns {Promise<string>} the session's id
 */
export function record(page, recording) {
  return page.evaluate(async ({ token, key, goal, interactions, frames = [], stop }) => {
    const address = `${location.origin.replace('http', 'ws')}/v1/stream`;
    const socket = new WebSocket(address, ['codesight.v1']);
    socket.binaryType = 'arraybuffer';
    /** @type {any[]} */
    const received = [];
    /** @type {(() => void)[]} */
    let waiting = [];
    socket.onmessage = ({ data }) => (received.push(JSON.parse(data)), waiting.splice(0).forEach((wake) => wake()));
    socket.onclose = () => (received.push({ type: 'closed' }), waiting.splice(0).forEach((wake) => wake()));
    /** @param {(message: any) => boolean} is */
    const until = async (is) => {
      for (;;) {
        const found = received.find(is);
        if (found) return found;
        if (received.some((message) => ['close', 'closed'].includes(message.type))) throw new Error(JSON.stringify(received));
        await new Promise((resolve) => waiting.push(() => resolve(undefined)));
      }
    };
    const say = (/** @type {any} */ message) => socket.send(JSON.stringify(message));
    await new Promise((resolve, reject) => ((socket.onopen = resolve), (socket.onerror = reject)));
    say({ type: 'hello', protocol: 'codesight.v1', token, client: { name: 'test', version: '1' }, clock: Date.now() });
    await until((message) => message.type === 'welcome');
    const consent = { subject: `person-${key}`, textVersion: '1', purposes: ['training'], givenAt: Date.now() };
    say({ type: 'session.start', key, sessionType: 'human', goal: { text: goal, site: 'shop.example' }, consent, capture: { name: 'normal' } });
    const { sessionId, epoch } = await until((message) => message.type === 'session.started');
    for (const frame of frames) {
      const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      const hash = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      const descriptor = new TextEncoder().encode(JSON.stringify({ sessionId, epoch, role: 'frame', hash, mediaType: 'image/png' }));
      const message = new Uint8Array(5 + descriptor.length + bytes.length);
      message[0] = 1;
      new DataView(message.buffer).setUint32(1, descriptor.length);
      message.set(descriptor, 5);
      message.set(bytes, 5 + descriptor.length);
      socket.send(message);
      await until((one) => one.type === 'ack' && one.blobs?.includes(hash));
    }
    let through = 0;
    const recorder = {
      /** @param {any[]} more */
      send: async (more) => {
        for (let at = 0; at < more.length; at += 50) {
          const batch = more.slice(at, at + 50);
          say({ type: 'batch', sessionId, epoch, firstSeq: through + 1, interactions: batch });
          through += batch.length;
          const wanted = through;
          await until((message) => message.type === 'ack' && message.through >= wanted);
        }
      },
      stop: async () => {
        say({ type: 'session.stop', sessionId, epoch, lastSeq: through, outcome: 'succeeded' });
        await until((message) => message.type === 'summary');
        socket.close();
      },
    };
    Object.assign(window, { recorder });
    await recorder.send(interactions);
    if (stop) await recorder.stop();
    return sessionId;
  }, recording);
}

/** Waits until a session is processed. @param {{ origin: string }} server @param {string} token @param {string} id */
export async function processed(server, token, id) {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`${server.origin}/v1/sessions/${id}`, { headers: { authorization: `Bearer ${token}` } });
    const session = await answer.json();
    if (session.status === 'completed' || session.status === 'failed') return session;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`session ${id} was not processed in two minutes`);
}
