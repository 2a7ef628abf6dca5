import type { FrameMoment } from '../messages.ts';
import type { Screenshot } from '../protocol.ts';
import type { StoredFrame } from '../storage/database.ts';

/**
 * The frame that shows the page as it was when the person acted: of the same document in the same version. Inside
 * frames of the page, where the version is not known, the newest one from before the action that was clean.
 */
export function chooseBefore(frames: StoredFrame[], moment: FrameMoment): StoredFrame | undefined {
  if (moment.version !== null) return frames.findLast((frame) => frame.documentId === moment.documentId && frame.version === moment.version);
  return frames.findLast((frame) => frame.version !== null && frame.screenshot.capturedAt <= moment.at);
}

export const asBefore = (frame: Pick<StoredFrame, 'screenshot'>, at: number): Screenshot => {
  const lagMs = frame.screenshot.capturedAt - at;
  return { ...frame.screenshot, relation: 'before', lagMs, trigger: lagMs < 0 ? 'settled' : 'interaction' };
};

export const asAfter = (frame: Pick<StoredFrame, 'screenshot'>, at: number): Screenshot => ({ ...frame.screenshot, relation: 'after', lagMs: frame.screenshot.capturedAt - at, trigger: 'settled' });
