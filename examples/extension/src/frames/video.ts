import { ask, type FrameMoment, type Reading } from '../messages.ts';
import type { Picture } from '../storage/database.ts';
import { momentOf } from './camera.ts';
import { hiddenAt } from './readings.ts';

/** A page that was not repainted for long sends no new frame, so the newest one may be old and still right. */
const REACH_MS = 60_000;
/** A page that still moved gets this long to come to rest, for a picture of its result. */
const SECOND_TRY_MS = 650;
const MOST_BURST = 3;

interface Asked {
  recording: string;
  tab: number;
  mediaType: string;
}

type View = Pick<Reading, 'redactions' | 'viewport' | 'scroll'>;

/** The frame just before an action. */
export async function videoBefore(asked: Asked, moment: FrameMoment): Promise<Picture | undefined> {
  const { at, redactions, viewport, scroll } = moment;
  if (redactions && viewport && scroll) return take(asked, { redactions, viewport, scroll }, at, at - REACH_MS);
  // An action inside a frame of the page: what is private around it, only the page itself knows.
  if (moment.version !== null) return undefined;
  const page = await momentOf({ ...asked, since: at });
  const hidden = page && hiddenAt([...page.earlier, page], at);
  return hidden ? take(asked, { ...page, redactions: hidden }, at, at - REACH_MS) : undefined;
}

/** A frame of what an action led to; none once the person acted again. */
export async function videoAfter(asked: Asked, actedAt: number, tries = 2): Promise<Picture | undefined> {
  const { at } = await ask('ring.hold', {}).catch(() => ({ at: undefined }));
  const page = at === undefined ? null : await momentOf({ ...asked, since: at });
  if (at === undefined || !page || (page.actedAt ?? 0) > actedAt) return undefined;
  const hidden = hiddenAt([...page.earlier, page], at);
  if (hidden) return take(asked, { ...page, redactions: hidden }, at, at);
  if (tries <= 1) return undefined;
  await new Promise((resolve) => { setTimeout(resolve, SECOND_TRY_MS); });
  return videoAfter(asked, actedAt, tries - 1);
}

/** What was seen on the way from an action to its result, where it looked like neither: a message, a step of a change. */
export async function videoBurst(asked: Asked, actedAt: number, readings: Reading[], ends: string[]): Promise<Picture[]> {
  const found: Picture[] = [];
  for (const [index, reading] of readings.entries()) {
    const redactions = reading.at > actedAt ? hiddenAt(readings, reading.at) : null;
    if (!redactions) continue;
    const notBefore = Math.max(actedAt, readings[index - 1]?.at ?? 0) + 1;
    const picture = await take(asked, { ...reading, redactions }, reading.at, notBefore, [...ends, ...found.map(({ hash }) => hash)]);
    if (picture) found.push(picture);
    if (found.length === MOST_BURST) break;
  }
  return found;
}

/** The offscreen document stores what it encodes, so only its description comes back. */
async function take({ recording, mediaType }: Asked, { redactions, viewport, scroll }: View, at: number, notBefore: number, unlike: string[] = []): Promise<Picture | undefined> {
  const taken = await ask('ring.take', { recording, at, notBefore, redactions, viewport, scroll, mediaType, unlike }).catch(() => null);
  return taken?.screenshot;
}
