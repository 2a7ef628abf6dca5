import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { type WebSocket, WebSocketServer } from 'ws';
import type { BlobDescriptor, CaptureGap, InteractionData, ServerMessage, SessionStart } from '../src/protocol.ts';

/** One session as the server holds it: what is durable, by place. */
export interface FakeSession {
  id: string;
  start: SessionStart;
  epoch: number;
  places: Map<number, { interaction?: InteractionData; gap?: CaptureGap }>;
  sealed: boolean;
  outcome?: string;
}

/** What a test wants the server to do wrong. */
export interface Misbehaviour {
  /** Answers every `hello` with this instead of a welcome. */
  greeting?: string;
  /** Closes with this code instead of welcoming. */
  refuse?: string;
  /** Says nothing at all. */
  silent?: boolean;
  /** Drops the connection after so many messages, before answering the last one. */
  dropAfter?: number;
  /** Sends this after each batch, besides the acknowledgement. */
  alsoSend?: string;
  /** Keeps acknowledgements back. */
  withholdAcks?: boolean;
}

/** A small server that speaks the protocol, strictly towards the client and, when told to, badly by itself. */
export class FakeServer {
  readonly sessions = new Map<string, FakeSession>();
  readonly blobs = new Map<string, { descriptor: BlobDescriptor; bytes: Buffer }>();
  /** Every byte that came in, as it came and inflated. */
  readonly received: Buffer[] = [];
  /** What the client did that the protocol forbids. */
  readonly violations: string[] = [];
  connections = 0;
  bad: Misbehaviour = {};
  #open = new Set<WebSocket>();
  /** Who took the agreement back, as `POST /v1/subjects/NAME/withdrawal` told it. */
  readonly withdrawals: string[] = [];
  #server = createServer((request, response) => {
    const [, subject] = /^\/v1\/subjects\/([^/]+)\/withdrawal$/.exec(request.url ?? '') ?? [];
    if (subject && request.method === 'POST') this.withdrawals.push(decodeURIComponent(subject));
    response.writeHead(subject ? 204 : 404).end();
  });
  #sockets = new WebSocketServer({ server: this.#server, handleProtocols: (offered) => (offered.has('codesight.v1') ? 'codesight.v1' : false) });

  static async start(port = 0): Promise<FakeServer> {
    const fake = new FakeServer();
    fake.#sockets.on('connection', (socket) => fake.#serve(socket));
    await new Promise<void>((resolve) => { fake.#server.listen(port, '127.0.0.1', resolve); });
    return fake;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/v1/stream`;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  session(): FakeSession {
    const [session] = [...this.sessions.values()].slice(-1);
    if (!session) throw new Error('no session was started');
    return session;
  }

  interactions(): InteractionData[] {
    const { places } = this.session();
    return [...places.keys()].sort((a, b) => a - b).flatMap((place) => places.get(place)!.interaction ?? []);
  }

  gaps(): CaptureGap[] {
    return [...this.session().places.values()].flatMap(({ gap }) => gap ?? []);
  }

  /** Cuts every connection, as a network does. */
  cut(): void {
    for (const socket of this.#open) socket.terminate();
  }

  /** Goes away as a server does that is restarted: nobody listens, and everything durable is still there afterwards. */
  async leave(): Promise<() => Promise<void>> {
    const { port } = this;
    await this.stop();
    return () => new Promise<void>((resolve) => { this.#server.listen(port, '127.0.0.1', resolve); });
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()); });
  }

  #serve(socket: WebSocket): void {
    this.connections += 1;
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => undefined);
    let messages = 0;
    let session: FakeSession | undefined;
    let epoch = 0;
    const send = (message: ServerMessage) => socket.send(JSON.stringify(message));
    const ack = (blobs: string[] = []) => {
      if (!this.bad.withholdAcks) send({ type: 'ack', sessionId: session!.id, through: this.#through(session!), blobs });
    };
    const open = (found: FakeSession) => {
      session = found;
      found.epoch += 1;
      epoch = found.epoch;
      return { sessionId: found.id, epoch, through: this.#through(found), sealed: found.sealed };
    };
    socket.on('message', (data: Buffer, isBinary) => {
      messages += 1;
      this.received.push(data);
      if (this.bad.dropAfter !== undefined && messages >= this.bad.dropAfter) return socket.terminate();
      if (this.bad.silent) return;
      if (isBinary && data[0] === 1) {
        const length = data.readUInt32BE(1);
        const descriptor = JSON.parse(data.subarray(5, 5 + length).toString()) as BlobDescriptor;
        const bytes = data.subarray(5 + length);
        this.received.push(bytes);
        if (createHash('sha256').update(bytes).digest('hex') !== descriptor.hash) this.violations.push('blob hash');
        if (descriptor.epoch !== epoch) this.violations.push('blob epoch');
        this.blobs.set(descriptor.hash, { descriptor, bytes });
        return ack([descriptor.hash]);
      }
      const text = isBinary ? gunzipSync(data.subarray(5)).toString() : data.toString();
      if (isBinary) this.received.push(Buffer.from(text));
      if (!text.startsWith('{"type":"')) this.violations.push('type is not first');
      const message = JSON.parse(text);
      switch (message.type) {
        case 'hello': {
          if (this.bad.greeting !== undefined) return socket.send(this.bad.greeting);
          if (this.bad.refuse) {
            send({ type: 'close', code: this.bad.refuse as never, reason: 'as told' });
            return socket.close(4001);
          }
          const found = message.resume && this.sessions.get(message.resume.sessionId);
          return send({
            type: 'welcome', protocol: 'codesight.v1', serverTime: Date.now(), clockOffsetMs: 0, flags: {},
            limits: { maxMessageBytes: 1 << 20, maxBlobBytes: 10 << 20, maxBatch: 256, credit: 64, blobCredit: 4, idleTimeoutMs: 90_000 },
            ...(found && { resumed: open(found) }),
          } as ServerMessage);
        }
        case 'session.start': {
          const { type, ...start } = message as SessionStart & { type: string };
          const known = [...this.sessions.values()].find((each) => each.start.key === start.key);
          const found = known ?? { id: `s-${this.sessions.size + 1}`, start, epoch: 0, places: new Map(), sealed: false };
          this.sessions.set(found.id, found);
          return send({ type: 'session.started', ...open(found) });
        }
        case 'batch':
        case 'gap': {
          if (!session || message.epoch !== epoch || message.sessionId !== session.id) return this.violations.push('address');
          if (session.sealed) {
            send({ type: 'close', code: 'session-sealed', reason: 'heard nothing for too long' });
            return socket.close(4001);
          }
          const first: number = message.type === 'batch' ? message.firstSeq : message.seq;
          if (first > this.#through(session) + 1) return send({ type: 'resend', sessionId: session.id, from: this.#through(session) + 1 });
          const entries = message.type === 'batch' ? message.interactions.map((interaction: InteractionData) => ({ interaction })) : [{ gap: message.gap }];
          entries.forEach((entry: object, at: number) => {
            if (!session!.places.has(first + at)) session!.places.set(first + at, entry);
          });
          send({ type: 'update', sessionId: session.id, through: this.#through(session), findings: 2, gaps: 1, quality: 87.4 });
          if (this.bad.alsoSend !== undefined) socket.send(this.bad.alsoSend);
          return ack();
        }
        case 'session.stop': {
          if (!session) return this.violations.push('stop without a session');
          if (message.lastSeq < this.#through(session)) this.violations.push('stop too early');
          if (message.lastSeq > this.#through(session)) return send({ type: 'resend', sessionId: session.id, from: this.#through(session) + 1 });
          session.sealed = true;
          session.outcome = message.outcome;
          return send({ type: 'summary', sessionId: session.id, through: this.#through(session), rejected: 0 });
        }
        case 'ping':
          return send({ type: 'pong', at: message.at, serverTime: Date.now() });
        default:
          this.violations.push(`unknown type ${message.type}`);
      }
    });
  }

  #through(session: FakeSession): number {
    let through = 0;
    while (session.places.has(through + 1)) through += 1;
    return through;
  }
}
