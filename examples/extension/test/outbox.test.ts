import 'fake-indexeddb/auto';
import { beforeEach, expect, test } from 'vitest';
import type { Recording } from '../src/session/recording.ts';
import { openDatabase } from '../src/storage/database.ts';
import { type NewEntry, Outbox } from '../src/storage/outbox.ts';

let outbox: Outbox;
let databases = 0;
const entry = (id: string, more: Partial<NewEntry> = {}): NewEntry => ({ id, kind: 'interaction', value: { type: 'click', timestamp: 1 }, openForMs: 0, ...more });
const places = async () => (await outbox.entries('r', 1, 100)).map(({ seq, id }) => [seq, id]);

beforeEach(async () => {
  databases += 1;
  outbox = new Outbox(await openDatabase(`outbox-${databases}`));
  await outbox.putRecording({ key: 'r', lastSeq: 0, acknowledged: 0, status: 'recording' } as Recording);
});

test('places are given out once, whatever arrives twice or at the same time', async () => {
  const [first, second] = await Promise.all([outbox.append('r', [entry('a'), entry('b')], 0), outbox.append('r', [entry('b'), entry('c')], 0)]);
  expect([first, second]).toEqual([['a', 'b'], ['c']]);
  expect(await places()).toEqual([[1, 'a'], [2, 'b'], [3, 'c']]);
});

test('places go on where the last worker stopped, also when everything was acknowledged', async () => {
  await outbox.append('r', [entry('a'), entry('b')], 0);
  await outbox.acknowledge('r', 2);
  const later = new Outbox(await openDatabase(`outbox-${databases}`));
  await later.append('r', [entry('c')], 0);
  expect(await places()).toEqual([[3, 'c']]);
});

test('what happened earlier and arrives later is put in its place, as long as nothing behind it was sent', async () => {
  const at = (id: string, timestamp: number) => entry(id, { value: { type: 'click', timestamp }, openForMs: 1_000 });
  await outbox.append('r', [at('first', 100)], 0);
  await outbox.close('r', 1, 1);
  await outbox.append('r', [at('click', 300), at('key', 400)], 0);
  await outbox.append('r', [at('typed', 200)], 0);
  expect(await places()).toEqual([[1, 'first'], [2, 'typed'], [3, 'click'], [4, 'key']]);
  await outbox.append('r', [at('before all', 50)], 0);
  expect(await places()).toEqual([[1, 'first'], [2, 'before all'], [3, 'typed'], [4, 'click'], [5, 'key']]);
  expect((await outbox.recording('r'))?.lastSeq).toBe(5);
});

test('an older acknowledgement changes nothing', async () => {
  await outbox.append('r', [entry('a'), entry('b')], 0);
  await outbox.acknowledge('r', 2);
  await outbox.acknowledge('r', 1);
  expect((await outbox.recording('r'))?.acknowledged).toBe(2);
});

test('what was sent never changes afterwards', async () => {
  await outbox.append('r', [entry('a', { openForMs: 1_000 })], 0);
  expect(await outbox.amend('r', 'a', (interaction) => { interaction.type = 'doubleClick'; }, false)).toBe(true);
  await outbox.close('r', 1, 1);
  expect(await outbox.amend('r', 'a', (interaction) => { interaction.type = 'drag'; }, false)).toBe(false);
  expect((await outbox.entries('r', 1, 1))[0]?.value).toMatchObject({ type: 'doubleClick' });
});

test('an interaction no server would take keeps its place and says why', async () => {
  await outbox.append('r', [entry('a', { value: { type: 'click', timestamp: 7, userIntent: 'x'.repeat(600_000) } }), entry('b')], 0);
  expect((await outbox.entries('r', 1, 2)).map(({ kind, value }) => [kind, 'kind' in value ? value.kind : value.type])).toEqual([['gap', 'interaction-too-large'], ['interaction', 'click']]);
});

test('when room is needed the oldest frames go, and neither events nor audio', async () => {
  await outbox.append('r', [entry('a')], 0);
  const blob = (hash: string, role: 'frame' | 'audio', storedAt: number) => outbox.putBlob({ recording: 'r', hash, role, mediaType: 'x', bytes: new ArrayBuffer(1_000), storedAt });
  await Promise.all([blob('new', 'frame', 9), blob('old', 'frame', 1), blob('older', 'frame', 0), blob('voice', 'audio', 0)]);
  expect(await outbox.dropFrames(1_500)).toBe(2);
  expect(await outbox.blobHashes('r')).toEqual(['new', 'voice']);
  expect((await places()).length).toBe(1);
});

test('erasing leaves nothing of a recording but the fact that it was there', async () => {
  await outbox.append('r', [entry('a')], 0);
  await outbox.putBlob({ recording: 'r', hash: 'h', role: 'frame', mediaType: 'x', bytes: new ArrayBuffer(10), storedAt: 0 });
  await outbox.database.add('frames', { recording: 'r', tab: 1, documentId: 'd', version: 1, bytes: new ArrayBuffer(10), screenshot: {} as never });
  await outbox.putRecording({ key: 'other', lastSeq: 0, acknowledged: 0, status: 'recording' } as Recording);
  await outbox.database.add('frames', { recording: 'other', tab: 1, documentId: 'd', version: 1, bytes: new ArrayBuffer(10), screenshot: {} as never });
  await outbox.erase('r', 'deleted');
  expect(await outbox.size()).toEqual({ bytes: 0, blobs: 0 });
  expect((await outbox.database.getAll('frames')).map(({ recording }) => recording)).toEqual(['other']);
  expect(await outbox.recording('r')).toMatchObject({ status: 'deleted', digests: [], salt: '' });
});
