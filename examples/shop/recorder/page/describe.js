/**
 * Describes the element at a point, and keeps it, so that what comes after the input is about the same one.
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').ElementData} ElementData
 */
/** @type {Element | undefined} */
let described;

/** @param {Element} element @returns {Record<string, string>} */
function attributesOf(element) {
  const kept = [...element.attributes].filter(({ name }) => name !== 'style' && !(name === 'value' && isDropped(element)));
  return Object.fromEntries(kept.map(({ name, value }) => [name, value]));
}

/** @param {Element} element */
function fingerprintOf(element) {
  const around = [element.previousElementSibling, element.nextElementSibling, element.parentElement?.previousElementSibling];
  const control = element instanceof HTMLLabelElement ? element.control : element;
  const href = element.getAttribute('href');
  return {
    indexedXpath: xpathOf(element, false), isButton: roleOf(element) === 'button',
    neighbourText: shortText(around.map((each) => (each instanceof HTMLElement && !isField(each) ? each.innerText : '')).filter(Boolean).join(' · '), 100) || null,
    siblingIndex: [...(element.parentNode?.children ?? [])].indexOf(element),
    properties: {
      tag: element.tagName.toLowerCase(), ...(control?.getAttribute('name') && { name: control.getAttribute('name') ?? '' }),
      ...(href && { href }), area: String(Math.round(element.getBoundingClientRect().width * element.getBoundingClientRect().height)),
    },
  };
}

/** @param {Element} element @param {string | undefined} frameOrigin @returns {ElementData} */
function elementData(element, frameOrigin) {
  const root = element.getRootNode();
  const control = element instanceof HTMLLabelElement ? element.control : element;
  const [role, name, text] = [roleOf(element), nameOf(element), isField(element) ? '' : visibleText(element)];
  const isChoice = control instanceof HTMLInputElement && (control.type === 'checkbox' || control.type === 'radio');
  return {
    tag: element.tagName.toLowerCase(), ...(role && { role }), ...(name && { name }), ...(text && { text }),
    ...valueOf(element), ...(isField(element) && { inputType: element.type }), ...(element instanceof HTMLButtonElement && { inputType: element.type }),
    attributes: attributesOf(element), box: boxOf(element), focused: focused() === element,
    ...(isChoice && { checked: control.checked }), ...('disabled' in element && { disabled: Boolean(element.disabled) }),
    ...(frameOrigin && { frameOrigin }), ...(root instanceof ShadowRoot && { shadowRoot: root.mode }), fingerprint: fingerprintOf(element),
  };
}

/** @param {Element} element @returns {Pick<ElementData, 'value' | 'fieldPolicy'>} */
function valueOf(element) {
  if (!isField(element)) return {};
  return isDropped(element) ? { fieldPolicy: 'drop' } : { value: element.value };
}

/**
 * Everything about the target at a point of this frame.
 * @param {{ x: number, y: number }} point
 * @param {{ x: number, y: number, top: { width: number, height: number } }} frame where it begins in the top viewport
 */
function describe(point, frame) {
  frameOffset = frame;
  const hit = elementAt(point.x, point.y) ?? document.body;
  const element = actedOn(hit);
  described = element;
  const box = boxOf(element);
  return {
    element: elementData(element, window.top === window ? undefined : location.origin),
    selectors: selectorsOf(element),
    visualContext: { box, visibleRatio: visibleShare(box, frame.top), occluded: !composedContains(element, hit), cursor: getComputedStyle(hit).cursor },
    nearbyElements: nearbyElements(element, { x: point.x + frame.x, y: point.y + frame.y }),
    domHierarchy: domHierarchy(element),
    form: formAround(element),
    isDropped: isDropped(element),
    isPersonal: isPersonal(element),
    isInClosedRoot: isClosed(element.getRootNode()),
  };
}

/** @param {Node} root */
const isClosed = (root) => root instanceof ShadowRoot && root.mode === 'closed';

/** Where the page stands, to compare it with what it becomes. */
function pageState() {
  const at = focused();
  return { url: location.href, cart: itemsInCart(), focus: at && shortSelector(at), quietMs: Date.now() - lastChangeAt, scroll: { x: scrollX, y: scrollY } };
}

/** The described element after the input, when it is still there. */
function describedNow() {
  if (!described?.isConnected) return undefined;
  const control = described instanceof HTMLLabelElement ? described.control : described;
  const isChoice = control instanceof HTMLInputElement && (control.type === 'checkbox' || control.type === 'radio');
  return { ...valueOf(described), ...(isChoice && { checked: control.checked }), form: formAround(described) };
}

const capture = {
  describe,
  describedNow,
  described: () => described,
  pageContext,
  sensitiveBoxes: (/** @type {string[]} */ words, /** @type {{ x: number, y: number }} */ offset) => {
    frameOffset = offset;
    return sensitiveBoxes(words);
  },
  watchChanges,
  changesSoFar,
  state: pageState,
};
// The one name this script leaves on a page.
globalThis.codesightCapture = capture;
