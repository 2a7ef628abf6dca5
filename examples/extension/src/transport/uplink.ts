import type { ClientMessage, Resumed, ServerMessage, SessionOutcome, SessionStart, WireCode, WireLimits } from '../protocol.ts';
import { PROTOCOL } from '../protocol.ts';

/**
 * The client's side of the protocol as pure functions: no socket, no clock, no storage. The rules are those of the
 * Rust uplink; what is different is that the outbox lives in IndexedDB, so a plan names places instead of holding them.
 */
export interface UplinkState {
  start: SessionStart;
  sessionId?: string;
  /** Set while a session is open on this connection. */
  epoch?: number;
  acknowledged: number;
  /** The last place sent on this connection. */
  sent: number;
  sentAt?: number;
  blobsSent: string[];
  limits: Required<WireLimits>;
  stopSent: boolean;
  pausedUntil?: number;
  sealed: boolean;
}

/** What waits in the outbox, in the words a plan needs. */
export interface OutboxView {
  lastSeq: number;
  /** The places after `sent`, in order, as far as they may be sent now. A hole means that the place is lost. */
  entries: { seq: number; kind: 'interaction' | 'gap'; bytes: number }[];
  blobs: string[];
  /** Set once the person stopped and everything is in the outbox. */
  outcome?: SessionOutcome;
}

export type Send =
  | { kind: 'batch'; firstSeq: number; count: number }
  | { kind: 'gap'; seq: number }
  | { kind: 'lost'; seq: number }
  | { kind: 'blob'; hash: string }
  | { kind: 'message'; message: ClientMessage };

export type UplinkEvent =
  | { type: 'opened'; resumed: Resumed }
  | { type: 'acknowledged'; through: number; blobs: string[] }
  | { type: 'rejected'; code: WireCode; seq?: number; blob?: string }
  | { type: 'throttled'; retryAfterMs: number }
  | { type: 'sealed'; through: number }
  | { type: 'closed'; code: WireCode }
  | { type: 'nonsense'; reason: string }
  | { type: 'other'; message: ServerMessage };

export interface Step {
  state: UplinkState;
  sends: Send[];
  event?: UplinkEvent;
}

const RESEND_AFTER_MS = 10_000;
const BATCH = 32;
/** A batch stays well below the largest message, whose limit counts the text before compression. */
const BATCH_SHARE = 0.6;

export const defaultLimits: Required<WireLimits> = {
  maxUnauthenticatedBytes: 64 << 10,
  maxMessageBytes: 1 << 20,
  maxBlobBytes: 10 << 20,
  maxFramePixels: 40_000_000,
  maxBatch: 256,
  credit: 512,
  blobCredit: 4,
  handshakeTimeoutMs: 5_000,
  idleTimeoutMs: 90_000,
};

export function newUplink(start: SessionStart, known: { sessionId?: string; acknowledged: number }): UplinkState {
  return {
    start, sessionId: known.sessionId, acknowledged: known.acknowledged, sent: known.acknowledged,
    blobsSent: [], limits: defaultLimits, stopSent: false, sealed: false,
  };
}

/** What to say first on a new connection. */
export function connected(state: UplinkState, hello: { token: string; version: string; now: number }): Step {
  const message: ClientMessage = {
    type: 'hello', protocol: PROTOCOL, token: hello.token, client: { name: 'codesight-extension', version: hello.version },
    clock: hello.now, resume: state.sessionId ? { sessionId: state.sessionId } : null,
  };
  return { state: disconnected(state), sends: [{ kind: 'message', message }] };
}

/** Everything not acknowledged will be sent again. */
export const disconnected = (state: UplinkState): UplinkState => ({
  ...state, epoch: undefined, sent: state.acknowledged, sentAt: undefined, stopSent: false, pausedUntil: undefined, blobsSent: [],
});

export function receive(state: UplinkState, message: ServerMessage, now: number): Step {
  switch (message.type) {
    case 'welcome': {
      if (message.protocol !== PROTOCOL) return nonsense(state, 'the server speaks another protocol');
      const welcomed = { ...state, limits: { ...defaultLimits, ...message.limits } };
      if (message.resumed) return opened(welcomed, message.resumed);
      // Unknown to the server: a resume of nothing is a start, under the same key.
      return { state: { ...welcomed, sessionId: undefined }, sends: [{ kind: 'message', message: { type: 'session.start', ...state.start } }] };
    }
    case 'session.started':
      return opened(state, message);
    case 'ack': {
      // Believing an acknowledgement of what was never sent would delete it.
      if (state.epoch === undefined || message.through > state.sent) return nonsense(state, 'it acknowledged what was not sent');
      const blobs = message.blobs ?? [];
      return {
        state: {
          ...state, acknowledged: Math.max(state.acknowledged, message.through), sentAt: now,
          blobsSent: state.blobsSent.filter((hash) => !blobs.includes(hash)),
        },
        sends: [],
        event: { type: 'acknowledged', through: Math.max(state.acknowledged, message.through), blobs },
      };
    }
    case 'resend':
      return { state: rewind(state, message.from - 1, true), sends: [] };
    case 'reject':
      return {
        state: { ...state, blobsSent: state.blobsSent.filter((hash) => hash !== message.blob) },
        sends: [],
        event: { type: 'rejected', code: message.code, seq: message.seq ?? undefined, blob: message.blob ?? undefined },
      };
    case 'throttle':
      return {
        state: { ...rewind(state, state.acknowledged, false), pausedUntil: now + message.retryAfterMs },
        sends: [],
        event: { type: 'throttled', retryAfterMs: message.retryAfterMs },
      };
    case 'summary':
      return { state: { ...state, sealed: true }, sends: [], event: { type: 'sealed', through: message.through } };
    case 'close':
      return { state: disconnected(state), sends: [], event: { type: 'closed', code: message.code } };
    default:
      return { state, sends: [], event: { type: 'other', message } };
  }
}

const nonsense = (state: UplinkState, reason: string): Step => ({ state, sends: [], event: { type: 'nonsense', reason } });

function opened(state: UplinkState, resumed: Resumed): Step {
  const acknowledged = Math.max(state.acknowledged, resumed.through);
  return {
    state: { ...state, sessionId: resumed.sessionId, epoch: resumed.epoch, acknowledged, sent: acknowledged, sealed: resumed.sealed },
    sends: [],
    event: resumed.sealed ? { type: 'sealed', through: resumed.through } : { type: 'opened', resumed },
  };
}

/**
 * Everything after `place` is to be sent again. A server that asks for places it had acknowledged has lost them; they
 * are gone here too, and only an honest "lost" for each lets the session go on.
 */
function rewind(state: UplinkState, place: number, asked: boolean): UplinkState {
  const lowest = asked ? 0 : state.acknowledged;
  return { ...state, sent: Math.min(state.sent, Math.max(place, lowest)), stopSent: false };
}

/** What to send now, as far as the credit goes. */
export function plan(state: UplinkState, outbox: OutboxView, now: number): Step {
  if (state.epoch === undefined || state.sessionId === undefined || state.sealed) return { state, sends: [] };
  if (state.pausedUntil !== undefined && now < state.pausedUntil) return { state, sends: [] };
  const overdue = state.sentAt !== undefined && now >= state.sentAt + RESEND_AFTER_MS && state.sent > state.acknowledged;
  let next: UplinkState = overdue ? { ...rewind(state, state.acknowledged, false), sentAt: undefined } : { ...state };
  // After a rewind the view begins too late; the next call sees the right one.
  if (overdue) return { state: next, sends: [] };

  const blobs = outbox.blobs.filter((hash) => !next.blobsSent.includes(hash)).slice(0, Math.max(0, next.limits.blobCredit - next.blobsSent.length));
  const sends: Send[] = blobs.map((hash) => ({ kind: 'blob', hash }));
  next = { ...next, blobsSent: [...next.blobsSent, ...blobs] };
  next = planEntries(next, outbox, sends);
  if (outbox.outcome !== undefined && !next.stopSent && outbox.blobs.length === 0 && next.sent === outbox.lastSeq) {
    next = { ...next, stopSent: true };
    const message: ClientMessage = { type: 'session.stop', sessionId: state.sessionId, epoch: state.epoch, lastSeq: outbox.lastSeq, outcome: outbox.outcome };
    sends.push({ kind: 'message', message });
  }
  return { state: sends.length > 0 ? { ...next, sentAt: now } : next, sends };
}

/** Runs of interactions become batches; gaps go alone, and so does each place that is nowhere any more. */
function planEntries(state: UplinkState, outbox: OutboxView, sends: Send[]): UplinkState {
  const last = Math.min(outbox.lastSeq, Math.min(state.acknowledged, state.sent) + state.limits.credit);
  const most = Math.min(BATCH, state.limits.maxBatch);
  const mostBytes = state.limits.maxMessageBytes * BATCH_SHARE;
  const byPlace = new Map(outbox.entries.map((entry) => [entry.seq, entry]));
  const lastKnown = outbox.entries.at(-1)?.seq ?? state.sent;
  let { sent } = state;
  while (sent < last) {
    const first = byPlace.get(sent + 1);
    if (!first) {
      // Behind the last known entry nothing may be sent yet; before it, or below what was acknowledged, it is lost.
      if (sent + 1 > Math.max(lastKnown, state.acknowledged)) break;
      sends.push({ kind: 'lost', seq: sent + 1 });
      sent += 1;
    } else if (first.kind === 'gap') {
      sends.push({ kind: 'gap', seq: first.seq });
      sent += 1;
    } else {
      let count = 0;
      for (let bytes = 0; count < most && sent + count < last; count += 1) {
        const entry = byPlace.get(first.seq + count);
        if (entry?.kind !== 'interaction') break;
        bytes += entry.bytes;
        if (count > 0 && bytes > mostBytes) break;
      }
      sends.push({ kind: 'batch', firstSeq: first.seq, count });
      sent += count;
    }
  }
  return { ...state, sent };
}
