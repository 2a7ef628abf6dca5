import type { FieldPolicy } from '../protocol.ts';
import { type FieldTexts, classify } from './cues.ts';
import { maskText } from './detect.ts';
import type { PersonalDictionary, PersonalType } from './dictionary.ts';

/** What is known of a form field besides its value. */
export interface FieldCues extends FieldTexts {
  role: string;
}

export interface FieldRule {
  policy: FieldPolicy;
  type: PersonalType;
}

/** The types of the recorder's placeholders for those of the table. */
const personalTypes: Record<string, PersonalType> = {
  email: 'EMAIL', phone: 'PHONE', card: 'CARD', 'person-name': 'NAME', 'postal-address': 'ADDRESS', 'birth-date': 'DATE', iban: 'ACCOUNT', 'national-id': 'ACCOUNT', credential: 'SECRET', secret: 'SECRET',
};

/** Choices that the page or the browser offers: what they say is not the person's, unless it tells something about them. */
const offered = new Set(['select-one', 'select-multiple', 'time']);

/**
 * What may be kept of a field's value. Cues of the document decide before any text is looked at; what no cue speaks
 * for keeps its shape only. The server comes to the same by the same table, and is never laxer.
 */
export function fieldRule(cues: FieldCues): FieldRule {
  if (cues.type === 'hidden' || cues.type === 'file') return { policy: 'drop', type: 'TEXT' };
  const { kind, pii, policy } = classify(cues);
  if (kind === 'unknown' && (offered.has(cues.type) || cues.role === 'searchbox')) return { policy: 'keep', type: 'TEXT' };
  // Most names of accounts are e-mail addresses.
  return { policy, type: kind === 'username' ? 'EMAIL' : (personalTypes[pii ?? ''] ?? 'TEXT') };
}

/** The shape of a value: how it is built, with its length only roughly. */
export function shapeOf(value: string): string {
  const shape = value.replace(/[\p{L}\p{N}]/gu, (letter) => (/\p{N}/u.test(letter) ? '9' : /\p{Lu}/u.test(letter) ? 'X' : 'x'));
  return shape.replace(/(X|x|9)\1{3,}/g, '$1$1$1');
}

/** What may be told of a field's value; `null` for what must not leave the page. */
export function maskValue(value: string, rule: FieldRule, dictionary: PersonalDictionary): string | null {
  const byPolicy: { [policy in FieldPolicy]: () => string | null } = {
    drop: () => null,
    pseudonymise: () => (value === '' ? '' : dictionary.placeholder(value, rule.type)),
    // A model that is to do the task must learn to write what the task says.
    shape: () => (rule.type === 'TEXT' && dictionary.isTold(value) ? maskText(value, dictionary) : shapeOf(value)),
    keep: () => maskText(value, dictionary),
  };
  return byPolicy[rule.policy]();
}
