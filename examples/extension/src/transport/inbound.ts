import type { ServerMessage } from '../protocol.ts';
import type { Outbox } from '../storage/outbox.ts';
import { continued, settledByAnswer, type Told, unusable } from './told.ts';
import type { UplinkEvent } from './uplink.ts';

interface Parts {
  outbox: Outbox;
  raise(told: Told): Promise<void>;
  settle(code: string): Promise<void>;
}

/** What the server said, applied to the outbox. What ends the connection is left to the connection. */
export type Applied = Exclude<UplinkEvent, { type: 'closed' | 'nonsense' }>;

export async function apply({ outbox, raise, settle }: Parts, key: string, event: Applied): Promise<void> {
  switch (event.type) {
    case 'opened': {
      const { sessionId, epoch, through } = event.resumed;
      await outbox.update(key, (recording) => { recording.sessionId = sessionId; recording.epoch = epoch; });
      await outbox.acknowledge(key, through);
      for (const code of settledByAnswer) await settle(code);
      return;
    }
    case 'acknowledged':
      await outbox.acknowledge(key, event.through);
      for (const hash of event.blobs) await outbox.deleteBlob(key, hash);
      return;
    case 'rejected':
      if (event.blob) await outbox.deleteBlob(key, event.blob);
      await outbox.update(key, (recording) => { recording.rejected += 1; });
      return raise(unusable(event.blob ? 'frame' : 'action', event.code));
    case 'sealed':
      return sealed({ outbox, raise, settle }, key, event.through);
    case 'other':
      return heard({ outbox, raise, settle }, key, event.message);
    case 'throttled':
  }
}

/** A session is closed. Where the server closed it by itself, what it does not have becomes a session of its own. */
async function sealed({ outbox, raise }: Parts, key: string, through: number): Promise<void> {
  const recording = await outbox.recording(key);
  if (recording?.status === 'withdrawing') return outbox.erase(key, 'deleted');
  const isWhole = !recording || (recording.lastSeq <= through && recording.status === 'stopping');
  if (isWhole) return outbox.erase(key, 'sealed');
  await outbox.continueAnew(key, through);
  await raise(continued);
}

async function heard({ outbox, raise }: Parts, key: string, message: ServerMessage): Promise<void> {
  if (message.type === 'notice') return raise({ code: `server:${message.code}`, level: message.level, message: message.message });
  if (message.type !== 'update') return;
  const { quality, findings, gaps } = message;
  await outbox.update(key, (recording) => { recording.quality = quality ?? undefined; recording.findings = findings; recording.gaps = gaps; });
}
