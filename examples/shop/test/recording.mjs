/** Reads the committed recordings back and checks them: shapes, hashes, order, places, boxes, planted values. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import Ajv2020 from 'ajv/dist/2020.js';
import { plantedIn } from '../recorder/planted.js';
import { readRecording, sha256 } from '../recorder/wire-file.js';

const read = (path) => readFile(new URL(path, import.meta.url));
const [planted, schema] = [JSON.parse(await read('../recording/planted.json')), JSON.parse(await read('../../../codesight-core/schema/codesight.v1.schema.json'))];
// The formats are those of Rust's numbers, which say nothing that minimum and type do not.
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).addSchema(schema, 'codesight');
const validators = { text: ajv.getSchema('codesight#/$defs/ClientMessage'), blob: ajv.getSchema('codesight#/$defs/BlobDescriptor') };

function checkShapes(messages) {
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

/** Of a PNG from its first chunk. What is photographed in a hurry is a JPEG. */
const imageSize = (bytes) => (bytes.toString('latin1', 1, 4) === 'PNG' ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : jpegSize(bytes));

function checkShots(interaction, frames) {
  for (const shot of interaction.screenshots ?? []) {
    const size = frames.get(shot.hash);
    assert.ok(size, 'a frame is sent before the interaction that shows it');
    assert.deepEqual({ width: shot.width, height: shot.height }, size);
    assert.deepEqual(size, { width: shot.viewport.width * shot.viewport.devicePixelRatio, height: shot.viewport.height * shot.viewport.devicePixelRatio });
    assert.equal(shot.lagMs, shot.capturedAt - interaction.timestamp);
    for (const { box } of shot.redactions) assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height);
  }
}

/** Of a recorder whose every action waits for its pictures. */
function checkPair({ screenshots }) {
  assert.deepEqual(screenshots.map(({ relation }) => relation), ['before', 'after']);
  assert.ok(screenshots[0].lagMs < 0 && screenshots[1].lagMs > 0, 'the frame before is older than the action, the one after is younger');
}

function checkTarget({ coordinates, element, selectors, screenshots }) {
  if (element?.fieldPolicy === 'drop') assert.equal(element.value ?? undefined, undefined);
  if (!element) return;
  const { x, y, width, height } = element.box;
  if (coordinates) assert.ok(coordinates.x >= x && coordinates.x <= x + width && coordinates.y >= y && coordinates.y <= y + height, 'the point lies in the box');
  const before = screenshots?.find(({ relation }) => relation === 'before');
  if (before && /password|cc-|email|tel|name|address|postal/.test(element.attributes.autocomplete ?? '')) {
    // A field that lies across the border of what is seen is painted as far as it is seen.
    const [right, bottom] = [Math.min(x + width, before.viewport.width), Math.min(y + height, before.viewport.height)];
    const isPainted = before.redactions.some(({ box }) => box.x <= x + 1 && box.y <= Math.max(0, y) + 1 && box.x + box.width >= right - 1 && box.y + box.height >= bottom - 1);
    assert.ok(isPainted, `${element.name} is painted over`);
  }
  const all = [selectors.primary, ...selectors.alternatives.map(({ value }) => value)];
  assert.deepEqual(all, selectors.reliability.map(({ selector }) => selector), 'one verdict for each selector, in the same order');
  assert.ok(selectors.reliability.every(({ matches }) => matches === 1));
  for (const value of all) assert.doesNotMatch(value, /_[a-z0-9]{5}\b/);
}

/** Interactions and gaps take their places without holes; blobs come before what refers to them. */
function checkOrder(messages, sizeOf, checkInteraction) {
  const frames = new Map();
  let [place, previousAt, interactions] = [0, 0, 0];
  for (const { text, blob, kind, payload } of messages) {
    if (blob) {
      assert.equal(kind, 1);
      assert.equal(sha256(payload), blob.hash);
      assert.ok(!frames.has(blob.hash), 'a frame is sent once');
      frames.set(blob.hash, sizeOf(payload));
    } else if (text.type === 'gap') {
      assert.equal(text.seq, place += 1);
      if (text.gap.until) assert.ok(text.gap.until > text.gap.from);
    } else if (text.type === 'batch') {
      assert.equal(text.firstSeq, place + 1);
      place += text.interactions.length;
      interactions += text.interactions.length;
      for (const interaction of text.interactions) {
        assert.ok(interaction.timestamp >= previousAt);
        previousAt = interaction.timestamp;
        checkShots(interaction, frames);
        checkInteraction(interaction);
      }
    } else if (text.type === 'session.stop') assert.equal(text.lastSeq, place);
  }
  return { frames, interactions };
}

/** What a recorder drops at the source is in no text it made. */
function checkDropped(messages) {
  const texts = messages.filter(({ text }) => text).map(({ text }) => JSON.stringify(text).replace(/\b[0-9a-f]{64}\b/g, ''));
  for (const value of planted.dropped) {
    const alone = new RegExp(`(?<![\\w.])${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.])`);
    assert.ok(texts.every((text) => !alone.test(text)), 'a dropped value is in the recording');
  }
}

/** @param {{ name: string, most: number, sizeOf: Function, check: Function, plants: object[] }} expected */
async function checkRecording({ name, most, sizeOf, check, plants }) {
  const file = await read(`../recording/${name}`);
  const messages = readRecording(file);
  assert.ok(file.length < most, `${name}: ${file.length} bytes are too many`);
  checkShapes(messages);
  const { frames, interactions } = checkOrder(messages, sizeOf, check);
  checkDropped(messages);
  assert.deepEqual(plantedIn(messages), plants);
  console.log(`ok: ${name}: ${interactions} interactions, ${frames.size} frames and ${plants.length} planted places in ${(file.length / 1e6).toFixed(2)} MB`);
  return messages;
}

const recorded = await checkRecording({ name: 'shopping-session.wire', most: 12_000_000, sizeOf: imageSize, check: checkTarget, plants: [] });
const kinds = recorded.flatMap(({ text }) => (text?.type === 'gap' ? [text.gap.kind] : []));
const formats = recorded.flatMap(({ blob }) => (blob ? [blob.mediaType] : []));
assert.ok(formats.filter((each) => each === 'image/png').length > formats.length * 0.8, 'nearly every frame is exact');
assert.ok(kinds.includes('excluded') && kinds.includes('paused'), 'what was not recorded is told');
await checkRecording({
  name: 'unmasked-session.wire', most: 2_500_000, sizeOf: jpegSize, plants: planted.values,
  check: (interaction) => { checkPair(interaction); checkTarget(interaction); },
});
