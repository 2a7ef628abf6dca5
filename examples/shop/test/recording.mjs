/** Reads the committed recording back and checks it: shapes, hashes, order, places, boxes, planted values. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import Ajv2020 from 'ajv/dist/2020.js';
import { plantedIn } from '../recorder/planted.js';
import { readRecording, sha256 } from '../recorder/wire-file.js';

const read = (path) => readFile(new URL(path, import.meta.url));
const largestFile = 2_500_000;
const [file, planted, schema] = [
  await read('../recording/shopping-session.wire'),
  JSON.parse(await read('../recording/planted.json')),
  JSON.parse(await read('../../../codesight-core/schema/codesight.v1.schema.json')),
];
const messages = readRecording(file);

function checkShapes() {
  // The formats are those of Rust's numbers, which say nothing that minimum and type do not.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).addSchema(schema, 'codesight');
  const validators = { text: ajv.getSchema('codesight#/$defs/ClientMessage'), blob: ajv.getSchema('codesight#/$defs/BlobDescriptor') };
  messages.forEach(({ text, blob }, at) => {
    const validate = text ? validators.text : validators.blob;
    assert.ok(validate(text ?? blob), `message ${at}: ${ajv.errorsText(validate.errors)}`);
    if (text) assert.equal(Object.keys(text)[0], 'type');
  });
  assert.equal(messages[0].text.type, 'session.start');
  assert.equal(messages.at(-1).text.type, 'session.stop');
}

/** Width and height from the start-of-frame segment of a JPEG. */
function jpegSize(bytes) {
  assert.equal(bytes.readUInt16BE(0), 0xffd8);
  for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1];
    if (marker >= 0xc0 && marker <= 0xc3) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
  }
}

function checkShots(interaction, frames) {
  assert.deepEqual(interaction.screenshots.map(({ relation }) => relation), ['before', 'after']);
  const [before, after] = interaction.screenshots;
  assert.ok(before.lagMs < 0 && after.lagMs > 0, 'the frame before is older than the action, the one after is younger');
  for (const shot of interaction.screenshots) {
    const size = frames.get(shot.hash);
    assert.ok(size, 'a frame is sent before the interaction that shows it');
    assert.deepEqual({ width: shot.width, height: shot.height }, size);
    assert.deepEqual(size, { width: shot.viewport.width * shot.viewport.devicePixelRatio, height: shot.viewport.height * shot.viewport.devicePixelRatio });
    assert.equal(shot.lagMs, shot.capturedAt - interaction.timestamp);
    for (const { box } of shot.redactions) assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height);
  }
}

function checkTarget({ coordinates, element, selectors, screenshots: [before] }) {
  if (element?.fieldPolicy === 'drop') assert.equal(element.value, undefined);
  if (!element) return;
  const { x, y, width, height } = element.box;
  if (coordinates) assert.ok(coordinates.x >= x && coordinates.x <= x + width && coordinates.y >= y && coordinates.y <= y + height, 'the point lies in the box');
  if (/password|cc-|email|tel|name|address|postal/.test(element.attributes.autocomplete ?? '')) {
    const isPainted = before.redactions.some(({ box }) => box.x <= x + 1 && box.y <= y + 1 && box.x + box.width >= x + width - 1 && (box.y + box.height >= y + height - 1 || box.y + box.height === before.height));
    assert.ok(isPainted, `${element.name} is painted over`);
  }
  const all = [selectors.primary, ...selectors.alternatives.map(({ value }) => value)];
  assert.deepEqual(all, selectors.reliability.map(({ selector }) => selector), 'one verdict for each selector, in the same order');
  assert.ok(selectors.reliability.every(({ matches }) => matches === 1));
  assert.ok(all.every((value) => !/_[a-z0-9]{5}\b/.test(value)), 'no class name made by a build tool');
}

/** Interactions and gaps take their places without holes; blobs come before what refers to them. */
function checkOrder() {
  const [frames, interactions] = [new Map(), []];
  let [place, previousAt] = [0, 0];
  for (const { text, blob, kind, payload } of messages) {
    if (blob) {
      assert.equal(kind, 1);
      assert.equal(sha256(payload), blob.hash);
      assert.ok(!frames.has(blob.hash), 'a frame is sent once');
      frames.set(blob.hash, jpegSize(payload));
    } else if (text.type === 'gap') {
      assert.equal(text.seq, place += 1);
      assert.ok(text.gap.until > text.gap.from && text.gap.lost > 0);
    } else if (text.type === 'batch') {
      assert.equal(text.firstSeq, place + 1);
      place += text.interactions.length;
      for (const interaction of text.interactions) {
        assert.ok(interaction.timestamp > previousAt);
        previousAt = interaction.timestamp;
        checkShots(interaction, frames);
        checkTarget(interaction);
        interactions.push(interaction);
      }
    } else if (text.type === 'session.stop') assert.equal(text.lastSeq, place);
  }
  return { frames, interactions };
}

/** What is planted is there, so that a masker has something to find; what is dropped is nowhere. */
function checkPlanted() {
  assert.deepEqual(plantedIn(messages), planted.values, 'planted.json tells where the values are');
  const texts = messages.filter(({ text }) => text).map(({ text }) => JSON.stringify(text).replace(/\b[0-9a-f]{64}\b/g, ''));
  for (const value of planted.dropped) {
    const alone = new RegExp(`(?<![\\w.])${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.])`);
    assert.ok(texts.every((text) => !alone.test(text)), 'a dropped value is in the recording');
  }
}

assert.ok(file.length < largestFile, `${file.length} bytes are too many`);
checkShapes();
const { frames, interactions } = checkOrder();
checkPlanted();
console.log(`ok: ${interactions.length} interactions, ${frames.size} frames and ${planted.values.length} planted places in ${(file.length / 1e6).toFixed(2)} MB`);
