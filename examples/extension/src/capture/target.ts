import { boxOf, shift } from '../context/boxes.ts';
import { formAround, hierarchyOf, nearbyOf, visualContextOf } from '../context/around.ts';
import { interactiveSelector } from '../context/page.ts';
import { maskUrl } from '../privacy/address.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import { isEditable, isField, isPlain, markOf, rawValueOf, ruleOf, safeText } from '../privacy/elements.ts';
import { maskValue } from '../privacy/fields.ts';
import { holdsPrivateText, tellableText } from '../privacy/text.ts';
import type { ElementData, InteractionData, PageContext } from '../protocol.ts';
import { buildSelectors } from '../selectors/build.ts';
import { fingerprintOf } from '../selectors/fingerprint.ts';
import { type Reader, RememberingReader } from '../selectors/names.ts';
import type { CaptureLevel } from '../session/recording.ts';
import { closest } from './tree.ts';

/** What an action needs to know of its element, read before the page reacts. */
export type Described = Pick<InteractionData, 'element' | 'selectors' | 'visualContext' | 'userContext' | 'reliability'> & { pageContext: PageContext };

export interface Surroundings {
  dictionary: PersonalDictionary;
  level: CaptureLevel;
  offset: { x: number; y: number };
  overview: PageContext;
  /** Scroll and viewport of the top document. */
  moment: PageContext;
}

/** The element a person means: the button, not the icon on it. */
export function actedElement(innermost: Element): Element {
  return closest(innermost, (candidate) => candidate.matches(interactiveSelector) || candidate.localName === 'label' || isEditable(candidate)) ?? innermost;
}

export function describe(element: Element, around: Surroundings): Described {
  const { dictionary, level, offset } = around;
  const isPrivate = markOf(element) !== undefined || holdsPrivateText(element);
  const reader = new RememberingReader();
  const { set, reliability } = buildSelectors(element, { dictionary, isPrivate, reader, cheap: level === 'basic' });
  const isBasic = level === 'basic';
  return {
    element: { ...elementData(element, around, isPrivate, reader), ...(!isBasic && { fingerprint: fingerprintOf(element, dictionary, isPrivate, reader) }) },
    selectors: set,
    reliability,
    visualContext: visualContextOf(element, offset),
    userContext: isBasic ? {} : { form: formAround(element, dictionary) },
    pageContext: {
      ...around.overview, ...around.moment,
      ...(!isBasic && { domHierarchy: hierarchyOf(element, dictionary), nearbyElements: nearbyOf(element, dictionary, offset) }),
    },
  };
}

/** A name made of the element's content can glue words together so that a personal one is not seen in it any more. */
function toldName(element: Element, dictionary: PersonalDictionary, reader: Reader): string {
  const content = tellableText(element, 800);
  return isPlain(content, dictionary) ? reader.name(element) : (element.getAttribute('aria-label') ?? content);
}

const keptAttributes = ['id', 'class', 'name', 'type', 'role', 'href', 'alt', 'title', 'placeholder', 'aria-label', 'aria-expanded', 'aria-selected', 'aria-checked', 'aria-pressed', 'data-testid', 'data-test-id', 'autocomplete', 'inputmode', 'target'];

function elementData(element: Element, { dictionary, offset }: Surroundings, isPrivate: boolean, reader: Reader): ElementData {
  const root = element.getRootNode();
  const field = isField(element) || isEditable(element);
  const rule = field ? ruleOf(element) : undefined;
  const isInput = element instanceof HTMLInputElement;
  const text = (value: string | null, longest: number) => (value && !isPrivate ? safeText(value, dictionary, longest) || null : null);
  return {
    tag: element.localName,
    attributes: attributesOf(element, dictionary, isPrivate),
    role: reader.role(element),
    name: text(toldName(element, dictionary, reader), 120),
    text: field ? null : text(tellableText(element, 800), 200),
    box: shift(boxOf(element), offset),
    inputType: isField(element) || element instanceof HTMLButtonElement ? element.type : null,
    ...(rule && { fieldPolicy: rule.policy, value: maskValue(rawValueOf(element), rule, dictionary) }),
    ...(isInput && (element.type === 'checkbox' || element.type === 'radio') && { checked: element.checked }),
    disabled: element.matches(':disabled, [aria-disabled=true]'),
    focused: element.matches(':focus'),
    ...(window !== window.top && { frameOrigin: location.origin }),
    ...(root instanceof ShadowRoot && { shadowRoot: root.mode }),
    ...(isPrivate && { private: true }),
  };
}

function attributesOf(element: Element, dictionary: PersonalDictionary, isPrivate: boolean): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of isPrivate ? ['role', 'type'] : keptAttributes) {
    const value = element.getAttribute(name);
    if (value === null) continue;
    found[name] = name === 'href' && element instanceof HTMLAnchorElement ? maskUrl(element.href, dictionary) : safeText(value, dictionary, 160);
  }
  return found;
}
