/** Role and accessible name, as far as shops need them: the common implied roles and the common sources of names. */
const inputRoles = /** @type {Record<string, string>} */ ({
  checkbox: 'checkbox', radio: 'radio', search: 'searchbox', number: 'spinbutton', button: 'button', submit: 'button', range: 'slider',
});
const impliedRoles = /** @type {Record<string, string>} */ ({
  BUTTON: 'button', SELECT: 'combobox', TEXTAREA: 'textbox', IMG: 'img', NAV: 'navigation', MAIN: 'main', ASIDE: 'complementary',
  HEADER: 'banner', FOOTER: 'contentinfo', UL: 'list', OL: 'list', LI: 'listitem', ARTICLE: 'article', FIELDSET: 'group',
  DIALOG: 'dialog', H1: 'heading', H2: 'heading', H3: 'heading', OPTION: 'option',
});
const nameFromContent = new Set(['button', 'link', 'heading', 'option', 'tab', 'menuitem', 'cell']);
const interactiveRoles = new Set(['button', 'link', 'textbox', 'searchbox', 'combobox', 'checkbox', 'radio', 'spinbutton', 'slider', 'option', 'tab', 'menuitem']);

/** @param {Element} element @returns {string | undefined} */
function roleOf(element) {
  const explicit = element.getAttribute('role');
  if (explicit) return explicit;
  if (element instanceof HTMLInputElement) return element.type === 'password' ? undefined : inputRoles[element.type] ?? 'textbox';
  if (element.tagName === 'A') return element.hasAttribute('href') ? 'link' : undefined;
  if (element.tagName === 'SECTION' || element.tagName === 'FORM') {
    return element.hasAttribute('aria-label') ? { SECTION: 'region', FORM: 'form' }[element.tagName] : undefined;
  }
  return impliedRoles[element.tagName];
}

/** @param {string | null | undefined} text @param {number} [longest] */
const shortText = (text, longest = 120) => {
  const plain = (text ?? '').replace(/\s+/g, ' ').trim();
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
};

/** Text that is on the screen; what is in hidden children is left out. @param {Element} element */
const visibleText = (element) => shortText(element instanceof HTMLElement ? element.innerText : element.textContent);

/** @param {Element} element @returns {string} */
function nameOf(element) {
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  const labelled = element.getAttribute('aria-labelledby')?.split(/\s+/).map((id) => root.getElementById(id)?.textContent).join(' ');
  if (labelled) return shortText(labelled);
  const own = element.getAttribute('aria-label');
  if (own) return shortText(own);
  const labels = /** @type {HTMLInputElement} */ (element).labels;
  if (labels?.length) return shortText([...labels].map((label) => label.textContent).join(' '));
  if (element instanceof HTMLImageElement) return shortText(element.alt);
  if (nameFromContent.has(roleOf(element) ?? '')) return shortText(element.textContent);
  if (element.tagName === 'FIELDSET') return shortText(element.querySelector('legend')?.textContent);
  return shortText(element.getAttribute('placeholder') ?? element.getAttribute('title'));
}

/** @param {Element} element */
const isInteractive = (element) => interactiveRoles.has(roleOf(element) ?? '') || element.tagName === 'LABEL'
  || element.tagName === 'SUMMARY' || (element instanceof HTMLInputElement && element.type === 'password');

/** @param {Element} element */
const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;

/** What a click on `element` is about: the control or label around it. @param {Element} element */
function actedOn(element) {
  for (let at = /** @type {Element | undefined} */ (element); at; at = composedParent(at)) if (isInteractive(at)) return at;
  return element;
}
