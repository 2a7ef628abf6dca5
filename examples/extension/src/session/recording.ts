import type { SessionOutcome, SessionStart } from '../protocol.ts';
import type { PersonalDigest } from '../privacy/dictionary.ts';

/** How much is captured, from everything to the least that is still a recording. */
export const captureLevels = ['full', 'fewer-frames', 'events-only', 'basic'] as const;
export type CaptureLevel = (typeof captureLevels)[number];

export type RecordingStatus = 'recording' | 'paused' | 'stopping' | 'withdrawing' | 'sealed' | 'deleted';

/** Everything a new worker must know to go on where the last one was killed. */
export interface Recording {
  key: string;
  createdAt: number;
  start: SessionStart;
  /** The tabs that are recorded, in the order they joined. */
  tabs: number[];
  status: RecordingStatus;
  pausedAt?: number;
  /** Since when the person is in a tab or on a site that is not recorded. */
  awaySince?: number;
  outcome?: SessionOutcome;
  sessionId?: string;
  /** How many sessions it took, when the server closed one by itself. */
  part?: number;
  epoch?: number;
  /** The last place given out. */
  lastSeq: number;
  /** The last place the server called durable. */
  acknowledged: number;
  rejected: number;
  level: CaptureLevel;
  /** Key of the session's pseudonyms; it never leaves the browser and dies with the recording. */
  salt: string;
  digests: PersonalDigest[];
  frames: { kept: number; lost: number };
  /** What the server made of it so far. */
  quality?: number;
  findings?: number;
  gaps?: number;
  lastActionAt?: number;
}

export const isCapturing = (recording: Recording) => recording.status === 'recording';
export const isOpen = (recording: Recording) => recording.status === 'recording' || recording.status === 'paused';
export const needsUpload = (recording: Recording) => recording.status !== 'sealed' && recording.status !== 'deleted';
