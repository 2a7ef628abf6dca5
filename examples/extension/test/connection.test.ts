import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket as NodeSocket } from 'ws';
import type { InteractionData } from '../src/protocol.ts';
import type { Recording } from '../src/session/recording.ts';
import { openDatabase } from '../src/storage/database.ts';
import { Outbox } from '../src/storage/outbox.ts';
import { Connection } from '../src/transport/connection.ts';
import type { Link } from '../src/transport/link.ts';
import { FakeServer } from './fake-server.ts';

let server: FakeServer;
let outbox: Outbox;
let link: Link;
let raised: string[];
let settled: string[];
let connection: Connection;
let databases = 0;

const recording = (key = 'recording-1'): Recording => ({
  key, createdAt: 1, tabs: [1], status: 'recording', lastSeq: 0, acknowledged: 0, rejected: 0, level: 'full', salt: 'salt', digests: [], frames: { kept: 0, lost: 0 },
  start: { key, consent: { subject: 'subject-1', textVersion: '1', givenAt: 1, purposes: ['training'] } },
});

const interaction = (at: number): InteractionData => ({ type: 'click', timestamp: at, element: { tag: 'button', text: 'x'.repeat(2_000) } });

const append = (from: number, to: number) => outbox.append('recording-1', Array.from({ length: to - from + 1 }, (_, at) => ({ id: `i${from + at}`, kind: 'interaction' as const, value: interaction(from + at), openForMs: 0 })), Date.now());

/** As a new worker would: same storage, nothing in memory. */
function connect(url = server.url): Connection {
  connection = new Connection({
    outbox, settings: async () => ({ serverUrl: url, token: 'token' }),
    openSocket: (address) => new NodeSocket(address, ['codesight.v1']) as unknown as WebSocket,
    link: { read: async () => link, write: async (next) => { link = next; } },
    raise: async ({ code }) => { raised.push(code); }, settle: async (code) => { settled.push(code); },
    version: '1', now: () => Date.now(), random: () => 0.02,
  });
  return connection;
}

const until = async (condition: () => boolean | Promise<boolean>, what: string) => {
  const end = Date.now() + 8_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still waiting for: ${what}`);
    await connection.wake();
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
};

beforeEach(async () => {
  databases += 1;
  server = await FakeServer.start();
  outbox = new Outbox(await openDatabase(`test-${databases}`));
  link = { status: 'idle', attempt: 0 };
  raised = [];
  settled = [];
  await outbox.putRecording(recording());
});

afterEach(async () => {
  for (const { key } of await outbox.recordings()) await outbox.erase(key, 'deleted');
  await connection.wake();
  await server.stop();
});

test('everything arrives once, in order, and is forgotten only when it is durable', async () => {
  await append(1, 100);
  server.bad.withholdAcks = true;
  await connect().wake();
  await until(() => server.sessions.size > 0 && server.interactions().length === 64, 'as much as the credit allows');
  expect((await outbox.entries('recording-1', 1, 200)).length).toBe(100);
  server.bad.withholdAcks = false;
  server.cut();
  await until(() => server.interactions().length === 100, 'the rest');
  await until(async () => (await outbox.entries('recording-1', 1, 200)).length === 0, 'the outbox is empty');
  expect(server.interactions().map(({ timestamp }) => timestamp)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  expect(server.violations).toEqual([]);
});

test('a server that drops the connection every few messages loses nothing', async () => {
  await append(1, 200);
  server.bad.dropAfter = 4;
  await connect().wake();
  await until(() => server.sessions.size > 0 && server.interactions().length === 200, 'all interactions');
  expect(server.connections).toBeGreaterThan(3);
  expect(server.violations).toEqual([]);
});

test('a new worker goes on where the old one was killed', async () => {
  await append(1, 5);
  await connect().wake();
  await until(() => server.sessions.size > 0 && server.interactions().length === 5, 'the first five');
  server.cut();
  await append(6, 9);
  await connect().wake();
  await until(() => server.interactions().length === 9, 'all nine');
  expect(server.sessions.size).toBe(1);
  expect(server.session().epoch).toBeGreaterThan(1);
});

test('the session is sealed once it is stopped and everything is there, blobs too', async () => {
  await append(1, 3);
  const bytes = new Uint8Array([1, 2, 3]).buffer;
  const hash = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';
  await outbox.putBlob({ recording: 'recording-1', hash, role: 'frame', mediaType: 'image/png', bytes, storedAt: 1 });
  await outbox.update('recording-1', (each) => { each.status = 'stopping'; each.outcome = 'succeeded'; });
  await connect().wake();
  await until(async () => (await outbox.recording('recording-1'))?.status === 'sealed', 'sealed');
  expect(server.session()).toMatchObject({ sealed: true, outcome: 'succeeded' });
  expect([...server.blobs.keys()]).toEqual([hash]);
  expect(await outbox.size()).toEqual({ bytes: 0, blobs: 0 });
  expect(server.violations).toEqual([]);
});

test('a deleted recording is withdrawn from the server and gone here', async () => {
  await append(1, 3);
  await connect().wake();
  await until(() => server.sessions.size > 0 && server.interactions().length === 3, 'three interactions');
  await append(4, 6);
  await outbox.erase('recording-1', 'deleted');
  await outbox.update('recording-1', (each) => { each.status = 'withdrawing'; });
  await connection.reconnect();
  await until(async () => (await outbox.recording('recording-1'))?.status === 'deleted', 'deleted');
  expect(server.session()).toMatchObject({ sealed: true, outcome: 'withdrawn' });
  expect(server.violations).toEqual([]);
});

for (const greeting of ['<html>busy</html>', '{"type":"welcome"}', '[]', '{"type":"ack","through":"many"}']) {
  test(`a server that answers ${greeting} is reported, and nothing is lost`, async () => {
    await append(1, 3);
    server.bad = { greeting };
    await connect().wake();
    await until(() => raised.includes('server-nonsense'), 'the person is told');
    expect((await outbox.entries('recording-1', 1, 10)).length).toBe(3);
  });
}

test('acknowledgements of what was never sent delete nothing', async () => {
  await append(1, 3);
  server.bad = { alsoSend: '{"type":"ack","sessionId":"s-1","through":500}', withholdAcks: true };
  await connect().wake();
  await until(() => server.connections > 0 && server.received.length >= 3, 'the batch was sent');
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  expect((await outbox.entries('recording-1', 1, 10)).length).toBe(3);
});

for (const [code, notice] of [['unauthenticated', 'server-refused'], ['unsupported-protocol', 'server-refused'], ['stale-epoch', 'server-refused']] as const) {
  test(`${code} is told to the person, is not tried again, and can be mended`, async () => {
    await append(1, 2);
    server.bad = { refuse: code };
    await connect().wake();
    await until(() => raised.includes(notice), 'the notice');
    const { connections } = server;
    await connection.wake();
    await connection.wake();
    expect(server.connections).toBe(connections);
    expect(link).toMatchObject({ status: 'blocked', code });
    server.bad = {};
    await connection.retryNow();
    await until(() => server.sessions.size > 0 && server.interactions().length === 2, 'both interactions');
  });
}

test('without a server everything is kept and the person is told', async () => {
  await append(1, 2);
  await connect('').wake();
  expect(raised).toEqual(['server-missing']);
  expect((await outbox.entries('recording-1', 1, 10)).length).toBe(2);
});

test('what is still open is not sent until it is complete', async () => {
  await outbox.append('recording-1', [{ id: 'open', kind: 'interaction', value: interaction(1), openForMs: 60_000 }], Date.now());
  await append(2, 2);
  await connect().wake();
  await until(() => link.status === 'open', 'the connection is open');
  await connection.wake();
  expect(server.interactions()).toEqual([]);
  await outbox.amend('recording-1', 'open', (each) => { each.type = 'doubleClick'; }, true);
  await until(() => server.interactions().length === 2, 'both');
  expect(server.interactions()[0]!.type).toBe('doubleClick');
});
