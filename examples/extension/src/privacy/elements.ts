import { closestAcross } from '../capture/tree.ts';
import { detect, maskText } from './detect.ts';
import type { PersonalDictionary } from './dictionary.ts';
import { type FieldCues, type FieldRule, fieldRule } from './fields.ts';
import { seam, withoutSeams } from './seam.ts';

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export const fieldSelector = 'input, textarea, select, [contenteditable=""], [contenteditable="true"], [contenteditable="plaintext-only"]';

export const isField = (element: Element): element is Field =>
  element.localName === 'input' || element.localName === 'textarea' || element.localName === 'select';

export const isEditable = (element: Element): boolean => element instanceof HTMLElement && element.isContentEditable;

/** Marks of pages that ask recorders to stay away, in the words several recorders share. */
const blocked = ['[data-private]', '.rr-block', '[data-rr-block]', '.ph-no-capture', '.sentry-block', '[data-codesight-block]'].join(',');
const masked = ['.rr-mask', '[data-rr-mask]', '.rr-ignore', '.sentry-mask', '[data-codesight-mask]', '[data-sensitive]'].join(',');

export type Mark = 'blocked' | 'masked';
export const markSelector = `${blocked},${masked}`;

export function markOf(element: Element): Mark | undefined {
  // One walk for nearly every element: few are marked.
  const marked = closestAcross(element, markSelector);
  if (!marked) return undefined;
  return closestAcross(marked, blocked) ? 'blocked' : 'masked';
}

/** Fields that were once a password stay one, also while "show password" makes them plain text. */
const oncePasswords = new WeakSet<Element>();

/** Fields are seen as passwords before the page shows what is in them. */
export function notePassword(element: Element): void {
  if (element.localName === 'input' && (element as HTMLInputElement).type === 'password') oncePasswords.add(element);
}

export function ruleOf(element: Element): FieldRule {
  if (markOf(element)) return { policy: 'drop', type: 'TEXT' };
  const cues = cuesOf(element);
  notePassword(element);
  if (oncePasswords.has(element)) return { policy: 'drop', type: 'SECRET' };
  return fieldRule(cues);
}

export function cuesOf(element: Element): FieldCues {
  const attribute = (name: string) => element.getAttribute(name) ?? '';
  return {
    type: isField(element) ? element.type : 'text',
    autocomplete: attribute('autocomplete'),
    name: attribute('name'),
    id: attribute('id'),
    label: labelOf(element).slice(0, LONGEST_LABEL),
    placeholder: attribute('placeholder'),
    aria: attribute('aria-label') || attribute('title'),
    role: attribute('role'),
  };
}

const LONGEST_LABEL = 300;

/** The text of what names the element: its labels, or the one label beside the one field of a box. */
function labelOf(element: Element): string {
  const root = element.getRootNode() as Document | ShadowRoot;
  const labels = 'labels' in element ? [...((element as HTMLInputElement).labels ?? [])] : [];
  const labelled = (element.getAttribute('aria-labelledby') ?? '').split(/\s+/).filter(Boolean).map((id) => root.getElementById(id));
  const named = [...labels, ...labelled].filter((label) => label !== null);
  return (named.length > 0 ? named : floatingLabel(element)).map((label) => label.textContent ?? '').join(' ').trim();
}

/** Pages that draw the label over the empty field often leave out what it is the label of. */
function floatingLabel(element: Element): Element[] {
  const box = element.parentElement;
  if (!box) return [];
  const labels = [...box.children].filter((child) => child.localName === 'label' && !child.hasAttribute('for'));
  return labels.length === 1 && box.querySelectorAll('input, select, textarea').length === 1 ? labels : [];
}

export const rawValueOf = (element: Element): string =>
  isField(element) ? (element instanceof HTMLSelectElement ? (element.selectedOptions[0]?.label ?? '') : element.value) : (element.textContent ?? '');

/** Text of the page for other eyes: personal data replaced, nothing from places that ask to be left alone. */
export function safeText(text: string, dictionary: PersonalDictionary, longest: number): string {
  const collapsed = text.replace(/\s+/g, ' ').trim();
  // A cut could split a value so that it is no longer recognised; so the cut comes last.
  const masked = maskText(collapsed.slice(0, longest * 4), dictionary);
  // Once more without the seams: a value may also go across the border of an element.
  return (masked.includes(seam) ? maskText(withoutSeams(masked), dictionary) : masked).slice(0, longest);
}

/** Whether a text can be told as it is; selectors that hang on a text that cannot must not be made. */
export const isPlain = (text: string, dictionary: PersonalDictionary): boolean =>
  detect(text, dictionary).length === 0 && (!text.includes(seam) || detect(withoutSeams(text), dictionary).length === 0);
