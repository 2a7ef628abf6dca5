import type { Link } from '../transport/link.ts';
import type { CaptureLevel, RecordingStatus } from './recording.ts';
import type { Notice } from './notices.ts';

/** What the popup shows: one snapshot of everything a person may want to know. */
export interface RecorderView {
  hasConsent: boolean;
  hasServer: boolean;
  link: Link;
  notices: Notice[];
  recording?: RecordingView;
  /** Recordings that are stopped and still on their way. */
  waiting: { key: string; goal: string; left: number }[];
}

export interface RecordingView {
  key: string;
  status: RecordingStatus;
  goal: string;
  startedAt: number;
  actions: number;
  acknowledged: number;
  quality?: number;
  findings?: number;
  gaps?: number;
  level: CaptureLevel;
  profile: string;
  frames: { kept: number; lost: number };
  tabs: number[];
  /** The last frames, painted as they are sent, as data URLs. */
  lastFrames: string[];
}
