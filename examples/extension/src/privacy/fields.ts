import type { FieldPolicy } from '../protocol.ts';
import type { PersonalType } from './dictionary.ts';

/** What is known of a form field besides its value. */
export interface FieldCues {
  tag: string;
  type: string;
  autocomplete: string;
  /** name, id, placeholder, label and aria-label, folded into words. */
  words: string;
  role: string;
}

export interface FieldRule {
  policy: FieldPolicy;
  type: PersonalType;
}

const drop: FieldRule = { policy: 'drop', type: 'SECRET' };
const pseudonym = (type: PersonalType): FieldRule => ({ policy: 'pseudonymise', type });
const keep: FieldRule = { policy: 'keep', type: 'TEXT' };

const droppedTokens = new Set(['current-password', 'new-password', 'one-time-code', 'cc-csc', 'webauthn']);
const tokenTypes: [RegExp, PersonalType][] = [
  [/^(email|username)$/, 'EMAIL'],
  [/^tel/, 'PHONE'],
  [/^cc-(name|given-name|family-name|additional-name)$/, 'NAME'],
  [/^cc-exp/, 'DATE'],
  [/^cc-/, 'CARD'],
  [/^bday/, 'DATE'],
  [/name$|^nickname$|^organization/, 'NAME'],
  [/^(street-address|address-|postal-code|country)/, 'ADDRESS'],
];

const secretWords = /\b(pass ?word|pass ?code|passwort|contraseña|mot de passe|pin|pin code|cvc\d?|cvv\d?|csc|security code|card code|verification code|one time|otp|2fa|mfa|secret|token|api key)\b/;
const wordTypes: [RegExp, PersonalType][] = [
  [/\b(e ?mail|user ?name|login)\b/, 'EMAIL'],
  [/\b(phone|mobile|telephone|tel|fax)\b/, 'PHONE'],
  [/\b(card number|credit card|debit card|cc number|card no|pan)\b/, 'CARD'],
  [/\b(expiry|expiration|exp date|birth|birthday|dob)\b/, 'DATE'],
  [/\b(iban|account number|ssn|social security|passport|licen[cs]e number|tax id|national id)\b/, 'ACCOUNT'],
  [/\b(first|last|full|given|family|middle|sur|card|holder) ?name\b|\bname on card\b|\bsurname\b|^name\b|\brecipient\b/, 'NAME'],
  [/\b(street|address|city|town|postal|post code|postcode|zip|apartment|house number)\b/, 'ADDRESS'],
];
const searchWords = /\b(search|query|q|find|filter)\b/;
const amountWords = /\b(quantity|qty|amount|min|max|from|to|price)\b/;

/** Types whose value is a choice the page offered, not something the person wrote. */
const choices = new Set(['checkbox', 'radio', 'range', 'color', 'submit', 'button', 'reset', 'image', 'select-one', 'select-multiple']);

/**
 * What may be kept of a field's value. Cues of the document decide before any text is looked at; what no cue speaks
 * for keeps its shape only.
 */
export function fieldRule(cues: FieldCues): FieldRule {
  const tokens = cues.autocomplete.toLowerCase().split(/\s+/);
  if (cues.type === 'password' || tokens.some((token) => droppedTokens.has(token)) || secretWords.test(cues.words)) return drop;
  if (cues.type === 'hidden' || cues.type === 'file') return { policy: 'drop', type: 'TEXT' };
  for (const [pattern, type] of tokenTypes) if (tokens.some((token) => pattern.test(token))) return pseudonym(type);
  if (choices.has(cues.type)) return keep;
  if (cues.type === 'email') return pseudonym('EMAIL');
  if (cues.type === 'tel') return pseudonym('PHONE');
  for (const [pattern, type] of wordTypes) if (pattern.test(cues.words)) return pseudonym(type);
  if (cues.type === 'search' || cues.role === 'searchbox' || searchWords.test(cues.words)) return keep;
  if (cues.type === 'number' || amountWords.test(cues.words)) return keep;
  return { policy: 'shape', type: 'TEXT' };
}

/** Words of names in any style: `cardNumber`, `card_number` and `Card number` are the same. */
export const foldWords = (...texts: (string | null | undefined)[]): string =>
  texts.filter(Boolean).join(' ').replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[^\p{L}\p{N}]+/gu, ' ').trim().toLowerCase();

/** The shape of a value: how it is built, with its length only roughly. */
export function shapeOf(value: string): string {
  const shape = value.replace(/[\p{L}\p{N}]/gu, (letter) => (/\p{N}/u.test(letter) ? '9' : /\p{Lu}/u.test(letter) ? 'X' : 'x'));
  return shape.replace(/(X|x|9)\1{3,}/g, '$1$1$1');
}
