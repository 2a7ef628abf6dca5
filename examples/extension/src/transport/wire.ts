import type { BlobDescriptor, ClientMessage, ServerMessage } from '../protocol.ts';

const KIND_BLOB = 1;
const KIND_COMPRESSED = 2;
const HEADER_BYTES = 5;
/** Below this gzip saves nothing worth its time. */
const COMPRESS_ABOVE = 1_024;

/** A blob as a binary message: kind, length of the descriptor, descriptor, bytes. */
export function encodeBlob(descriptor: BlobDescriptor, bytes: ArrayBuffer): Uint8Array<ArrayBuffer> {
  return join(KIND_BLOB, new TextEncoder().encode(JSON.stringify(descriptor)), new Uint8Array(bytes));
}

/** The type is written first; the server then needs no second pass to find it. */
export async function encodeMessage(message: ClientMessage): Promise<string | Uint8Array<ArrayBuffer>> {
  const { type, ...rest } = message;
  const text = JSON.stringify({ type, ...rest });
  return text.length > COMPRESS_ABOVE && message.type === 'batch' ? join(KIND_COMPRESSED, new Uint8Array(), await gzip(text)) : text;
}

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function join(kind: number, descriptor: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_BYTES + descriptor.length + bytes.length);
  message[0] = kind;
  new DataView(message.buffer).setUint32(1, descriptor.length);
  message.set(descriptor, HEADER_BYTES);
  message.set(bytes, HEADER_BYTES + descriptor.length);
  return message;
}

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown) => typeof value === 'string';
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isResumed = (value: unknown) => isObject(value) && isText(value.sessionId) && isNumber(value.epoch) && isNumber(value.through) && typeof value.sealed === 'boolean';

/** The fields the recorder relies on; a message without them is nonsense, whatever else it holds. */
const shapes: { [type: string]: (message: Record<string, unknown>) => boolean } = {
  welcome: (m) => isText(m.protocol) && isObject(m.limits) && Object.values(m.limits).every(isNumber) && (m.resumed === undefined || m.resumed === null || isResumed(m.resumed)),
  'session.started': isResumed,
  ack: (m) => isNumber(m.through) && (m.blobs === undefined || (Array.isArray(m.blobs) && m.blobs.every(isText))),
  resend: (m) => isNumber(m.from),
  reject: (m) => isText(m.code),
  update: (m) => isNumber(m.findings),
  notice: (m) => isText(m.code) && isText(m.message) && isText(m.level),
  throttle: (m) => isNumber(m.retryAfterMs),
  summary: (m) => isNumber(m.through),
  pong: () => true,
  close: (m) => isText(m.code),
};

/** Reads a message of the server; nothing for what is not one. Types of a later version are nothing too. */
export function readServerMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    if (!isObject(message) || !isText(message.type)) return undefined;
    return Object.hasOwn(shapes, message.type as string) && shapes[message.type as string]!(message) ? (message as unknown as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}
