import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket as NodeSocket } from 'ws';
import type { InteractionData } from '../src/protocol.ts';
import type { Recording } from '../src/session/recording.ts';
import { openDatabase } from '../src/storage/database.ts';
import { Outbox } from '../src/storage/outbox.ts';
import { Connection } from '../src/transport/connection.ts';
import type { Link } from '../src/transport/link.ts';
import { FakeServer } from './fake-server.ts';

/**
 * Half an hour without a server, in virtual time: the clock and every timer of the recorder are the test's, the sockets,
 * the server and the database's transactions are real.
 */
const OFFLINE_MS = 30 * 60_000;
const ACT_EVERY_MS = 10_000;
const WORKER_LIVES_MS = 4 * 60_000;

const realTimeout = globalThis.setTimeout;

let server: FakeServer;
let outbox: Outbox;
let link: Link;
let told: string[];
let triedAt: number[];
let databases = 0;
let connection: Connection;
let socket: NodeSocket | undefined;
let port: number;

beforeEach(async () => {
  databases += 1;
  server = await FakeServer.start();
  outbox = new Outbox(await openDatabase(`offline-${databases}`));
  [link, told, triedAt] = [{ status: 'idle', attempt: 0 }, [], []];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  await outbox.putRecording({
    key: 'recording-1', createdAt: 1, tabs: [1], status: 'recording', lastSeq: 0, acknowledged: 0, rejected: 0, level: 'full', salt: 'salt', digests: [], frames: { kept: 0, lost: 0 },
    start: { key: 'recording-1', goal: { text: 'Buy a mug' }, consent: { subject: 'subject-1', textVersion: '1', givenAt: 1, purposes: ['training'] } },
  } as Recording);
});

afterEach(async () => {
  vi.clearAllTimers();
  vi.useRealTimers();
  await server.stop();
});

/** A new worker: the same storage, and nothing of what the last one had in memory, its timers and its socket included. */
function startWorker(): Promise<void> {
  const now = Date.now();
  vi.clearAllTimers();
  // Clearing puts the clock back to where it began.
  vi.setSystemTime(now);
  if (socket) Object.assign(socket, { onopen: null, onmessage: null, onclose: null });
  socket?.terminate();
  connection = new Connection({
    outbox, settings: async () => ({ serverUrl: `ws://127.0.0.1:${port}/ws`, token: 'token' }),
    openSocket: (address) => {
      triedAt.push(Date.now());
      socket = new NodeSocket(address, ['codesight.v1']).on('error', () => undefined);
      return socket as unknown as WebSocket;
    },
    link: { read: async () => link, write: async (next) => { link = next; } },
    raise: async ({ code }) => { told.push(code); }, settle: async (code) => { told.push(`${code} is over`); },
    version: '1', now: () => Date.now(), random: () => 0.9,
  });
  return connection.wake();
}

/** Lets time pass, and the sockets and the database do what they have to do meanwhile. */
async function elapse(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    await vi.advanceTimersByTimeAsync(Math.min(1_000, left));
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
  }
}

const act = (at: number) => outbox.append('recording-1', [{ id: `i${at}`, kind: 'interaction', value: { type: 'click', timestamp: at } as InteractionData, openForMs: 0 }], Date.now());

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    if (await condition()) return;
    // Sockets that answer take real time to do so.
    await new Promise((resolve) => { realTimeout(resolve, 10); });
    await elapse(200);
  }
  throw new Error(`still waiting for: ${what}`);
}

/** Five actions with the server, 180 without it, while the worker is killed every four minutes. */
async function actOffline(): Promise<() => Promise<void>> {
  ({ port } = server);
  await startWorker();
  for (let at = 1; at <= 5; at += 1) await act(at);
  await until(() => server.sessions.size === 1 && server.interactions().length === 5, 'the first five');
  const comeBack = await server.leave();
  for (let passed = 0; passed < OFFLINE_MS; passed += ACT_EVERY_MS) {
    if (passed % WORKER_LIVES_MS === 0) await startWorker();
    await act(6 + passed / ACT_EVERY_MS);
    await elapse(ACT_EVERY_MS);
  }
  return comeBack;
}

const isStored = async () => (await outbox.entries('recording-1', 1, 500)).length;

test('thirty minutes offline: everything is kept, the person is told, and it goes on where it was', async () => {
  const comeBack = await actOffline();
  expect(await isStored()).toBe(180);
  expect(told).toContain('server-away');
  const waits = triedAt.slice(1).map((at, index) => at - triedAt[index]!);
  expect(triedAt.length).toBeGreaterThan(OFFLINE_MS / 40_000);
  expect(Math.max(...waits)).toBeLessThan(40_000);

  await comeBack();
  await until(() => server.interactions().length === 185, 'all of them arrive');
  await until(async () => (await isStored()) === 0, 'all of them are confirmed');
  expect(server.interactions().map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 185 }, (_, at) => at + 1));
  expect(server.sessions.size).toBe(1);
  expect(told.at(-1)).toMatch(/is over$/);
  expect(server.violations).toEqual([]);
}, 60_000);

test('a server that closed the session meanwhile gets the rest as a second one', async () => {
  const comeBack = await actOffline();
  server.session().sealed = true;
  await comeBack();
  await until(() => server.sessions.size === 2 && server.interactions().length === 180, 'the rest arrives');
  const [first, second] = [...server.sessions.values()];
  expect(first?.places.size).toBe(5);
  expect(second?.start).toMatchObject({ key: 'recording-1-2', goal: { text: 'Buy a mug' } });
  expect(server.interactions().map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 180 }, (_, at) => at + 6));
  expect(told).toContain('continued');

  await act(999);
  await outbox.update('recording-1', (recording) => { recording.status = 'stopping'; recording.outcome = 'succeeded'; });
  await until(() => server.session().sealed, 'the second session is finished');
  expect(server.interactions().at(-1)?.timestamp).toBe(999);
  await until(async () => (await outbox.recording('recording-1'))?.status === 'sealed', 'nothing is left');
  expect(server.violations).toEqual([]);
}, 60_000);

test('a server that closes the session under a recording gets the rest as a second one', async () => {
  ({ port } = server);
  await startWorker();
  await act(1);
  await until(() => server.sessions.size === 1 && server.interactions().length === 1, 'the first');
  server.session().sealed = true;
  await act(2);
  await until(() => server.sessions.size === 2 && server.interactions()[0]?.timestamp === 2, 'the second');
  expect(told).not.toContain('server-refused');
  expect(server.violations).toEqual([]);
}, 60_000);
