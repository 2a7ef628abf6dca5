/**
 * Which fields are personal. Passwords and security codes are dropped here, at the source: neither their value nor its
 * length is ever sent. All other personal fields are painted over in the frames; their values are sent as they are,
 * because this recording exists to show what the server does with them.
 * @typedef {{ box: Rect, reason: 'sensitive-field' | 'detected-text' }} SensitiveBox
 */
const droppedTokens = /(^|\s)(current-password|new-password|one-time-code|cc-csc)(\s|$)/;
const personalTokens = /(^|\s)(username|email|tel|name|given-name|family-name|street-address|address-line\d|address-level\d|postal-code|cc-number|cc-exp|cc-name)(\s|$)/;
const personalTypes = new Set(['email', 'tel', 'password']);
/** Free text may hold anything. */
const freeTextNames = /note|comment|message/i;

/** @param {Element} element @returns {element is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */
const isField = (element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;

/** @param {Element} element */
const isDropped = (element) => (element instanceof HTMLInputElement && element.type === 'password')
  || droppedTokens.test(element.getAttribute('autocomplete') ?? '');

/** @param {Element} element */
const isPersonal = (element) => isField(element) && (isDropped(element) || personalTypes.has(element.type)
  || personalTokens.test(element.autocomplete) || freeTextNames.test(element.name));

/** Boxes of the text nodes that show a known word, such as the name of the person who signed in. @param {string[]} knownWords */
function* boxesOfKnownText(knownWords) {
  if (knownWords.length === 0) return;
  const escaped = knownWords.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const known = new RegExp(`(?<![\\p{L}\\p{N}])(${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
  for (const element of [document.body, ...everyElement(document.body)]) {
    for (const holder of [element, shadowRootOf(element)]) {
      for (const node of holder?.childNodes ?? []) {
        if (node.nodeType !== Node.TEXT_NODE || !known.test(node.textContent ?? '')) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects()) yield inTopViewport(rect);
      }
    }
  }
}

/** Everything to paint over in this frame. @param {string[]} knownWords @returns {SensitiveBox[]} */
function sensitiveBoxes(knownWords) {
  /** @type {SensitiveBox[]} */
  const boxes = [];
  for (const element of everyElement(document)) {
    if (isPersonal(element) && isShown(element)) boxes.push({ box: boxOf(element), reason: 'sensitive-field' });
  }
  for (const box of boxesOfKnownText(knownWords)) boxes.push({ box, reason: 'detected-text' });
  return boxes.filter(({ box }) => box.width > 0 && box.height > 0);
}
