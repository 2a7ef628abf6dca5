import { FrameRing } from '../frames/ring.ts';
import { answer } from '../messages.ts';
import { openDatabase } from '../storage/database.ts';
import { Outbox } from '../storage/outbox.ts';
import { ThinkAloud } from './think-aloud.ts';

/** The document that outlives the worker: it keeps the video of the tab and the voice of the person. */
export function runOffscreen(): void {
  const outbox = openDatabase().then((database) => new Outbox(database));
  const ring = outbox.then((it) => new FrameRing(it));
  const audio = outbox.then((it) => new ThinkAloud(it));
  answer('offscreen', {
    'ring.start': async (request) => (await ring).start(request),
    'ring.hold': async () => (await ring).hold(),
    'ring.take': async (request) => (await ring).take(request),
    'audio.start': async ({ recording }) => (await audio).start(recording),
    'audio.stop': async () => (await audio).stop(),
  });
}
