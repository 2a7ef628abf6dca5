import type { BlobDescriptor, CaptureGap, ClientMessage, InteractionData, NoticeLevel } from '../protocol.ts';
import { type Recording, needsUpload } from '../session/recording.ts';
import type { Outbox } from '../storage/outbox.ts';
import { backoffMs, isWorthReconnecting } from './backoff.ts';
import { connected, newUplink, type OutboxView, plan, receive, type Send, type Step, type UplinkEvent, type UplinkState } from './uplink.ts';
import { encodeBlob, encodeMessage, readServerMessage } from './wire.ts';

const PING_EVERY_MS = 20_000;
const SILENT_AFTER_MS = 50_000;
const OPEN_WITHIN_MS = 10_000;
const TICK_MS = 1_000;
/** A server may answer nonsense once; more often than this it is not the server we were told of. */
const NONSENSE_ALLOWED = 3;

/** How the link to the server stands; kept where a new worker finds it. */
export interface Link {
  status: 'idle' | 'connecting' | 'open' | 'waiting' | 'blocked';
  attempt: number;
  nextAttemptAt?: number;
  /** The code that ended the last connection. */
  code?: string;
}

export interface ConnectionParts {
  outbox: Outbox;
  openSocket(url: string): WebSocket;
  settings(): Promise<{ serverUrl: string; token: string }>;
  link: { read(): Promise<Link>; write(link: Link): Promise<void> };
  raise(code: string, level: NoticeLevel, message: string): Promise<void>;
  settle(code: string): Promise<void>;
  changed(): void;
  version: string;
  now(): number;
  random(): number;
}

/** Sends recordings one after the other, oldest first. What it holds in memory is this connection's and dies with it. */
export class Connection {
  #socket?: WebSocket;
  #uplink?: UplinkState;
  #recording?: string;
  #tasks: Promise<unknown> = Promise.resolve();
  #timer?: ReturnType<typeof setInterval>;
  #retry?: ReturnType<typeof setTimeout>;
  #openedAt = 0;
  #heardAt = 0;
  #pingedAt = 0;
  #nonsense = 0;

  constructor(private readonly parts: ConnectionParts) {}

  /** Something changed, or time passed: connect, send, or rest. Safe to call at any time and as often as wanted. */
  wake = (): Promise<void> => this.#run(() => this.#advance());

  /** Forgets earlier refusals, for a person who mended the settings or asks for another try. */
  retryNow = (): Promise<void> => this.#run(async () => {
    await this.parts.link.write({ status: 'idle', attempt: 0 });
    this.#drop();
    await this.#advance();
  });

  /** Opens a fresh connection, so that the server says anew what it has. */
  reconnect = (): Promise<void> => this.#run(async () => {
    this.#drop();
    await this.#advance();
  });

  /** One task after the other: two that interleave could send a place twice or forget one. */
  #run(task: () => Promise<void>): Promise<void> {
    const done = this.#tasks.then(task);
    this.#tasks = done.catch(() => undefined);
    return done;
  }

  async #advance(): Promise<void> {
    const recording = await this.#next();
    if (!recording) {
      this.#drop();
      await this.#setLink({ status: 'idle', attempt: 0 });
      return;
    }
    if (this.#socket && this.#recording !== recording.key) this.#drop();
    if (!this.#socket) await this.#connect(recording);
    else if (this.#uplink) await this.#pump(this.#socket, recording);
  }

  async #next(): Promise<Recording | undefined> {
    const recordings = (await this.parts.outbox.recordings()).filter(needsUpload);
    return recordings.sort((a, b) => a.createdAt - b.createdAt)[0];
  }

  async #connect(recording: Recording): Promise<void> {
    const link = await this.parts.link.read();
    const now = this.parts.now();
    if (link.status === 'blocked') return;
    if (link.nextAttemptAt !== undefined && now < link.nextAttemptAt) {
      this.#retryIn(link.nextAttemptAt - now);
      return;
    }
    const { serverUrl } = await this.parts.settings();
    if (!serverUrl) {
      await this.parts.raise('server-missing', 'warning', 'No server is set. Open the options and enter its address; until then everything is kept here.');
      await this.#setLink({ ...link, status: 'blocked', code: 'server-missing' });
      return;
    }
    await this.#setLink({ ...link, status: 'connecting' });
    this.#openedAt = now;
    this.#heardAt = now;
    this.#nonsense = 0;
    this.#recording = recording.key;
    try {
      const socket = this.parts.openSocket(serverUrl);
      socket.binaryType = 'arraybuffer';
      this.#socket = socket;
      socket.onopen = () => void this.#run(() => this.#greet(socket));
      socket.onmessage = ({ data }) => void this.#run(() => this.#heard(socket, data));
      socket.onclose = () => void this.#run(() => this.#lost(socket));
      this.#timer = setInterval(() => void this.#run(() => this.#tick(socket)), TICK_MS);
    } catch {
      // A malformed address throws here; no further try can help before it is mended.
      await this.parts.raise('server-address', 'error', 'The server address is not usable. Open the options and correct it; nothing recorded is lost.');
      await this.#setLink({ ...link, status: 'blocked', code: 'server-address' });
    }
  }

  async #greet(socket: WebSocket): Promise<void> {
    const recording = this.#recording && (await this.parts.outbox.recording(this.#recording));
    if (socket !== this.#socket || !recording) return;
    const { token } = await this.parts.settings();
    const uplink = newUplink(recording.start, { sessionId: recording.sessionId, acknowledged: recording.acknowledged });
    await this.#take(socket, connected(uplink, { token, version: this.parts.version, now: this.parts.now() }));
    this.#pingedAt = this.parts.now();
  }

  async #heard(socket: WebSocket, data: unknown): Promise<void> {
    if (socket !== this.#socket || !this.#uplink || !this.#recording) return;
    this.#heardAt = this.parts.now();
    const message = readServerMessage(data);
    if (!message) return this.#sawNonsense(socket);
    const key = this.#recording;
    await this.#take(socket, receive(this.#uplink, message, this.parts.now()));
    const recording = await this.parts.outbox.recording(key);
    if (socket === this.#socket && recording) await this.#pump(socket, recording);
  }

  async #sawNonsense(socket: WebSocket): Promise<void> {
    this.#nonsense += 1;
    // The greeting decides whether it is the right server at all; later a slip is forgiven.
    if (this.#uplink?.epoch !== undefined && this.#nonsense < NONSENSE_ALLOWED) return;
    await this.parts.raise('server-nonsense', 'error', 'The server answers with something that is not CodeSight. Check its address in the options; nothing recorded is lost.');
    socket.close();
    await this.#lost(socket);
  }

  async #take(socket: WebSocket, step: Step): Promise<void> {
    this.#uplink = step.state;
    if (step.event) await this.#happened(socket, step.event);
    for (const send of step.sends) if (send.kind === 'message') await this.#say(socket, send.message);
  }

  async #happened(socket: WebSocket, event: UplinkEvent): Promise<void> {
    const { outbox, raise } = this.parts;
    const key = this.#recording!;
    switch (event.type) {
      case 'opened': {
        const { sessionId, epoch, through } = event.resumed;
        await outbox.update(key, (recording) => { recording.sessionId = sessionId; recording.epoch = epoch; });
        await outbox.acknowledge(key, through);
        await this.#setLink({ status: 'open', attempt: 0 });
        for (const code of ['server-away', 'server-refused', 'server-nonsense', 'server-missing', 'server-address']) await this.parts.settle(code);
        break;
      }
      case 'acknowledged':
        await outbox.acknowledge(key, event.through);
        for (const hash of event.blobs) await outbox.deleteBlob(key, hash);
        break;
      case 'rejected':
        if (event.blob) await outbox.deleteBlob(key, event.blob);
        await outbox.update(key, (recording) => { recording.rejected += 1; });
        await raise('rejected', 'warning', `The server could not use one ${event.blob ? 'frame' : 'action'} (${event.code}). The recording goes on.`);
        break;
      case 'sealed': {
        const recording = await outbox.recording(key);
        await outbox.erase(key, recording?.status === 'withdrawing' ? 'deleted' : 'sealed');
        break;
      }
      case 'closed':
        await this.#refused(socket, event.code);
        break;
      case 'nonsense':
        await this.#sawNonsense(socket);
        break;
      case 'other':
        if (event.message.type === 'update') {
          const { quality, findings, gaps } = event.message;
          await outbox.update(key, (recording) => { recording.quality = quality ?? undefined; recording.findings = findings; recording.gaps = gaps; });
        } else if (event.message.type === 'notice') {
          await raise(`server:${event.message.code}`, event.message.level, event.message.message);
        }
        break;
      case 'throttled':
        break;
    }
    this.parts.changed();
  }

  async #refused(socket: WebSocket, code: string): Promise<void> {
    const key = this.#recording;
    this.#drop();
    if (code === 'consent-missing' && key && (await this.parts.outbox.recording(key))?.status === 'withdrawing') {
      // What was to be taken back is erased already.
      await this.parts.outbox.erase(key, 'deleted');
      return this.#setLink({ status: 'idle', attempt: 0 });
    }
    if (isWorthReconnecting(code)) return this.#retryLater(code);
    await this.#setLink({ status: 'blocked', attempt: 0, code });
    await this.parts.raise('server-refused', 'error', refusals[code] ?? `The server closed the connection (${code}). What was recorded is kept here.`);
    socket.close();
  }

  async #pump(socket: WebSocket, recording: Recording): Promise<void> {
    for (;;) {
      const uplink = this.#uplink;
      if (!uplink || socket !== this.#socket || socket.readyState !== socket.OPEN) return;
      const step = plan(uplink, await this.#view(uplink, recording), this.parts.now());
      this.#uplink = step.state;
      for (const send of step.sends) await this.#send(socket, recording.key, step.state, send);
      if (step.sends.length === 0) return;
    }
  }

  async #view(uplink: UplinkState, recording: Recording): Promise<OutboxView> {
    if (recording.status === 'withdrawing') {
      return { lastSeq: uplink.acknowledged, entries: [], blobs: [], outcome: 'withdrawn' };
    }
    const { outbox, now } = this.parts;
    const stored = await outbox.entries(recording.key, uplink.sent + 1, uplink.limits.credit);
    const open = stored.findIndex((entry) => entry.openUntil > now());
    const ready = open < 0 ? stored : stored.slice(0, open);
    const first = ready[0];
    const last = ready.at(-1);
    if (first && last) await outbox.close(recording.key, first.seq, last.seq);
    return {
      lastSeq: recording.lastSeq,
      entries: ready.map(({ seq, kind, bytes }) => ({ seq, kind, bytes })),
      blobs: await outbox.blobHashes(recording.key),
      outcome: recording.status === 'stopping' ? recording.outcome : undefined,
    };
  }

  async #send(socket: WebSocket, key: string, uplink: UplinkState, send: Send): Promise<void> {
    const address = { sessionId: uplink.sessionId!, epoch: uplink.epoch! };
    const { outbox } = this.parts;
    switch (send.kind) {
      case 'message':
        return this.#say(socket, send.message);
      case 'batch': {
        const entries = await outbox.entries(key, send.firstSeq, send.count);
        const interactions = entries.map(({ value }) => value as InteractionData);
        return this.#say(socket, { type: 'batch', ...address, firstSeq: send.firstSeq, interactions });
      }
      case 'gap': {
        const [entry] = await outbox.entries(key, send.seq, 1);
        return this.#say(socket, { type: 'gap', ...address, seq: send.seq, gap: entry!.value as CaptureGap });
      }
      case 'lost': {
        await this.parts.raise('server-lost', 'error', 'The server lost actions it had confirmed. They are marked as missing; tell the people who run it.');
        return this.#say(socket, { type: 'gap', ...address, seq: send.seq, gap: { kind: 'lost-by-server', from: this.parts.now(), lost: 1 } });
      }
      case 'blob': {
        const blob = await outbox.blob(key, send.hash);
        if (!blob) return;
        const descriptor: BlobDescriptor = { ...address, role: blob.role, hash: blob.hash, mediaType: blob.mediaType };
        this.#transmit(socket, encodeBlob(descriptor, blob.bytes));
      }
    }
  }

  async #say(socket: WebSocket, message: ClientMessage): Promise<void> {
    this.#transmit(socket, await encodeMessage(message));
  }

  #transmit(socket: WebSocket, data: string | Uint8Array<ArrayBuffer>): void {
    // A socket that closed in the meantime drops it; the next connection sends everything again.
    if (socket.readyState === socket.OPEN) socket.send(data);
  }

  async #tick(socket: WebSocket): Promise<void> {
    if (socket !== this.#socket) return;
    const now = this.parts.now();
    const opening = socket.readyState === socket.CONNECTING && now - this.#openedAt > OPEN_WITHIN_MS;
    if (opening || now - this.#heardAt > SILENT_AFTER_MS) {
      socket.close();
      return this.#lost(socket);
    }
    if (this.#uplink && now - this.#pingedAt >= PING_EVERY_MS) {
      this.#pingedAt = now;
      await this.#say(socket, { type: 'ping', at: now });
    }
    await this.#advance();
  }

  async #lost(socket: WebSocket): Promise<void> {
    if (socket !== this.#socket) return;
    this.#drop();
    await this.#retryLater('connection-lost');
  }

  async #retryLater(code: string): Promise<void> {
    const { attempt } = await this.parts.link.read();
    const wait = backoffMs(attempt, this.parts.random);
    await this.#setLink({ status: 'waiting', attempt: attempt + 1, nextAttemptAt: this.parts.now() + wait, code });
    if (attempt >= 3) await this.parts.raise('server-away', 'warning', 'The server does not answer. Go on working: everything is kept here and sent when it is back.');
    this.#retryIn(wait);
  }

  #retryIn(ms: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.wake(), ms + 1);
  }

  #drop(): void {
    clearInterval(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#uplink = undefined;
    this.#recording = undefined;
    socket?.close();
  }

  async #setLink(link: Link): Promise<void> {
    await this.parts.link.write(link);
    this.parts.changed();
  }
}

const refusals: { [code: string]: string } = {
  unauthenticated: 'The server refused the token. Open the options and enter a good one; what was recorded is kept here.',
  'unsupported-protocol': 'The server speaks another version of the protocol. Update the recorder or the server; what was recorded is kept here.',
  'consent-missing': 'The server did not accept the consent. Open the consent page and choose at least one purpose.',
  'session-sealed': 'The server had already closed this session. What was not sent is kept here; download or delete it.',
  'stale-epoch': 'Another recorder has taken this session over. Press “Try again” to take it back.',
};
