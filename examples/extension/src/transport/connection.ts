import { type Recording, needsUpload } from '../session/recording.ts';
import type { Outbox } from '../storage/outbox.ts';
import { isWorthReconnecting } from './backoff.ts';
import { apply } from './inbound.ts';
import { type LinkStore, Retries } from './link.ts';
import { Outbound } from './outbound.ts';
import { refused, serverAddress, serverAway, serverMissing, serverNonsense, type Told } from './told.ts';
import { connected, newUplink, plan, receive, type Step, type UplinkEvent, type UplinkState } from './uplink.ts';
import { readServerMessage } from './wire.ts';

const PING_EVERY_MS = 20_000;
const SILENT_AFTER_MS = 50_000;
const OPEN_WITHIN_MS = 10_000;
const TICK_MS = 1_000;
/** A server may answer nonsense once; more often than this it is not the server we were told of. */
const NONSENSE_ALLOWED = 3;
/** After so many failures in a row the person is told. */
const FAILURES_UNTOLD = 3;

export interface ConnectionParts {
  outbox: Outbox;
  openSocket(url: string): WebSocket;
  settings(): Promise<{ serverUrl: string; token: string }>;
  link: LinkStore;
  raise(told: Told): Promise<void>;
  settle(code: string): Promise<void>;
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
  #openedAt = 0;
  #heardAt = 0;
  #pingedAt = 0;
  #nonsense = 0;
  readonly #outbound: Outbound;
  readonly #retries: Retries;

  constructor(private readonly parts: ConnectionParts) {
    this.#outbound = new Outbound(parts);
    this.#retries = new Retries(parts, () => void this.wake());
  }

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
      await this.parts.link.write({ status: 'idle', attempt: 0 });
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
    if (!(await this.#retries.isDue())) return;
    const { serverUrl } = await this.parts.settings();
    if (!serverUrl) return this.#block(serverMissing);
    const link = await this.parts.link.read();
    await this.parts.link.write({ ...link, status: 'connecting' });
    this.#openedAt = this.parts.now();
    this.#heardAt = this.#openedAt;
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
      await this.#block(serverAddress);
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
    await this.parts.raise(serverNonsense);
    socket.close();
    await this.#lost(socket);
  }

  async #take(socket: WebSocket, step: Step): Promise<void> {
    this.#uplink = step.state;
    if (step.event) await this.#happened(socket, step.event);
    for (const send of step.sends) if (send.kind === 'message') await this.#outbound.say(socket, send.message);
  }

  async #happened(socket: WebSocket, event: UplinkEvent): Promise<void> {
    if (event.type === 'closed') return this.#refused(socket, event.code);
    if (event.type === 'nonsense') return this.#sawNonsense(socket);
    await apply(this.parts, this.#recording!, event);
    if (event.type === 'opened') await this.parts.link.write({ status: 'open', attempt: 0 });
    if (event.type !== 'sealed') return;
    // This session takes no more. What is left, of this recording or another, begins a new one.
    this.#drop();
    await this.#advance();
  }

  async #refused(socket: WebSocket, code: string): Promise<void> {
    const key = this.#recording;
    this.#drop();
    if (code === 'consent-missing' && key && (await this.parts.outbox.recording(key))?.status === 'withdrawing') {
      // What was to be taken back is erased already.
      await this.parts.outbox.erase(key, 'deleted');
      return this.parts.link.write({ status: 'idle', attempt: 0 });
    }
    if (isWorthReconnecting(code)) return this.#retryLater(code);
    await this.#block(refused(code), code);
    socket.close();
  }

  async #pump(socket: WebSocket, recording: Recording): Promise<void> {
    for (;;) {
      const uplink = this.#uplink;
      if (!uplink || socket !== this.#socket || socket.readyState !== socket.OPEN) return;
      const step = plan(uplink, await this.#outbound.view(uplink, recording), this.parts.now());
      this.#uplink = step.state;
      for (const send of step.sends) await this.#outbound.send(socket, recording.key, step.state, send);
      if (step.sends.length === 0) return;
    }
  }

  async #tick(socket: WebSocket): Promise<void> {
    if (socket !== this.#socket) return;
    const now = this.parts.now();
    const isOpeningTooLong = socket.readyState === socket.CONNECTING && now - this.#openedAt > OPEN_WITHIN_MS;
    if (isOpeningTooLong || now - this.#heardAt > SILENT_AFTER_MS) {
      socket.close();
      return this.#lost(socket);
    }
    if (this.#uplink && now - this.#pingedAt >= PING_EVERY_MS) {
      this.#pingedAt = now;
      await this.#outbound.say(socket, { type: 'ping', at: now });
    }
    await this.#advance();
  }

  async #lost(socket: WebSocket): Promise<void> {
    if (socket !== this.#socket) return;
    this.#drop();
    await this.#retryLater('connection-lost');
  }

  async #retryLater(code: string): Promise<void> {
    const failures = await this.#retries.later(code);
    if (failures >= FAILURES_UNTOLD) await this.parts.raise(serverAway);
  }

  /** Nothing more is tried before a person changed something. */
  async #block(told: Told, code = told.code): Promise<void> {
    await this.parts.link.write({ status: 'blocked', attempt: 0, code });
    await this.parts.raise(told);
  }

  #drop(): void {
    clearInterval(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#uplink = undefined;
    this.#recording = undefined;
    socket?.close();
  }
}
