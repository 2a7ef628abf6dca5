import type { CaptureGap, InteractionData } from '../protocol.ts';
import type { FrameMoment } from '../messages.ts';
import type { Recording } from '../session/recording.ts';
import type { IDBPObjectStore } from 'idb';
import type { Database, RecorderSchema, StoredBlob, StoredEntry } from './database.ts';

export interface NewEntry {
  id: string;
  kind: 'interaction' | 'gap';
  value: InteractionData | CaptureGap;
  /** How long what happens afterwards may be added; 0 for entries that are complete. */
  openForMs: number;
  moment?: FrameMoment;
  tab?: number;
}

export interface OutboxSize {
  bytes: number;
  blobs: number;
}

/** A place whose interaction would be larger than any server takes keeps its number and says so. */
const LARGEST_ENTRY = 512 * 1024;

/**
 * The durable queue. Places are given out in the same transaction that stores them, so no crash can leave a hole or
 * number two things alike. Everything stays until the server called it durable.
 */
export class Outbox {
  constructor(readonly database: Database) {}

  recordings = (): Promise<Recording[]> => this.database.getAll('recordings');

  recording = (key: string): Promise<Recording | undefined> => this.database.get('recordings', key);

  putRecording = (recording: Recording) => this.database.put('recordings', recording);

  /** Changes a recording in one transaction; gives the changed one, or nothing when it is gone. */
  async update(key: string, change: (recording: Recording) => void): Promise<Recording | undefined> {
    const transaction = this.database.transaction('recordings', 'readwrite');
    const recording = await transaction.store.get(key);
    if (recording) {
      change(recording);
      await transaction.store.put(recording);
    }
    await transaction.done;
    return recording;
  }

  /** Stores entries in order and gives the ids of those that are new; what is there already is left as it is. */
  async append(key: string, entries: NewEntry[], now: number): Promise<string[]> {
    const transaction = this.database.transaction(['recordings', 'entries'], 'readwrite', { durability: 'strict' });
    const recording = await transaction.objectStore('recordings').get(key);
    const stored: string[] = [];
    if (recording) {
      const store = transaction.objectStore('entries');
      for (const entry of entries) {
        if (await store.index('id').getKey([key, entry.id])) continue;
        const later = entry.kind === 'interaction' ? await laterOnes(store, key, recording.lastSeq, (entry.value as InteractionData).timestamp) : [];
        for (const each of later) {
          await store.delete([key, each.seq]);
          await store.add({ ...each, seq: each.seq + 1 });
        }
        recording.lastSeq += 1;
        await store.add(sized({ recording: key, seq: recording.lastSeq - later.length, id: entry.id, kind: entry.kind, value: entry.value, bytes: 0, openUntil: entry.openForMs > 0 ? now + entry.openForMs : 0, moment: entry.moment, tab: entry.tab }));
        stored.push(entry.id);
      }
      if (stored.length > 0) {
        recording.lastActionAt = now;
        await transaction.objectStore('recordings').put(recording);
      }
    }
    await transaction.done;
    return stored;
  }

  /** Adds what happened after an interaction, unless it was already closed. */
  async amend(key: string, id: string, change: (interaction: InteractionData) => void, close: boolean): Promise<boolean> {
    const transaction = this.database.transaction('entries', 'readwrite');
    const entry = await transaction.store.index('id').get([key, id]);
    const open = entry !== undefined && entry.kind === 'interaction' && entry.openUntil > 0;
    if (open) {
      change(entry.value as InteractionData);
      if (close) entry.openUntil = 0;
      await transaction.store.put(sized(entry));
    }
    await transaction.done;
    return open;
  }

  byId = (key: string, id: string): Promise<StoredEntry | undefined> => this.database.getFromIndex('entries', 'id', [key, id]);

  entries = (key: string, from: number, count: number): Promise<StoredEntry[]> =>
    this.database.getAll('entries', IDBKeyRange.bound([key, from], [key, from + count - 1]));

  /** Closes the entry at this place: what is sent never changes afterwards. */
  async close(key: string, from: number, to: number): Promise<void> {
    const transaction = this.database.transaction('entries', 'readwrite');
    for await (const cursor of transaction.store.iterate(IDBKeyRange.bound([key, from], [key, to]))) {
      if (cursor.value.openUntil > 0) await cursor.update({ ...cursor.value, openUntil: 0 });
    }
    await transaction.done;
  }

  /** Forgets what is durable on the server. */
  async acknowledge(key: string, through: number): Promise<void> {
    const transaction = this.database.transaction(['recordings', 'entries'], 'readwrite');
    const recording = await transaction.objectStore('recordings').get(key);
    if (recording && through > recording.acknowledged) {
      recording.acknowledged = through;
      await transaction.objectStore('recordings').put(recording);
      await transaction.objectStore('entries').delete(IDBKeyRange.bound([key, 0], [key, through]));
    }
    await transaction.done;
  }

  /**
   * The server closed the session and has the places up to `through`. What came after them, and all that will, are places
   * of a new session, from 1: those numbers were never used in it.
   */
  async continueAnew(key: string, through: number): Promise<void> {
    const transaction = this.database.transaction(['recordings', 'entries'], 'readwrite', { durability: 'strict' });
    const recording = await transaction.objectStore('recordings').get(key);
    if (recording) {
      const store = transaction.objectStore('entries');
      const left = await store.getAll(IDBKeyRange.bound([key, through + 1], [key, recording.lastSeq]));
      await store.delete(allOf(key));
      for (const [at, entry] of left.entries()) await store.add({ ...entry, seq: at + 1 });
      const part = (recording.part ?? 1) + 1;
      const { sessionId: _closed, epoch: _epoch, ...kept } = recording;
      await transaction.objectStore('recordings').put({ ...kept, part, lastSeq: left.length, acknowledged: 0, start: { ...recording.start, key: `${key}-${part}` } });
    }
    await transaction.done;
  }

  putBlob = (blob: StoredBlob) => this.database.put('blobs', blob);

  blob = (key: string, hash: string): Promise<StoredBlob | undefined> => this.database.get('blobs', [key, hash]);

  async blobHashes(key: string): Promise<string[]> {
    const keys = await this.database.getAllKeys('blobs', allOf(key));
    return keys.map(([, hash]) => hash);
  }

  deleteBlob = (key: string, hash: string) => this.database.delete('blobs', [key, hash]);

  async size(): Promise<OutboxSize> {
    const transaction = this.database.transaction(['entries', 'blobs']);
    let bytes = 0;
    let blobs = 0;
    for await (const cursor of transaction.objectStore('entries')) bytes += cursor.value.bytes;
    for await (const cursor of transaction.objectStore('blobs')) {
      bytes += cursor.value.bytes.byteLength;
      blobs += 1;
    }
    return { bytes, blobs };
  }

  /** Drops the oldest frames until at least `bytes` are free; events are never dropped. Gives how many went. */
  async dropFrames(bytes: number): Promise<number> {
    const transaction = this.database.transaction('blobs', 'readwrite');
    const found: { key: [string, string]; size: number; storedAt: number }[] = [];
    for await (const cursor of transaction.store) {
      const { role, bytes: content, storedAt } = cursor.value;
      if (role === 'frame') found.push({ key: cursor.primaryKey, size: content.byteLength, storedAt });
    }
    found.sort((a, b) => a.storedAt - b.storedAt);
    let freed = 0;
    let dropped = 0;
    for (const { key, size } of found) {
      if (freed >= bytes) break;
      await transaction.store.delete(key);
      freed += size;
      dropped += 1;
    }
    await transaction.done;
    return dropped;
  }

  /** Forgets everything of a recording but the fact that it was there. */
  async erase(key: string, status: 'sealed' | 'deleted'): Promise<void> {
    const transaction = this.database.transaction(['recordings', 'entries', 'blobs', 'frames'], 'readwrite');
    await transaction.objectStore('entries').delete(allOf(key));
    await transaction.objectStore('blobs').delete(allOf(key));
    await transaction.objectStore('frames').index('tab').openKeyCursor(null).then(async (first) => {
      for (let cursor = first; cursor; cursor = await cursor.continue()) {
        if (cursor.key[0] === key) await transaction.objectStore('frames').delete(cursor.primaryKey);
      }
    });
    const recording = await transaction.objectStore('recordings').get(key);
    if (recording) await transaction.objectStore('recordings').put({ ...recording, status, salt: '', digests: [] });
    await transaction.done;
  }
}

type EntryStore = IDBPObjectStore<RecorderSchema, ('recordings' | 'entries')[], 'entries', 'readwrite'>;

/**
 * The last entries that happened after this moment, newest first. Frames of a page deliver on their own, so what was
 * typed in one may arrive behind the click in another that ended it. Open entries were never sent and may still move.
 */
async function laterOnes(store: EntryStore, key: string, lastSeq: number, timestamp: number): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  for (let seq = lastSeq; seq > 0; seq -= 1) {
    const entry = await store.get([key, seq]);
    if (!entry || entry.openUntil === 0 || entry.kind !== 'interaction' || (entry.value as InteractionData).timestamp <= timestamp) break;
    found.push(entry);
  }
  return found;
}

/** Every key that begins with this recording: an array sorts behind every string and number. */
const allOf = (key: string) => IDBKeyRange.bound([key], [key, []]);

function sized(entry: StoredEntry): StoredEntry {
  const bytes = JSON.stringify(entry.value).length;
  if (bytes <= LARGEST_ENTRY || entry.kind === 'gap') return { ...entry, bytes };
  const gap: CaptureGap = { kind: 'interaction-too-large', from: (entry.value as InteractionData).timestamp, lost: 1 };
  return { ...entry, kind: 'gap', value: gap, bytes: JSON.stringify(gap).length, openUntil: 0 };
}
