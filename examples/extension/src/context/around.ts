import { ancestorsOf, closestAcross, idOf, parentElementOf } from '../capture/tree.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import { cuesOf, fieldSelector, isField, markOf, rawValueOf, ruleOf, safeText } from '../privacy/elements.ts';
import { maskValue } from '../privacy/fields.ts';
import type { DomHierarchy, DomNode, FormField, NearbyElement, VisualContext } from '../protocol.ts';
import { isHashLike } from '../selectors/quality.ts';
import { tellableText } from '../privacy/text.ts';
import { roleOf } from '../selectors/names.ts';
import { boxOf, clip, middleOf, shift, viewportBox, visibleRatio } from './boxes.ts';
import { isFilled, interactiveSelector } from './page.ts';

const mostAncestors = 12;
const mostNearby = 12;
const mostFields = 30;

export function hierarchyOf(element: Element, dictionary: PersonalDictionary): DomHierarchy {
  const ancestors: DomNode[] = [];
  let depth = 0;
  for (const ancestor of ancestorsOf(element)) {
    if (ancestors.length < mostAncestors) ancestors.push(nodeOf(ancestor, dictionary));
    depth += 1;
  }
  return { ancestors, depth, siblings: Math.max(0, (parentElementOf(element)?.childElementCount ?? 1) - 1), children: element.childElementCount };
}

function nodeOf(element: Element, dictionary: PersonalDictionary): DomNode {
  const role = element.getAttribute('role');
  let index = 0;
  for (let sibling = element.previousElementSibling; sibling; sibling = sibling.previousElementSibling) index += 1;
  return {
    tag: element.localName, index,
    ...(idOf(element) && { id: safeText(idOf(element), dictionary, 60) }),
    ...(role && { role }),
    ...(element.classList.length > 0 && { classes: [...element.classList].slice(0, 6).filter((name) => !isHashLike(name)) }),
  };
}

/** Points around the target, from near to far: asking what lies there costs less than measuring the whole page. */
const directions = Array.from({ length: 8 }, (_, at) => ({ x: Math.cos((at * Math.PI) / 4), y: Math.sin((at * Math.PI) / 4) }));
const distances = [40, 110, 220];

export function nearbyOf(element: Element, dictionary: PersonalDictionary, offset: { x: number; y: number }): NearbyElement[] {
  const box = boxOf(element);
  const middle = middleOf(box);
  const seen = viewportBox();
  const found = new Set<Element>();
  for (const distance of distances) {
    for (const { x, y } of directions) {
      const point = { x: middle.x + x * (box.width / 2 + distance), y: middle.y + y * (box.height / 2 + distance) };
      if (!clip({ ...point, width: 1, height: 1 }, seen)) continue;
      const hit = document.elementFromPoint(point.x, point.y);
      const useful = hit && (closestAcross(hit, interactiveSelector) ?? hit);
      if (useful && useful !== element && !useful.contains(element)) found.add(useful);
    }
    if (found.size >= mostNearby) break;
  }
  return [...found].slice(0, mostNearby).map((near) => nearbyElement(near, middle, dictionary, offset));
}

function nearbyElement(element: Element, from: { x: number; y: number }, dictionary: PersonalDictionary, offset: { x: number; y: number }): NearbyElement {
  const box = boxOf(element);
  const to = middleOf(box);
  const text = isField(element) || markOf(element) ? '' : element.getAttribute('aria-label') ?? tellableText(element, 240);
  return {
    tag: element.localName, role: roleOf(element), interactive: element.matches(interactiveSelector), box: shift(box, offset),
    distance: Math.round(Math.hypot(to.x - from.x, to.y - from.y)), text: text ? safeText(text, dictionary, 60) : null,
  };
}

export function visualContextOf(element: Element, offset: { x: number; y: number }): VisualContext {
  const box = boxOf(element);
  const ratio = visibleRatio(box);
  const { x, y } = middleOf(box);
  const root = element.getRootNode() as Document | ShadowRoot;
  const top = ratio > 0 ? root.elementFromPoint(x, y) : null;
  return {
    box: shift(box, offset), visibleRatio: ratio, cursor: getComputedStyle(element).cursor,
    occluded: top !== null && top !== element && !element.contains(top) && !top.contains(element),
  };
}

/** The fields of the form around an element, with their values as the policy allows. */
export function formAround(element: Element, dictionary: PersonalDictionary): FormField[] {
  const form = closestAcross(element, 'form');
  if (!form) return [];
  return [...form.querySelectorAll(fieldSelector)].filter(isField).filter(({ type }) => !['hidden', 'submit', 'button', 'reset'].includes(type)).slice(0, mostFields).map((field) => {
    const rule = ruleOf(field);
    const cues = cuesOf(field);
    return {
      name: safeText(field.name || field.id || field.localName, dictionary, 60),
      inputType: field.type, autocomplete: cues.autocomplete || null, required: field.required, filled: isFilled(field),
      label: safeText([...(field.labels ?? [])].map((label) => tellableText(label, 120)).join(' ') || field.getAttribute('aria-label') || '', dictionary, 80) || null,
      value: isFilled(field) ? maskValue(rawValueOf(field), rule, dictionary) : null,
    };
  });
}
