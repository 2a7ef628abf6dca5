/**
 * Frames: pixels from the browser, sensitive boxes painted over, then encoded. The painting happens in a page of its own,
 * so that neither the shop nor what is observed of it changes.
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').Frame} Frame
 * @typedef {import('../../../codesight-core/schema/codesight.v1').Rect} Rect
 * @typedef {import('../../../codesight-core/schema/codesight.v1').Redaction} Redaction
 */
export const frameMediaType = 'image/jpeg';
/** Low on purpose: the file lies in the repository. */
const quality = 0.25;

/** Where a frame's content begins in the top viewport. @param {Frame} frame @returns {Promise<{ x: number, y: number }>} */
export async function offsetOf(frame) {
  if (!frame.parentFrame()) return { x: 0, y: 0 };
  const holder = await frame.frameElement();
  const inner = await holder.evaluate((node) => {
    const element = /** @type {HTMLElement} */ (node);
    const { x, y } = element.getBoundingClientRect();
    const { paddingLeft, paddingTop } = getComputedStyle(element);
    return { x: x + element.clientLeft + parseFloat(paddingLeft), y: y + element.clientTop + parseFloat(paddingTop) };
  });
  const outer = await offsetOf(/** @type {Frame} */ (frame.parentFrame()));
  return { x: outer.x + inner.x, y: outer.y + inner.y };
}

/** Whole pixels, within the viewport; nothing when there is nothing to see. @param {Rect} box @param {{ width: number, height: number }} viewport */
function clipped(box, viewport) {
  const [left, top] = [Math.max(0, Math.floor(box.x)), Math.max(0, Math.floor(box.y))];
  const [right, bottom] = [Math.min(viewport.width, Math.ceil(box.x + box.width)), Math.min(viewport.height, Math.ceil(box.y + box.height))];
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

/** Runs in the painting page. @param {{ pixels: string, boxes: Rect[], mediaType: string, quality: number }} order */
async function paintAndEncode({ pixels, boxes, mediaType, quality }) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${pixels}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.drawImage(image, 0, 0);
  for (const { x, y, width, height } of boxes) context.fillRect(x, y, width, height);
  const encoded = new Uint8Array(await (await canvas.convertToBlob({ type: mediaType, quality })).arrayBuffer());
  return { width: image.width, height: image.height, data: btoa(Array.from(encoded, (byte) => String.fromCharCode(byte)).join('')) };
}

export class FrameSource {
  #page;
  #painter;
  #devTools;

  /** @param {Page} page @param {Page} painter */
  constructor(page, painter) {
    this.#page = page;
    this.#painter = painter;
    this.#devTools = page.context().newCDPSession(page);
  }

  /**
   * Takes a frame. Boxes are measured before and after the pixels and all of them painted: what moves in between is
   * covered where it was and where it is.
   * @param {string[]} knownWords
   */
  async take(knownWords) {
    const viewport = this.#page.viewportSize() ?? { width: 0, height: 0 };
    const before = await this.#redactions(knownWords, viewport);
    const scroll = await this.#page.evaluate(() => ({ x: scrollX, y: scrollY }));
    const capturedAt = Date.now();
    const { data: pixels } = await (await this.#devTools).send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
    const after = await this.#redactions(knownWords, viewport);
    const known = new Set();
    const redactions = [...before, ...after].filter((each) => !known.has(JSON.stringify(each)) && known.add(JSON.stringify(each)));
    const encoded = await this.#painter.evaluate(paintAndEncode, { pixels, boxes: redactions.map(({ box }) => box), mediaType: frameMediaType, quality });
    return {
      bytes: Buffer.from(encoded.data, 'base64'),
      facts: { mediaType: frameMediaType, width: encoded.width, height: encoded.height, capturedAt, viewport: { ...viewport, devicePixelRatio: 1 }, scroll, redactions },
    };
  }

  /** @param {string[]} knownWords @param {{ width: number, height: number }} viewport @returns {Promise<Redaction[]>} */
  async #redactions(knownWords, viewport) {
    const found = [];
    for (const frame of this.#page.frames()) {
      const offset = await offsetOf(frame);
      // A frame without the capture script, such as a blank page, has nothing of the shop in it.
      const question = { words: knownWords, offset };
      found.push(...await frame.evaluate(({ words, offset: at }) => globalThis.codesightCapture?.sensitiveBoxes(words, at) ?? [], question));
    }
    return found.flatMap(({ box, reason }) => {
      const visible = clipped(box, viewport);
      return visible ? [{ box: visible, reason }] : [];
    });
  }
}
