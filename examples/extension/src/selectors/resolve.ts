import type { ElementFingerprint, Selector, SelectorSet } from '../protocol.ts';
import { PersonalDictionary } from '../privacy/dictionary.ts';
import { findAll, type Root } from './find.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Weights of the properties, in the order of how well they survive on real sites. */
const weights: { [property: string]: number } = {
  'data-testid': 3, name: 2.85, accessibleName: 2.8, text: 2.8, type: 2.2, alt: 1.85, value: 1.8, neighbourText: 1.45, location: 0.6,
  href: 0.95, 'aria-label': 0.9, tag: 0.8, role: 0.8, placeholder: 0.8, title: 0.6, id: 0.5, indexedXpath: 0.3, isButton: 0.5, shape: 0.35, area: 0.35, class: 0.2,
};
/** Below this a single hit of a selector is taken for another element that happens to answer to it. */
const PLAUSIBLE = 0.35;
const CERTAIN = 0.6;
const MARGIN = 0.04;

export interface Resolution {
  element: Element;
  /** The kind of selector that found it, or `fingerprint`. */
  by: string;
}

/** Finds the recorded element again: by the selectors in their order, then by what it looked like. */
export function resolve(document: Document, selectors: SelectorSet, fingerprint: ElementFingerprint): Resolution | undefined {
  for (const selector of ranked(selectors)) {
    const found = findAll(document, selector);
    const only = found.length === 1 ? found[0] : undefined;
    if (only && similarity(fingerprint, plainFingerprint(only)) >= PLAUSIBLE) return { element: only, by: selector.kind };
  }
  return relocate(document, fingerprint);
}

export function ranked(selectors: SelectorSet): Selector[] {
  const shadowHosts = (selectors as { shadowHosts?: string[] }).shadowHosts;
  const [first] = selectors.reliability ?? [];
  const primary: Selector[] = first && selectors.primary ? [{ kind: first.kind, value: selectors.primary, ...(shadowHosts && { shadowHosts }) }] : [];
  return [...primary, ...(selectors.alternatives ?? [])];
}

const nothingPersonal = new PersonalDictionary('', []);
const plainFingerprint = (element: Element) => fingerprintOf(element, nothingPersonal);

function relocate(document: Document, fingerprint: ElementFingerprint): Resolution | undefined {
  const { tag, role } = fingerprint.properties ?? {};
  const candidates = everywhere(document, `${CSS.escape(tag ?? '*')}${role ? `, [role="${CSS.escape(role)}"]` : ''}`);
  const scored = candidates.map((element) => ({ element, score: similarity(fingerprint, plainFingerprint(element)) })).sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  if (!best || best.score < CERTAIN || (second && best.score - second.score < MARGIN)) return undefined;
  return { element: best.element, by: 'fingerprint' };
}

function everywhere(root: Root, selector: string): Element[] {
  const inner = [...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? everywhere(element.shadowRoot, selector) : []));
  return [...root.querySelectorAll(selector), ...inner];
}

/** 0 to 1: how alike two fingerprints are, over the properties the recorded one has. */
export function similarity(wanted: ElementFingerprint, found: ElementFingerprint): number {
  let sum = 0;
  let most = 0;
  const take = (property: string, a: string | undefined, b: string | undefined) => {
    if (!a) return;
    const weight = weights[property] ?? 0.3;
    most += weight;
    sum += weight * alike(property, a, b ?? '');
  };
  for (const [property, value] of Object.entries(wanted.properties ?? {})) take(property, value, found.properties?.[property]);
  take('neighbourText', wanted.neighbourText ?? '', found.neighbourText ?? '');
  take('indexedXpath', wanted.indexedXpath ?? '', found.indexedXpath ?? '');
  take('isButton', String(wanted.isButton), String(found.isButton));
  return most === 0 ? 0 : sum / most;
}

function alike(property: string, a: string, b: string): number {
  if (a === b) return 1;
  if (property === 'location') {
    const [ax = 0, ay = 0] = a.split(',').map(Number);
    const [bx = 0, by = 0] = b.split(',').map(Number);
    return Math.max(0, 1 - Math.hypot(ax - bx, ay - by) / 400);
  }
  if (property === 'area' || property === 'shape') {
    const [x, y] = [Number(a), Number(b)];
    return Math.max(x, y) > 0 ? Math.min(x, y) / Math.max(x, y) : 1;
  }
  if (property === 'tag' || property === 'type' || property === 'role' || property === 'isButton') return 0;
  return commonWords(a, b);
}

function commonWords(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => new Set(text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)));
  const common = [...x!].filter((word) => y!.has(word)).length;
  return common === 0 ? 0 : (2 * common) / (x!.size + y!.size);
}
