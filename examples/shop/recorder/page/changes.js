/**
 * What changed on the page. A summarising observer: equal changes below the same anchor are one entry with a count, so
 * a page that redraws itself does not flood the recording.
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').StateChange} StateChange
 */
const mostChanges = 12;
const toldAttributes = /^(aria-(expanded|invalid|label|current|checked|selected)|open|hidden|disabled|value|src|data-state|checked)$/;
const watchAll = { subtree: true, childList: true, attributes: true, attributeOldValue: true, characterData: true };

/** @type {Map<string, StateChange>} */
let changes = new Map();
let lastChangeAt = 0;
/** A document that was opened meanwhile has only itself to tell; that is no change of anything. */
let isWatching = false;

/** The nearest element a reader can place. @param {Node} node @returns {Element} */
function anchorOf(node) {
  const root = node.getRootNode();
  const host = root instanceof ShadowRoot ? root.host : undefined;
  const isAnchor = (/** @type {Element} */ element) => element.hasAttribute('data-testid') || stableId(element) || isInteractive(element)
    || element.matches('main, header, footer, nav, dialog, form, body, [role=status], [role=alert]');
  let at = /** @type {Element | undefined} */ (node instanceof Element ? node : node.parentElement ?? host);
  while (at && !isAnchor(at)) at = composedParent(at);
  return at ?? document.documentElement;
}

/** @param {Omit<StateChange, 'target' | 'count'>} change @param {Node} where */
function note(change, where) {
  const target = shortSelector(anchorOf(where));
  const key = [change.kind, target, change.property].join(' ');
  const known = changes.get(key);
  if (known) {
    known.count = (known.count ?? 1) + 1;
    known.after = change.after ?? known.after;
  } else if (changes.size < mostChanges) changes.set(key, { ...change, target, count: 1 });
}

/** @param {MutationRecord} record */
function noteRecord({ type, target, addedNodes, removedNodes, attributeName, oldValue }) {
  if (type === 'attributes' && target instanceof Element && attributeName && toldAttributes.test(attributeName) && !isPersonal(target)) {
    const after = target.getAttribute(attributeName);
    const told = (/** @type {string | null} */ value) => (value === null ? null : shortText(value));
    if (after !== oldValue) note({ kind: 'attribute', property: attributeName, before: told(oldValue), after: told(after) }, target);
    return;
  }
  if (type === 'characterData') note({ kind: 'text', after: shortText(target.textContent) }, target);
  const texts = [...addedNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  if (texts.length > 0) note({ kind: 'text', after: shortText(target.textContent) }, target);
  const added = [...addedNodes].filter((node) => node instanceof Element);
  if (added.length > 0) note({ kind: 'added', after: shortText(added[0].textContent, 60) }, target);
  if ([...removedNodes].some((node) => node instanceof Element)) note({ kind: 'removed' }, target);
}

const observer = new MutationObserver((records) => {
  lastChangeAt = Date.now();
  for (const record of records) noteRecord(record);
});
observer.observe(document, watchAll);
onShadowRoot.push((root) => observer.observe(root, watchAll));

/** Forgets what changed so far. */
function watchChanges() {
  observer.takeRecords();
  changes = new Map();
  isWatching = true;
}

/** @returns {StateChange[]} */
function changesSoFar() {
  if (!isWatching) return [];
  for (const record of observer.takeRecords()) noteRecord(record);
  return [...changes.values()].map(({ count, ...change }) => ({ ...change, ...(count !== 1 && { count }) }));
}

/** How many things the cart says it holds, where a page has a cart link. */
const itemsInCart = () => document.querySelector('a[href*="cart"][aria-label]')?.getAttribute('aria-label')?.match(/\d+/)?.[0];

/** The innermost element with the focus. */
function focused() {
  let at = document.activeElement ?? undefined;
  while (at && shadowRootOf(at)?.activeElement) at = shadowRootOf(at)?.activeElement ?? undefined;
  return at && at !== document.body ? at : undefined;
}
