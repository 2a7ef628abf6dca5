/**
 * Shadow roots, closed ones included. An extension may ask the browser for a closed root; a plain script cannot, so it
 * notes every root as it is made. This is why the capture script runs before the page's own scripts.
 */
const rootsByHost = new WeakMap();
/** @type {((root: ShadowRoot) => void)[]} */
const onShadowRoot = [];
const attachShadow = Element.prototype.attachShadow;

Element.prototype.attachShadow = function attachAndNote(options) {
  const root = attachShadow.call(this, options);
  rootsByHost.set(this, root);
  for (const tell of onShadowRoot) tell(root);
  return root;
};

/** @param {Element} element @returns {ShadowRoot | undefined} */
const shadowRootOf = (element) => rootsByHost.get(element) ?? element.shadowRoot ?? undefined;

/** Every element below `root`, those in shadow roots too, in document order. @param {ParentNode} root @returns {Generator<Element>} */
function* everyElement(root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    const inner = shadowRootOf(element);
    if (inner) yield* everyElement(inner);
  }
}

/** The innermost element at a point of this frame. @param {number} x @param {number} y @returns {Element | undefined} */
function elementAt(x, y) {
  let found = document.elementFromPoint(x, y) ?? undefined;
  while (found) {
    const inner = shadowRootOf(found)?.elementFromPoint(x, y);
    if (!inner || inner === found) return found;
    found = inner;
  }
  return undefined;
}

/** The parent, or the host where a shadow root ends. @param {Element} element @returns {Element | undefined} */
function composedParent(element) {
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : undefined;
}

/** @param {Element} outer @param {Element | undefined} inner */
function composedContains(outer, inner) {
  for (let at = inner; at; at = composedParent(at)) if (at === outer) return true;
  return false;
}
