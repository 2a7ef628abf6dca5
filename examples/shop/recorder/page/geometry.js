/**
 * Boxes in CSS pixels of the top viewport. A frame does not know where it lies, so the recorder says so before each use.
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').Rect} Rect
 */
let frameOffset = { x: 0, y: 0 };

/** @param {number} value */
const rounded = (value) => Math.round(value * 10) / 10;

/** @param {DOMRect} rect @returns {Rect} */
const inTopViewport = (rect) => ({
  x: rounded(rect.x + frameOffset.x), y: rounded(rect.y + frameOffset.y), width: rounded(rect.width), height: rounded(rect.height),
});

/** @param {Element} element */
const boxOf = (element) => inTopViewport(element.getBoundingClientRect());

/** @param {Rect} box */
const middleOf = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** The share of `box` that lies within a viewport. @param {Rect} box @param {{ width: number, height: number }} viewport */
function visibleShare(box, viewport) {
  const width = Math.max(0, Math.min(box.x + box.width, viewport.width) - Math.max(box.x, 0));
  const height = Math.max(0, Math.min(box.y + box.height, viewport.height) - Math.max(box.y, 0));
  return box.width * box.height === 0 ? 0 : Math.round((100 * width * height) / (box.width * box.height)) / 100;
}
