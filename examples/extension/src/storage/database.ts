import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { FrameMoment } from '../messages.ts';
import type { Recording } from '../session/recording.ts';
import type { CaptureGap, ContentHash, InteractionData, Screenshot } from '../protocol.ts';

/** One place of a recording's sequence. It is numbered when it is stored and never again. */
export interface StoredEntry {
  recording: string;
  seq: number;
  /** The id its maker gave it; a second delivery is recognised by it. */
  id: string;
  kind: 'interaction' | 'gap';
  value: InteractionData | CaptureGap;
  bytes: number;
  /** What happened afterwards may still be added until this moment, or until it is marked complete. */
  openUntil: number;
  /** Which state of which page the action was about; stays here. */
  moment?: FrameMoment;
  tab?: number;
}

/** A frame or audio that waits for its acknowledgement. */
export interface StoredBlob {
  recording: string;
  hash: ContentHash;
  role: 'frame' | 'audio';
  mediaType: string;
  bytes: ArrayBuffer;
  storedAt: number;
}

/** A frame before it is said to which interaction it belongs. */
export type Picture = Pick<Screenshot, 'capturedAt' | 'hash' | 'height' | 'width' | 'mediaType' | 'redactions' | 'scroll' | 'source' | 'viewport'>;

/** A recent frame of a tab. It becomes a blob once an interaction names it, and is forgotten otherwise. */
export interface StoredFrame {
  id?: number;
  recording: string;
  tab: number;
  documentId: string;
  /** The page's version, when it was the same before and after the shot. */
  version: number | null;
  screenshot: Picture;
  bytes: ArrayBuffer;
  /** Whether it was put among the blobs already. */
  isSent?: boolean;
}

export interface RecorderSchema extends DBSchema {
  recordings: { key: string; value: Recording };
  entries: { key: [string, number]; value: StoredEntry; indexes: { id: [string, string] } };
  blobs: { key: [string, string]; value: StoredBlob };
  frames: { key: number; value: StoredFrame; indexes: { tab: [string, number] } };
}

export type Database = IDBPDatabase<RecorderSchema>;

export function openDatabase(name = 'codesight'): Promise<Database> {
  return openDB<RecorderSchema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('recordings', { keyPath: 'key' });
      const entries = database.createObjectStore('entries', { keyPath: ['recording', 'seq'] });
      entries.createIndex('id', ['recording', 'id'], { unique: true });
      database.createObjectStore('blobs', { keyPath: ['recording', 'hash'] });
      const frames = database.createObjectStore('frames', { keyPath: 'id', autoIncrement: true });
      frames.createIndex('tab', ['recording', 'tab']);
    },
  });
}
