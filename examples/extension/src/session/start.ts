import { browser } from 'wxt/browser';
import type { SessionConsent, SessionStart } from '../protocol.ts';
import { mediaTypes } from '../frames/paint.ts';
import type { Recording } from './recording.ts';
import { formatOf, type Settings } from './settings.ts';

export interface StartRequest {
  tab: number;
  goal: string;
  taskId?: string;
}

export function newRecording(request: StartRequest, site: string, consent: SessionConsent, settings: Settings): Recording {
  const key = `recording-${crypto.randomUUID()}`;
  const start: SessionStart = {
    key, sessionType: 'human', consent,
    goal: { text: request.goal, site: site || null, taskId: request.taskId || null },
    capture: {
      name: settings.captureProfile, audio: settings.audio, frameMediaType: settings.captureProfile === 'events-only' ? null : mediaTypes[formatOf(settings.captureProfile, settings)],
      recorder: `codesight-extension ${browser.runtime.getManifest().version}`, browser: browserName(),
    },
  };
  return {
    key, createdAt: Date.now(), start, tabs: [request.tab], status: 'recording', lastSeq: 0, acknowledged: 0, rejected: 0, level: 'full',
    salt: crypto.randomUUID() + crypto.randomUUID(), digests: [], frames: { kept: 0, lost: 0 },
  };
}

/** Browser and major version; the rest of the user agent says more about the person than about the recording. */
export const browserName = (): string => /(Edg|Chrome|Firefox)\/(\d+)/.exec(navigator.userAgent)?.slice(1).join(' ') ?? 'unknown';
