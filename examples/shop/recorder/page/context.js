/**
 * What surrounds an interaction: the page, the neighbours, the form, the products the page declares.
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').PageContext} PageContext
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').PageStructure} PageStructure
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').NearbyElement} NearbyElement
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').FormField} FormField
 */
const nearbyRadius = 300;
const mostNearby = 24;
const mostAncestors = 12;

/** The parts of addresses by which shops name their pages. @type {[RegExp, string][]} */
const pageKinds = [
  [/confirm|thank/, 'confirmation'], [/payment|address|checkout|delivery/, 'checkout'], [/cart|basket|bag\b/, 'cart'],
  [/search|category|results/, 'results'], [/product|item/, 'product'], [/account|sign-?in|login/, 'account'], [/^\/(index\.html)?$/, 'home'],
];

/** @param {Element} element @returns {string} */
function sectionKind(element) {
  const kind = { HEADER: 'banner', NAV: 'navigation', MAIN: 'main', ASIDE: 'complementary', FOOTER: 'contentinfo', DIALOG: 'dialog', UL: 'list' }[element.tagName];
  return kind ?? element.getAttribute('role') ?? 'section';
}

/** @returns {PageStructure} */
function pageStructure() {
  const shown = [...everyElement(document)].filter(isShown);
  const sections = shown.filter((each) => each.matches('header, nav, main, aside, footer, dialog, [role=search], main section, main ul[role=list]'));
  return {
    heading: shortText(document.querySelector('h1')?.textContent) || null,
    pageKind: pageKinds.find(([shape]) => shape.test(location.pathname))?.[1] ?? null,
    nodes: document.getElementsByTagName('*').length,
    interactiveElements: shown.filter(isInteractive).length,
    sections: sections.slice(0, 12).map((section) => {
      const label = nameOf(section) || shortText(section.querySelector('h1, h2, h3')?.textContent);
      const items = section.tagName === 'UL' ? section.children.length : [...everyElement(section)].filter(isInteractive).length;
      return { kind: sectionKind(section), ...(label && { label }), items, box: boxOf(section) };
    }),
    forms: [...document.forms].filter(isShown).map((form) => {
      const fields = [...form.elements].filter(isField);
      return {
        name: nameOf(form) || form.getAttribute('name') || stableId(form) || null,
        fields: fields.length, filled: fields.filter((field) => field.value).length, required: fields.filter((field) => field.required).length,
      };
    }),
  };
}

/** Products from JSON-LD, else from microdata. */
function declaredProducts() {
  /** @type {Record<string, unknown>[]} */
  const found = [];
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    const data = JSON.parse(script.textContent ?? '{}');
    if (data['@type'] === 'Product') {
      const { price, priceCurrency: currency, availability } = data.offers ?? {};
      found.push({ sku: data.sku, name: data.name, brand: data.brand?.name, price, currency, availability });
    }
  }
  if (found.length > 0) return found;
  return [...document.querySelectorAll('[itemtype="https://schema.org/Product"]')].slice(0, 12).map((item) => {
    const property = (/** @type {string} */ name) => item.querySelector(`[itemprop=${name}]`);
    return {
      name: shortText(property('name')?.textContent), brand: shortText(property('brand')?.textContent),
      price: property('price')?.getAttribute('content'), currency: property('priceCurrency')?.getAttribute('content'),
      sku: item.getAttribute('data-testid')?.replace(/^product-/, ''),
    };
  });
}

/** Taken in the top document only. @returns {PageContext} */
function pageContext() {
  return {
    url: location.href, title: document.title, language: document.documentElement.lang || null,
    viewport: { width: innerWidth, height: innerHeight, devicePixelRatio },
    scroll: { x: scrollX, y: scrollY }, documentHeight: document.documentElement.scrollHeight,
    pageStructure: pageStructure(), products: declaredProducts(),
  };
}

/** @param {Element} target @param {{ x: number, y: number }} point @returns {NearbyElement[]} */
function nearbyElements(target, point) {
  const viewport = { width: innerWidth, height: innerHeight };
  const near = [];
  for (const element of everyElement(document)) {
    const isText = element.children.length === 0 && shortText(element.textContent) !== '' && !element.closest('label, button, a');
    if (element === target || !(isInteractive(element) || isText || element.tagName === 'IMG') || !isShown(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.bottom < 0 || box.top > viewport.height || box.width < 2) continue;
    const placed = inTopViewport(box);
    const middle = middleOf(placed);
    // Over the page lies a dialog, and what it covers is not near to anything.
    const distance = Math.hypot(middle.x - point.x, middle.y - point.y);
    if (distance > nearbyRadius || !reachable(element, box)) continue;
    near.push({ element, placed, distance: Math.round(distance) });
  }
  return near.sort((first, second) => first.distance - second.distance).slice(0, mostNearby).map(({ element, placed, distance }) => {
    const role = roleOf(element);
    const text = (isField(element) ? nameOf(element) : nameOf(element) || visibleText(element)).slice(0, 80);
    return {
      tag: element.tagName.toLowerCase(), ...(role && { role }), ...(text && { text }), box: placed, distance,
      interactive: isInteractive(element), selector: shortSelector(element),
    };
  });
}

/** @param {Element} element @param {DOMRect} box */
function reachable(element, box) {
  const found = elementAt(box.x + box.width / 2, box.y + box.height / 2);
  return !found || composedContains(element, found) || composedContains(found, element);
}

/** @param {Element} target */
function domHierarchy(target) {
  const chain = [];
  for (let at = composedParent(target); at; at = composedParent(at)) chain.push(at);
  return {
    ancestors: chain.slice(0, mostAncestors).map((each) => {
      const role = roleOf(each);
      return {
        tag: each.tagName.toLowerCase(), ...(each.id && { id: each.id }), ...(role && { role }), ...(each.classList.length && { classes: [...each.classList] }),
        index: [...(each.parentNode?.children ?? [])].indexOf(each),
      };
    }),
    depth: chain.length, children: target.children.length, siblings: (target.parentNode?.children.length ?? 1) - 1,
  };
}

/** The fields of the form around a field. @param {Element} target @returns {FormField[]} */
function formAround(target) {
  const form = /** @type {HTMLInputElement} */ (target).form ?? target.closest('form');
  if (!form) return [];
  const isOtherChoice = (/** @type {Element} */ field) => field instanceof HTMLInputElement && field.type === 'radio' && !field.checked;
  const fields = [...form.elements].filter(isField).filter((field) => field.name && isShown(field) && !isOtherChoice(field));
  return fields.map((field) => ({
    name: field.name, inputType: field.type, label: nameOf(field) || null, ...(field.autocomplete && { autocomplete: field.autocomplete }),
    ...(!isDropped(field) && field.value && { value: field.value }), required: field.required, filled: field.value !== '',
  }));
}
