import { momentContext } from '../context/page.ts';
import type { PersonalDictionary, PersonalDigest } from '../privacy/dictionary.ts';
import { isField, markOf, rawValueOf, ruleOf, safeText } from '../privacy/elements.ts';
import { maskValue } from '../privacy/fields.ts';
import { tellableSelection } from '../privacy/text.ts';
import type { InteractionData, PageContext, Point } from '../protocol.ts';
import type { Moment } from './moments.ts';
import type { Action } from './reducer.ts';
import type { Described } from './target.ts';

const isTop = window === window.top;
const LONGEST_VALUE = 500;

/** What an interaction needs to know besides the action itself. */
export interface Circumstances {
  described: Described;
  /** Where this document lies in the top document. */
  offset: Point;
  /** What was typed, chosen or selected, as it may be told; undefined where the action has no value. */
  value: string | null | undefined;
  tab: number;
  previousAt?: number;
}

/** The record of an action. */
export function interactionOf(action: Action<Moment>, { described, offset, value, tab, previousAt }: Circumstances): InteractionData {
  const { details } = action;
  const at = action.point ? moved(action.point, offset) : middleOf(described);
  return {
    type: action.type, timestamp: action.at, confidence: action.confidence, reliability: described.reliability,
    element: { ...described.element!, ...(value !== undefined && action.value === 'field' && { value }) },
    selectors: described.selectors, visualContext: described.visualContext,
    coordinates: { ...at, ...(isTop && { pageX: at.x + scrollX, pageY: at.y + scrollY }) },
    action: { ...details, ...(details.path && { path: details.path.map((each) => moved(each, offset)) }), ...(value !== undefined && { text: value }) },
    pageContext: described.pageContext,
    userContext: { ...described.userContext, tab, ...(previousAt && { sincePreviousMs: Math.max(0, action.at - previousAt) }) },
  };
}

/** The record of coming to a page. */
export const navigationOf = (url: string, cause: string, at: number, overview: PageContext): InteractionData => ({
  type: 'navigation', timestamp: at, action: { url, cause }, pageContext: { ...overview, ...momentContext() }, confidence: 1, reliability: 1,
});

const moved = (point: Point, by: Point): Point => ({ x: point.x + by.x, y: point.y + by.y });

/** Keys and choices have no point of their own; they happened at their element. */
function middleOf({ element }: Described): Point {
  const box = element?.box ?? { x: 0, y: 0, width: 0, height: 0 };
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** What an action's value may tell. A personal one is learned on the way, to be recognised wherever it turns up later. */
export function tellableValue({ value, target }: Action<Moment>, dictionary: PersonalDictionary, learned: (digests: PersonalDigest[]) => void): string | null | undefined {
  if (value === undefined) return undefined;
  const rule = ruleOf(target);
  if (value === 'selection') {
    const isWithheld = markOf(target) !== undefined || (isField(target) && rule.policy !== 'keep');
    return isWithheld ? null : safeText(tellableSelection(), dictionary, 200);
  }
  const text = value === 'field' ? rawValueOf(target) : value.pasted;
  if ((rule.policy === 'drop' || rule.policy === 'pseudonymise') && text !== '') learned(dictionary.learn(text, rule.type));
  return maskValue(text, rule, dictionary)?.slice(0, LONGEST_VALUE) ?? null;
}
