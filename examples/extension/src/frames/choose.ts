import type { FrameMoment } from '../messages.ts';
import type { Screenshot } from '../protocol.ts';
import type { StoredFrame } from '../storage/database.ts';

/** How long an action may take to show; a frame from later, and from before the next action, shows its result. */
const SHOWN_AFTER_MS = 500;

/** On a page that never rests no frame is exact. One from between the two actions, not scrolled since, is near enough. */
const isRecent = ({ screenshot }: StoredFrame, { at, previousAt = 0, scroll }: FrameMoment): boolean =>
  screenshot.capturedAt <= at && screenshot.capturedAt >= previousAt + SHOWN_AFTER_MS && screenshot.scroll?.x === scroll?.x && screenshot.scroll?.y === scroll?.y;

/**
 * The frame that shows the page as it was when the person acted: of the same document in the same version. Inside
 * frames of the page, where the version is not known, the newest one from before the action that was clean.
 */
export function chooseBefore(frames: StoredFrame[], moment: FrameMoment): StoredFrame | undefined {
  if (moment.version !== null) {
    const own = frames.filter((frame) => frame.documentId === moment.documentId);
    return own.findLast((frame) => frame.version === moment.version) ?? own.findLast((frame) => isRecent(frame, moment));
  }
  return frames.findLast((frame) => frame.version !== null && frame.screenshot.capturedAt <= moment.at);
}

export const asBefore = (frame: Pick<StoredFrame, 'screenshot'>, at: number): Screenshot => {
  const lagMs = frame.screenshot.capturedAt - at;
  return { ...frame.screenshot, relation: 'before', lagMs, trigger: lagMs < 0 ? 'settled' : 'interaction' };
};

export const asAfter = (frame: Pick<StoredFrame, 'screenshot'>, at: number): Screenshot => ({ ...frame.screenshot, relation: 'after', lagMs: frame.screenshot.capturedAt - at, trigger: 'settled' });

export const asBurst = (frame: Pick<StoredFrame, 'screenshot'>, at: number): Screenshot => ({ ...frame.screenshot, relation: 'burst', lagMs: frame.screenshot.capturedAt - at, trigger: 'interval' });
