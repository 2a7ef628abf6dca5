import { finder } from '@medv/finder';
import { idOf, parentElementOf, parentNodeOf, parentOf } from '../capture/tree.ts';
import { isPlain, markOf } from '../privacy/elements.ts';
import { holdsPrivateText, tellableText } from '../privacy/text.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import type { Selector, SelectorReliability, SelectorSet } from '../protocol.ts';
import { findIn, quote, type Root } from './find.ts';
import { findSteps, type LocatorStep, printLocator, roleStep } from './locator.ts';
import { labelOf, type Reader, RememberingReader, textOf } from './names.ts';
import { idQuality, isHashLike, pathQuality, textQuality, type ValueQuality } from './quality.ts';

/** How likely a selector of a kind finds its element after the page was deployed anew; from counts on real sites. */
const priors: { [kind: string]: number } = {
  'test-id': 0.97, role: 0.9, label: 0.88, playwright: 0.86, placeholder: 0.82, name: 0.81, text: 0.74, id: 0.6, 'css-path': 0.45, xpath: 0.3,
};

export const testIdAttributes = ['data-testid', 'data-test-id', 'data-test', 'data-qa', 'data-cy', 'data-automation-id'];
const namedTags = new Set(['a', 'button', 'input', 'select', 'textarea', 'iframe', 'fieldset', 'form', 'output', 'object', 'meta', 'map']);
const textTags = new Set(['a', 'button', 'label', 'li', 'option', 'summary', 'span', 'h1', 'h2', 'h3', 'h4', 'td', 'th', 'strong', 'p', 'legend', 'b', 'em']);
const longestText = 80;

interface Candidate {
  kind: string;
  value: string;
  quality: ValueQuality;
}

interface Options {
  dictionary: PersonalDictionary;
  /** Whether the element asked to be left alone: then no selector may carry its text. */
  isPrivate?: boolean;
  /** Leaves out the two paths, which cost the most. */
  cheap?: boolean;
  reader?: Reader;
}

type Asked = Options & { reader: Reader };

export interface BuiltSelectors {
  set: SelectorSet;
  /** 0 to 1: the best selector's. */
  reliability: number;
}

/** Every way to find the element that finds it and nothing else, best first. */
export function buildSelectors(element: Element, asked: Options): BuiltSelectors {
  const options: Asked = { ...asked, reader: asked.reader ?? new RememberingReader() };
  const root = element.getRootNode() as Root;
  const hosts = shadowHosts(element, options);
  const { dictionary } = options;
  const paths = options.cheap ? [] : pathCandidates(element, root, options);
  const unique = [...attributeCandidates(element, options), ...paths]
    .filter(({ kind, value }) => (kind === 'xpath' || isPlain(value, dictionary)) && isOnly(findIn(root, kind, value, 2, options.reader), element));
  const scoped = options.cheap && unique.length > 0 ? undefined : scopedLocator(element, root, options);
  if (scoped) unique.push(scoped);
  const scored = unique.map((candidate) => ({ ...candidate, score: priors[candidate.kind]! * candidate.quality.factor })).sort((a, b) => b.score - a.score);
  const selectors = scored.map(({ kind, value }): Selector => (hosts.length > 0 ? { kind, value, shadowHosts: hosts } : { kind, value }));
  const reliability = scored.map(({ kind, value, score, quality }): SelectorReliability => (
    { kind, selector: value, score: round(score), matches: 1, ...(quality.reasons.length > 0 && { reasons: quality.reasons }) }));
  const valueOf = (kind: string) => scored.find((candidate) => candidate.kind === kind)?.value;
  const set: SelectorSet = {
    primary: selectors[0]?.value ?? '', alternatives: selectors.slice(1), reliability,
    ...(valueOf('css-path') && { cssPath: valueOf('css-path') }), ...(valueOf('xpath') && { xpath: valueOf('xpath') }),
    // The primary is text only; where it has to be looked for stands beside it.
    ...(hosts.length > 0 && { shadowHosts: hosts }),
  };
  return { set, reliability: scored[0] ? round(scored[0].score) : 0 };
}

const round = (value: number) => Math.round(value * 1000) / 1000;
const isOnly = (found: Element[], element: Element) => found.length === 1 && found[0] === element;

function attributeCandidates(element: Element, { isPrivate, dictionary, reader }: Asked): Candidate[] {
  const found: Candidate[] = [];
  const tag = element.localName;
  const attribute = (name: string) => element.getAttribute(name) ?? '';
  for (const name of testIdAttributes) {
    if (attribute(name)) found.push({ kind: 'test-id', value: `[${name}=${quote(attribute(name))}]`, quality: idQuality(attribute(name)).factor < 0.5 ? idQuality(attribute(name)) : { factor: 1, reasons: [] } });
  }
  if (idOf(element) && !isHashLike(idOf(element))) found.push({ kind: 'id', value: `#${CSS.escape(idOf(element))}`, quality: idQuality(idOf(element)) });
  if (namedTags.has(tag) && attribute('name')) found.push({ kind: 'name', value: nameSelector(element), quality: idQuality(attribute('name')) });
  if (isPrivate) return found;
  // A text whose words are glued together can hide a personal one from the look at the selector itself.
  const isTellable = isPlain(tellableText(element, 2 * longestText), dictionary);
  const name = reader.name(element);
  const role = reader.role(element);
  if (isTellable && role && name && name.length <= longestText) found.push({ kind: 'role', value: `${role}[name=${quote(name)}]`, quality: textQuality(name) });
  const label = labelOf(element);
  if (label && label.length <= longestText) found.push({ kind: 'label', value: label, quality: textQuality(label) });
  if (attribute('placeholder')) found.push({ kind: 'placeholder', value: `${tag}[placeholder=${quote(attribute('placeholder'))}]`, quality: textQuality(attribute('placeholder')) });
  const text = isTellable && textTags.has(tag) ? textOf(element) : '';
  if (text && text.length <= longestText) found.push({ kind: 'text', value: `${tag}|${text}`, quality: textQuality(text) });
  return found;
}

/** A choice among several of one name is told apart by its value, which the page's author wrote. */
function nameSelector(element: Element): string {
  const tag = element.localName;
  const base = `${tag}[name=${quote(element.getAttribute('name') ?? '')}]`;
  const isChoice = element instanceof HTMLInputElement && (element.type === 'radio' || element.type === 'checkbox');
  return isChoice ? `${base}[value=${quote(element.getAttribute('value') ?? 'on')}]` : base;
}

function pathCandidates(element: Element, root: Root, { dictionary }: Options): Candidate[] {
  const found: Candidate[] = [];
  const css = cssPath(element, root, dictionary);
  if (css) found.push({ kind: 'css-path', value: css, quality: pathQuality(css) });
  const xpath = indexedXpath(element);
  found.push({ kind: 'xpath', value: xpath, quality: pathQuality(xpath) });
  return found;
}

export function cssPath(element: Element, root: Root, dictionary: PersonalDictionary): string | undefined {
  const isGood = (value: string) => !isHashLike(value) && isPlain(value, dictionary);
  const attributes = new Set(['name', 'type', 'role', ...testIdAttributes]);
  if (root instanceof Document && element === root.documentElement) return 'html';
  try {
    return finder(element, {
      root: root instanceof ShadowRoot ? (root.firstElementChild ?? undefined) : root.body,
      idName: isGood, className: isGood, attr: (name, value) => attributes.has(name) && isGood(value), timeoutMs: 12, maxNumberOfPathChecks: 150,
    });
  } catch {
    // It gives up on time, or meets elements outside its root: then the plain path of positions has to do.
    return positionPath(element);
  }
}

function positionPath(element: Element): string {
  const steps: string[] = [];
  for (let at: Element | null = element; at && at.localName !== 'html'; at = parentElementOf(at)) {
    const siblings = [...(parentElementOf(at)?.children ?? [])].filter(({ localName }) => localName === at!.localName);
    steps.unshift(siblings.length > 1 ? `${CSS.escape(at.localName)}:nth-of-type(${siblings.indexOf(at) + 1})` : CSS.escape(at.localName));
  }
  return steps.join(' > ');
}

/** Tag names and positions from the root down. Elements of SVG have no name an XPath for HTML can say plainly. */
export function indexedXpath(element: Element): string {
  const steps: string[] = [];
  for (let at: Element | null = element; at; at = parentElementOf(at)) {
    const siblings = [...(parentNodeOf(at)?.children ?? [at])].filter(({ localName }) => localName === at!.localName);
    const test = at.namespaceURI === 'http://www.w3.org/1999/xhtml' ? at.localName : `*[local-name()='${at.localName}']`;
    steps.unshift(siblings.length > 1 ? `${test}[${siblings.indexOf(at) + 1}]` : test);
  }
  return `/${steps.join('/')}`;
}

const furthestAnchor = 12;
const itemTags = new Set(['li', 'article', 'tr', 'section', 'fieldset', 'figure', 'label']);

/** The element within a place that stands out: what people say when several things look alike. */
function scopedLocator(element: Element, root: Root, options: Asked): Candidate | undefined {
  const own = ownSteps(element, options);
  const anchors = anchorsOf(element, options);
  const lines = [...own.map((step) => [step]), ...anchors.flatMap((anchor) => own.map((step) => [anchor, step])),
    ...anchors.slice(0, 3).flatMap((inner, at) => anchors.slice(at + 1, at + 4).flatMap((outer) => own.map((step) => [outer, inner, step])))];
  for (const steps of lines.slice(0, 24)) {
    const value = printLocator(steps);
    if (!isPlain(value, options.dictionary) || !isOnly(findSteps(root, steps, 2, options.reader), element)) continue;
    const hasText = steps.some((step) => step.by === 'css');
    return { kind: 'playwright', value, quality: { factor: hasText ? 0.9 : 1, reasons: hasText ? ['text-filter'] : [] } };
  }
  return undefined;
}

function ownSteps(element: Element, { isPrivate, dictionary, reader }: Asked): LocatorStep[] {
  const steps = [testIdStep(element), isPrivate || !isPlain(tellableText(element), dictionary) ? undefined : roleStep(element, reader)].filter((step) => step !== undefined);
  if (namedTags.has(element.localName) && element.getAttribute('name')) steps.push({ by: 'css', css: nameSelector(element) });
  const type = element.getAttribute('type');
  steps.push({ by: 'css', css: type && /^[a-z]+$/.test(type) ? `${element.localName}[type=${type}]` : element.localName });
  return steps;
}

function testIdStep(element: Element): LocatorStep | undefined {
  for (const attribute of testIdAttributes) {
    const value = element.getAttribute(attribute);
    if (value && !/["\\]/.test(value)) return { by: 'test-id', attribute, value };
  }
  return undefined;
}

/** Places around the element that stand out, nearest first. */
function anchorsOf(element: Element, { isPrivate, dictionary, reader }: Asked): LocatorStep[] {
  const anchors: LocatorStep[] = [];
  let distance = 0;
  for (let at = parentElementOf(element); at && distance < furthestAnchor; at = parentElementOf(at), distance += 1) {
    const testId = testIdStep(at);
    if (testId) anchors.push(testId);
    if (idOf(at) && !isHashLike(idOf(at))) anchors.push({ by: 'css', css: `#${CSS.escape(idOf(at))}` });
    if (isPrivate) continue;
    const isNamed = at.hasAttribute('aria-label') || at.hasAttribute('aria-labelledby') || at.localName === 'fieldset';
    const named = isNamed && !(at.localName === 'fieldset' && holdsPrivateText(at.querySelector('legend') ?? at)) ? roleStep(at, reader) : undefined;
    if (named) anchors.push(named);
    if (itemTags.has(at.localName)) {
      const heading = at.querySelector('h1, h2, h3, h4, h5, h6, a[href]:not(:empty), legend, strong');
      const text = heading && !holdsPrivateText(heading) && !markOf(heading) && isPlain(tellableText(heading), dictionary) ? textOf(heading) : '';
      if (text.length > 2 && text.length <= 60) anchors.push({ by: 'css', css: at.localName, hasText: text });
    }
  }
  return anchors;
}

/** The hosts from the document inwards, each as a selector that finds only it in its own root. */
export function shadowHosts(element: Element, options: Options): string[] {
  const hosts: string[] = [];
  for (let root = element.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode()) hosts.unshift(hostSelector(root.host, options));
  return hosts;
}

function hostSelector(host: Element, options: Options): string {
  const root = host.getRootNode() as Root;
  const tag = CSS.escape(host.localName);
  const own = [...testIdAttributes.filter((name) => host.getAttribute(name)).map((name) => `[${name}=${quote(host.getAttribute(name)!)}]`), ...(idOf(host) && !isHashLike(idOf(host)) ? [`#${CSS.escape(idOf(host))}`] : []), tag];
  const places: string[] = [];
  for (let at = parentOf(host); at && at.getRootNode() === root && places.length < 4; at = parentElementOf(at)) {
    for (const name of testIdAttributes) if (at.getAttribute(name)) places.push(`[${name}=${quote(at.getAttribute(name)!)}]`);
    if (idOf(at) && !isHashLike(idOf(at))) places.push(`#${CSS.escape(idOf(at))}`);
  }
  const candidates = [...own, ...places.map((place) => `${place} ${tag}`)];
  const only = candidates.find((candidate) => isPlain(candidate, options.dictionary) && isOnly([...root.querySelectorAll(candidate)], host));
  return only ?? cssPath(host, root, options.dictionary) ?? tag;
}
