import type { BlobDescriptor, CaptureGap, ClientMessage, InteractionData } from '../protocol.ts';
import type { Recording } from '../session/recording.ts';
import type { Outbox } from '../storage/outbox.ts';
import { serverLost, type Told } from './told.ts';
import type { OutboxView, Send, UplinkState } from './uplink.ts';
import { encodeBlob, encodeMessage } from './wire.ts';

interface Parts {
  outbox: Outbox;
  raise(told: Told): Promise<void>;
  now(): number;
}

/** From the outbox to the socket: what waits there, in the words of a plan, and what a plan says, as bytes. */
export class Outbound {
  constructor(private readonly parts: Parts) {}

  async view(uplink: UplinkState, recording: Recording): Promise<OutboxView> {
    if (recording.status === 'withdrawing') return { lastSeq: uplink.acknowledged, entries: [], blobs: [], outcome: 'withdrawn' };
    const { outbox, now } = this.parts;
    const stored = await outbox.entries(recording.key, uplink.sent + 1, uplink.limits.credit);
    const open = stored.findIndex((entry) => entry.openUntil > now());
    const ready = open < 0 ? stored : stored.slice(0, open);
    const [first, last] = [ready[0], ready.at(-1)];
    if (first && last) await outbox.close(recording.key, first.seq, last.seq);
    return {
      lastSeq: recording.lastSeq,
      entries: ready.map(({ seq, kind, bytes }) => ({ seq, kind, bytes })),
      blobs: await outbox.blobHashes(recording.key),
      outcome: recording.status === 'stopping' ? recording.outcome : undefined,
    };
  }

  async send(socket: WebSocket, key: string, uplink: UplinkState, send: Send): Promise<void> {
    const address = { sessionId: uplink.sessionId!, epoch: uplink.epoch! };
    const { outbox } = this.parts;
    switch (send.kind) {
      case 'message':
        return this.say(socket, send.message);
      case 'batch': {
        const entries = await outbox.entries(key, send.firstSeq, send.count);
        const interactions = entries.map(({ value }) => value as InteractionData);
        return this.say(socket, { type: 'batch', ...address, firstSeq: send.firstSeq, interactions });
      }
      case 'gap': {
        const [entry] = await outbox.entries(key, send.seq, 1);
        return this.say(socket, { type: 'gap', ...address, seq: send.seq, gap: entry!.value as CaptureGap });
      }
      case 'lost': {
        await this.parts.raise(serverLost);
        return this.say(socket, { type: 'gap', ...address, seq: send.seq, gap: { kind: 'lost-by-server', from: this.parts.now(), lost: 1 } });
      }
      case 'blob': {
        const blob = await outbox.blob(key, send.hash);
        if (!blob) return;
        const descriptor: BlobDescriptor = { ...address, role: blob.role, hash: blob.hash, mediaType: blob.mediaType };
        transmit(socket, encodeBlob(descriptor, blob.bytes));
      }
    }
  }

  async say(socket: WebSocket, message: ClientMessage): Promise<void> {
    transmit(socket, await encodeMessage(message));
  }
}

function transmit(socket: WebSocket, data: string | Uint8Array<ArrayBuffer>): void {
  // A socket that closed in the meantime drops it; the next connection sends everything again.
  if (socket.readyState === socket.OPEN) socket.send(data);
}
