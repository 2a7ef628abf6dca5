import { describe, expect, test } from 'vitest';
import type { ServerMessage, SessionStart } from '../src/protocol.ts';
import { connected, newUplink, type OutboxView, plan, receive, type UplinkState } from '../src/transport/uplink.ts';

const start = { key: 'recording-1', consent: { subject: 's', textVersion: '1', givenAt: 1, purposes: ['training'] } } as SessionStart;
const limits = { maxMessageBytes: 1 << 20, maxBlobBytes: 1 << 20, maxBatch: 256, credit: 10, blobCredit: 2 };
const welcome: ServerMessage = { type: 'welcome', protocol: 'codesight.v1', serverTime: 1, clockOffsetMs: 0, limits };
const started = (through = 0, epoch = 1): ServerMessage => ({ type: 'session.started', sessionId: 's-1', epoch, through, sealed: false });
const interactions = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => ({ seq: from + at, kind: 'interaction' as const, bytes: 1_000 }));
const outbox = (from: number, to: number, more: Partial<OutboxView> = {}): OutboxView => ({ lastSeq: to, entries: interactions(from, to), blobs: [], ...more });

function opened(known: { sessionId?: string; acknowledged: number } = { acknowledged: 0 }, through = known.acknowledged): UplinkState {
  const { state } = connected(newUplink(start, known), { token: 't', version: '1', now: 0 });
  return receive(receive(state, welcome, 0).state, started(through), 0).state;
}

describe('opening', () => {
  test('a first connection says hello without a resume, then starts', () => {
    const { sends } = connected(newUplink(start, { acknowledged: 0 }), { token: 't', version: '1', now: 5 });
    expect(sends).toMatchObject([{ message: { type: 'hello', token: 't', clock: 5, resume: null } }]);
    expect(receive(newUplink(start, { acknowledged: 0 }), welcome, 0).sends).toMatchObject([{ message: { type: 'session.start', key: 'recording-1' } }]);
  });

  test('a resume that the server does not know becomes a start under the same key', () => {
    const { state, sends } = connected(newUplink(start, { sessionId: 's-9', acknowledged: 3 }), { token: 't', version: '1', now: 0 });
    expect(sends).toMatchObject([{ message: { resume: { sessionId: 's-9' } } }]);
    expect(receive(state, welcome, 0).sends).toMatchObject([{ message: { type: 'session.start', key: 'recording-1' } }]);
  });

  test('what the server already has is not sent again', () => {
    const step = plan(opened({ acknowledged: 0 }, 4), outbox(5, 6), 0);
    expect(step.sends).toEqual([{ kind: 'batch', firstSeq: 5, count: 2 }]);
  });

  test('another protocol is nonsense, not a welcome', () => {
    expect(receive(newUplink(start, { acknowledged: 0 }), { ...welcome, protocol: 'codesight.v2' } as ServerMessage, 0).event?.type).toBe('nonsense');
  });

  test('nothing is sent before the session is open', () => {
    expect(plan(newUplink(start, { acknowledged: 0 }), outbox(1, 3, { blobs: ['a'] }), 0).sends).toEqual([]);
  });
});

describe('sending', () => {
  test('runs of interactions become batches and gaps go alone', () => {
    const entries = [...interactions(1, 2), { seq: 3, kind: 'gap' as const, bytes: 50 }, ...interactions(4, 5)];
    expect(plan(opened(), { lastSeq: 5, entries, blobs: [] }, 0).sends).toEqual([{ kind: 'batch', firstSeq: 1, count: 2 }, { kind: 'gap', seq: 3 }, { kind: 'batch', firstSeq: 4, count: 2 }]);
  });

  test('no more places are on the way than the credit allows', () => {
    const step = plan(opened(), outbox(1, 30), 0);
    expect(step.sends).toEqual([{ kind: 'batch', firstSeq: 1, count: 10 }]);
    expect(plan(step.state, outbox(11, 30), 1).sends).toEqual([]);
    const acknowledged = receive(step.state, { type: 'ack', sessionId: 's-1', through: 4 }, 2).state;
    expect(plan(acknowledged, outbox(11, 30), 3).sends).toEqual([{ kind: 'batch', firstSeq: 11, count: 4 }]);
  });

  test('no more blobs are on the way than their credit allows', () => {
    const step = plan(opened(), outbox(1, 0, { blobs: ['a', 'b', 'c'] }), 0);
    expect(step.sends).toEqual([{ kind: 'blob', hash: 'a' }, { kind: 'blob', hash: 'b' }]);
    const acknowledged = receive(step.state, { type: 'ack', sessionId: 's-1', through: 0, blobs: ['a'] }, 1).state;
    expect(plan(acknowledged, outbox(1, 0, { blobs: ['b', 'c'] }), 2).sends).toEqual([{ kind: 'blob', hash: 'c' }]);
  });

  test('a batch stays below the largest message', () => {
    const entries = interactions(1, 6).map((entry) => ({ ...entry, bytes: 300_000 }));
    expect(plan(opened(), { lastSeq: 6, entries, blobs: [] }, 0).sends.map((send) => send.kind === 'batch' && send.count)).toEqual([2, 2, 2]);
  });

  test('a place that may not be sent yet holds back those behind it, and is not called lost', () => {
    expect(plan(opened(), { lastSeq: 5, entries: interactions(1, 2), blobs: [] }, 0).sends).toEqual([{ kind: 'batch', firstSeq: 1, count: 2 }]);
  });

  test('the stop waits for every blob and every place', () => {
    const state = opened();
    expect(plan(state, outbox(1, 2, { blobs: ['a'], outcome: 'succeeded' }), 0).sends.map(({ kind }) => kind)).toEqual(['blob', 'batch']);
    const step = plan(plan(state, outbox(1, 2), 0).state, { lastSeq: 2, entries: [], blobs: [], outcome: 'succeeded' }, 1);
    expect(step.sends).toMatchObject([{ message: { type: 'session.stop', lastSeq: 2, outcome: 'succeeded' } }]);
    expect(plan(step.state, { lastSeq: 2, entries: [], blobs: [], outcome: 'succeeded' }, 2).sends).toEqual([]);
  });
});

describe('trouble', () => {
  test('a resend goes back to the place asked for', () => {
    const { state } = plan(opened(), outbox(1, 8), 0);
    expect(plan(receive(state, { type: 'resend', sessionId: 's-1', from: 4 }, 1).state, outbox(4, 8), 1).sends).toEqual([{ kind: 'batch', firstSeq: 4, count: 5 }]);
  });

  test('places the server had confirmed and lost are told as lost', () => {
    const state = opened({ sessionId: 's-1', acknowledged: 3 }, 3);
    const asked = receive(state, { type: 'resend', sessionId: 's-1', from: 2 }, 1).state;
    expect(plan(asked, { lastSeq: 4, entries: interactions(4, 4), blobs: [] }, 1).sends).toEqual([{ kind: 'lost', seq: 2 }, { kind: 'lost', seq: 3 }, { kind: 'batch', firstSeq: 4, count: 1 }]);
  });

  test('an acknowledgement of what was never sent is nonsense and deletes nothing', () => {
    const { state } = plan(opened(), outbox(1, 2), 0);
    const step = receive(state, { type: 'ack', sessionId: 's-1', through: 99 }, 1);
    expect(step.event?.type).toBe('nonsense');
    expect(step.state.acknowledged).toBe(0);
  });

  test('a throttle holds everything back for its time', () => {
    const { state } = plan(opened(), outbox(1, 2), 0);
    const throttled = receive(state, { type: 'throttle', retryAfterMs: 500 }, 100).state;
    expect(plan(throttled, outbox(1, 2), 400).sends).toEqual([]);
    expect(plan(throttled, outbox(1, 2), 601).sends).toEqual([{ kind: 'batch', firstSeq: 1, count: 2 }]);
  });

  test('silence after sending sends again', () => {
    const { state } = plan(opened(), outbox(1, 2), 0);
    const rewound = plan(state, outbox(3, 2), 10_001).state;
    expect(plan(rewound, outbox(1, 2), 10_002).sends).toEqual([{ kind: 'batch', firstSeq: 1, count: 2 }]);
  });

  test('a lost connection forgets what was on the way but not what was confirmed', () => {
    const { state } = plan(opened(), outbox(1, 5, { blobs: ['a'] }), 0);
    const confirmed = receive(state, { type: 'ack', sessionId: 's-1', through: 2 }, 1).state;
    const again = connected(confirmed, { token: 't', version: '1', now: 2 }).state;
    expect(again).toMatchObject({ acknowledged: 2, sent: 2, blobsSent: [], epoch: undefined });
  });

  test('a rejected blob makes room for the next one', () => {
    const { state } = plan(opened(), outbox(1, 0, { blobs: ['a', 'b', 'c'] }), 0);
    const step = receive(state, { type: 'reject', blob: 'a', code: 'blob-too-large', reason: 'x' }, 1);
    expect(step.event).toEqual({ type: 'rejected', code: 'blob-too-large', seq: undefined, blob: 'a' });
    expect(step.state.blobsSent).toEqual(['b']);
  });
});
