/**
 * Recordings as files: a first line, then messages. A message is one byte (0 text, 1 binary), its length as four bytes
 * big-endian, and its bytes. codesight-core/src/wire/recording.rs reads the same.
 * @typedef {import('../../../codesight-core/schema/codesight.v1').InteractionData} InteractionData
 * @typedef {import('../../../codesight-core/schema/codesight.v1').SessionStart} SessionStart
 * @typedef {import('../../../codesight-core/schema/codesight.v1').CaptureGap} CaptureGap
 */
import { createHash } from 'node:crypto';

const firstLine = 'codesight.v1 recording\n';
const blobKind = 1;
/** Those of the recording; a replay puts in the ones it is given. */
const place = { sessionId: 'recording', epoch: 1 };
const largestBatch = 3;

/** @param {number} kind @param {Buffer} body */
function framed(kind, body) {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

export const sha256 = (/** @type {Buffer | string} */ bytes) => createHash('sha256').update(bytes).digest('hex');

export class RecordingWriter {
  /** @type {Buffer[]} */
  #messages = [Buffer.from(firstLine)];
  /** @type {InteractionData[]} */
  #pending = [];
  #hashes = new Set();
  #lastSeq = 0;

  /** @param {SessionStart} start */
  constructor(start) {
    this.#text({ type: 'session.start', ...start });
  }

  /** Keeps a frame, once, and gives its hash. @param {Buffer} bytes @param {string} mediaType */
  frame(bytes, mediaType) {
    const hash = sha256(bytes);
    if (!this.#hashes.has(hash)) {
      this.#hashes.add(hash);
      const descriptor = framed(blobKind, Buffer.from(JSON.stringify({ ...place, role: 'frame', hash, mediaType })));
      this.#messages.push(framed(1, Buffer.concat([descriptor, bytes])));
    }
    return hash;
  }

  /** @param {InteractionData} interaction */
  interaction(interaction) {
    this.#pending.push(interaction);
    if (this.#pending.length === largestBatch) this.flush();
  }

  /** @param {CaptureGap} gap */
  gap(gap) {
    this.flush();
    this.#lastSeq += 1;
    this.#text({ type: 'gap', ...place, seq: this.#lastSeq, gap });
  }

  flush() {
    if (this.#pending.length === 0) return;
    this.#text({ type: 'batch', ...place, firstSeq: this.#lastSeq + 1, interactions: this.#pending });
    this.#lastSeq += this.#pending.length;
    this.#pending = [];
  }

  /** Ends the recording and gives the whole file. @param {string} outcome */
  finish(outcome) {
    this.flush();
    this.#text({ type: 'session.stop', ...place, lastSeq: this.#lastSeq, outcome });
    return Buffer.concat(this.#messages);
  }

  /** @param {{ type: string, [field: string]: unknown }} message */
  #text(message) {
    this.#messages.push(framed(0, Buffer.from(JSON.stringify(message))));
  }
}

/** Reads a recording: text messages parsed, blobs as their descriptor and bytes. @param {Buffer} file */
export function readRecording(file) {
  if (file.toString('latin1', 0, firstLine.length) !== firstLine) throw new Error('this is no recording of codesight.v1');
  const messages = [];
  for (let at = firstLine.length; at < file.length;) {
    const [kind, end] = [file[at], at + 5 + file.readUInt32BE(at + 1)];
    if (end > file.length || kind > 1) throw new Error('the recording is damaged');
    const body = file.subarray(at + 5, end);
    if (kind === 0) messages.push({ text: JSON.parse(body.toString()), bytes: body.length });
    else {
      const middle = 5 + body.readUInt32BE(1);
      messages.push({ blob: JSON.parse(body.subarray(5, middle).toString()), kind: body[0], payload: body.subarray(middle) });
    }
    at = end;
  }
  return messages;
}
