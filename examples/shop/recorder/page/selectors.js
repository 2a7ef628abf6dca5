/**
 * Ways to find an element again. Each is tried on the live page and kept only if it finds this element alone. Its score
 * is the prior of its kind times the quality of its text. The priors of names, ids, texts and paths are the shares
 * that still found their element in newer versions of 40 real sites; the others follow Playwright's order of preference.
 * @typedef {import('../../../../codesight-core/schema/codesight.v1').SelectorSet} SelectorSet
 * @typedef {{ kind: string, value: string, find: () => Element[], reasons: string[] }} Candidate
 */
const priors = /** @type {Record<string, number>} */ ({
  'test-id': 0.95, role: 0.88, label: 0.86, playwright: 0.84, name: 0.81, placeholder: 0.78, text: 0.72, href: 0.67, id: 0.62, xpath: 0.42, 'css-path': 0.4,
});
/** Attributes that no study counted. */
const otherPrior = 0.6;
const penalties = /** @type {Record<string, number>} */ ({
  'within-area': 0.9, positional: 0.8, 'long-text': 0.85, 'number-in-text': 0.9, 'deep-path': 0.85, generic: 0.7,
});

/** Names made by build tools change with every deployment. @param {string} name */
const looksHashed = (name) => /^(css|sc|jsx|r)-?[a-z0-9]{4,}$/i.test(name) || /[_-](?=[a-z]*\d)[a-z0-9]{5,}$/i.test(name)
  || /_[a-z0-9]{5}$/i.test(name) || (name.match(/\d/g) ?? []).length >= 4;

/** @param {string} text */
const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** @param {Element} element */
function stableId(element) {
  return element.id && !looksHashed(element.id) ? element.id : undefined;
}

/** One step of a path: the tag, and its place where siblings share it. @param {Element} element */
function placeOf(element) {
  const siblings = [...(element.parentNode?.children ?? [])].filter((each) => each.tagName === element.tagName);
  return { tag: element.tagName.toLowerCase(), at: siblings.indexOf(element) + 1, of: siblings.length };
}

/** A CSS path from the nearest anchor: an id or a test id. @param {Element} element @param {boolean} [anchored] */
function cssPath(element, anchored = true) {
  const steps = [];
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    const testId = at.getAttribute('data-testid');
    const anchor = anchored && (testId ? `[data-testid=${quoted(testId)}]` : stableId(at) && `#${CSS.escape(at.id)}`);
    if (anchor) return [anchor, ...steps].join(' > ');
    const { tag, at: position, of } = placeOf(at);
    steps.unshift(of > 1 ? `${tag}:nth-of-type(${position})` : tag);
  }
  return steps.join(' > ');
}

/** @param {Element} element @param {boolean} [anchored] */
function xpathOf(element, anchored = true) {
  const steps = [];
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    if (anchored && at !== element && stableId(at)) return `//*[@id=${quoted(at.id)}]/${steps.join('/')}`;
    const { tag, at: position, of } = placeOf(at);
    steps.unshift(of > 1 ? `${tag}[${position}]` : tag);
  }
  return `/${steps.join('/')}`;
}

/** The shadow hosts around an element, from the document inwards. @param {Element} element */
function shadowHostsOf(element) {
  const hosts = [];
  for (let root = element.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode()) hosts.unshift(cssPath(root.host));
  return hosts;
}

/** @param {Document | ShadowRoot} scope @param {string} expression @returns {Element[]} */
function byXpath(scope, expression) {
  if (scope instanceof ShadowRoot) return [];
  const found = document.evaluate(expression, scope, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
  return Array.from({ length: found.snapshotLength }, (_, at) => /** @type {Element} */ (found.snapshotItem(at)));
}

/** What makes a text less sure to stay as it is. @param {string} text */
const textReasons = (text) => [...(text.length > 40 ? ['long-text'] : []), ...(/\d/.test(text) ? ['number-in-text'] : [])];

/** @param {Element} element @returns {Candidate[]} */
function candidatesFor(element) {
  const scope = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  const tag = element.tagName.toLowerCase();
  const [role, name, text] = [roleOf(element), nameOf(element), visibleText(element)];
  const attribute = (/** @type {string} */ key) => element.getAttribute(key) ?? undefined;
  const all = () => [...scope.querySelectorAll('*')];
  /** @type {Candidate[]} */
  const made = [];
  /** @param {string} kind @param {string} value @param {() => Element[]} find @param {string[]} [reasons] */
  const add = (kind, value, find, reasons = []) => { made.push({ kind, value, find, reasons }); };
  /** @param {string} kind @param {string} value @param {string[]} [reasons] */
  const css = (kind, value, reasons) => add(kind, value, () => [...scope.querySelectorAll(value)], reasons);
  /** Those on the screen for which something holds. @param {(each: Element) => boolean} holds */
  const shown = (holds) => () => all().filter((each) => holds(each) && isShown(each));

  const [testId, nameKey, placeholder, href, title] = ['data-testid', 'name', 'placeholder', 'href', 'title'].map(attribute);
  if (testId) css('test-id', `[data-testid=${quoted(testId)}]`);
  if (role && name) add('role', `role=${role}[name=${quoted(name)}]`, shown((each) => roleOf(each) === role && nameOf(each) === name), textReasons(name));
  if (isField(element) && name) add('label', `label=${name}`, () => all().filter((each) => isField(each) && nameOf(each) === name), textReasons(name));
  if (placeholder) css('placeholder', `[placeholder=${quoted(placeholder)}]`);
  if (nameKey) css('name', `${tag}[name=${quoted(nameKey)}]`);
  if (title) css('title', `${tag}[title=${quoted(title)}]`);
  if (href) css('href', `a[href=${quoted(href)}]`);
  if (attribute('aria-label')) css('aria-label', `${tag}[aria-label=${quoted(attribute('aria-label') ?? '')}]`);
  if (attribute('type')) css('type', `${tag}[type=${quoted(attribute('type') ?? '')}]`, ['generic']);
  if (attribute('autocomplete')) css('autocomplete', `${tag}[autocomplete=${quoted(attribute('autocomplete') ?? '')}]`);
  const control = element instanceof HTMLLabelElement ? element.control : undefined;
  const controlName = control?.getAttribute('name');
  if (controlName) css('control', `label:has(input[name=${quoted(controlName)}][value=${quoted(control?.getAttribute('value') ?? '')}])`);
  if (text && text.length <= 60 && !isField(element)) {
    add('text', `text=${quoted(text)}`, shown((each) => each.tagName === element.tagName && visibleText(each) === text), textReasons(text));
  }
  const classes = [...element.classList].filter((each) => !looksHashed(each));
  if (classes.length > 0) css('class', tag + classes.map((each) => `.${CSS.escape(each)}`).join(''), ['generic']);
  if (stableId(element)) css('id', `#${CSS.escape(element.id)}`);
  const path = cssPath(element);
  const deep = path.split(' > ').length > 5 ? ['deep-path'] : [];
  css('css-path', path, [...(path.includes(':nth') ? ['positional'] : []), ...deep]);
  if (deep.length || path.startsWith('[') || path.startsWith('#')) css('css-path', cssPath(element, false), ['positional', 'deep-path']);
  if (scope instanceof Document) {
    if (text && text.length <= 60 && !isField(element) && !text.includes('"')) {
      const value = `//${tag}[normalize-space()="${text}"]`;
      add('xpath', value, () => byXpath(scope, value), textReasons(text));
    }
    for (const value of new Set([xpathOf(element), xpathOf(element, false)])) {
      add('xpath', value, () => byXpath(scope, value), [.../\[\d/.test(value) ? ['positional'] : [], ...(value.split('/').length > 7 ? ['deep-path'] : [])]);
    }
  }
  return made;
}

/** The areas around an element by which a person would say where it is. @param {Element} element */
function areasAround(element) {
  const areas = [];
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (at.matches('dialog, nav, main, header, footer, form, aside, article, fieldset, [data-testid]')) areas.push(at);
  }
  return areas;
}

/** A selector that finds several elements may find one within an area. @param {Candidate} candidate @param {Element} element @returns {Candidate} */
function narrowed(candidate, element) {
  const found = candidate.find();
  if (found.length < 2 || !found.includes(element) || candidate.kind === 'xpath') return candidate;
  const area = areasAround(element).find((each) => found.filter((other) => each.contains(other)).length === 1);
  if (!area) return candidate;
  const find = () => candidate.find().filter((each) => area.contains(each));
  return { ...candidate, value: `${shortSelector(area)} >> ${candidate.value}`, find, reasons: ['within-area', ...candidate.reasons] };
}

/** All selectors that find the element alone, best first. @param {Element} element @returns {SelectorSet} */
function selectorsOf(element) {
  const shadowHosts = shadowHostsOf(element);
  const seen = new Set();
  const rated = candidatesFor(element).map((candidate) => narrowed(candidate, element))
    .filter(({ value, find }) => find().length === 1 && find()[0] === element && !seen.has(value) && seen.add(value))
    .map(({ kind, value, reasons }) => {
      const score = reasons.reduce((product, reason) => product * (penalties[reason] ?? 1), priors[kind] ?? otherPrior);
      return { kind, value, reasons, score: Math.round(score * 100) / 100 };
    })
    .sort((first, second) => second.score - first.score);
  return {
    primary: rated[0]?.value ?? '',
    alternatives: rated.slice(1).map(({ kind, value }) => ({ kind, value, ...(shadowHosts.length && { shadowHosts }) })),
    cssPath: cssPath(element, false),
    ...(element.getRootNode() instanceof Document && { xpath: xpathOf(element, false) }),
    reliability: rated.map(({ kind, value, reasons, score }) => ({ selector: value, kind, score, matches: 1, ...(reasons.length && { reasons }) })),
    ...(shadowHosts.length && { shadowHosts }),
  };
}

/** One short selector, for things that are only mentioned. @param {Element} element */
function shortSelector(element) {
  const testId = element.getAttribute('data-testid');
  if (testId) return `[data-testid=${quoted(testId)}]`;
  const [role, name] = [roleOf(element), nameOf(element)];
  if (role && name && name.length <= 60) return `role=${role}[name=${quoted(name)}]`;
  return stableId(element) ? `#${CSS.escape(element.id)}` : cssPath(element);
}
