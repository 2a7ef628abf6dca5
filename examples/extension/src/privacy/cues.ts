import file from '../../../../codesight-core/src/privacy/fields/cues.json' with { type: 'json' };
import type { FieldPolicy } from '../protocol.ts';

/** What a field is for, in the words of `cues.json`; `unknown` where no cue speaks. */
export type FieldKind = string;

/** What the page says of a field. Empty text stands for what it does not say. */
export interface FieldTexts {
  type: string;
  autocomplete: string;
  name: string;
  id: string;
  label: string;
  placeholder: string;
  aria: string;
}

interface Entry {
  kind: FieldKind;
  pii?: string;
  policy: FieldPolicy;
  autocomplete: string[];
  words: string[];
  parts: string[];
  weak?: string[];
  whole?: string[];
}

/** Who reads `cues.json` must come to the same: the server's masker, in `codesight-core/src/privacy/fields`, reads it as well. */
const entries: Entry[] = file.kinds as Entry[];
const unknown: Entry = { kind: 'unknown', pii: 'form-value', policy: 'shape', autocomplete: [], words: [], parts: [] };

const WEAK = 0.3;
/** Parts of so many letters are also looked for across two words: `sphone` and `type` hold `phonetype`. */
const LONG = 6;
/** No label is longer; what is longer is a paragraph, whose start says what it is. */
const LONGEST_TEXT = 400;

const accents: [RegExp, string][] = [
  [/[à-åāăąảạậấầ]/g, 'a'], [/[çćč]/g, 'c'], [/[ďđ]/g, 'd'], [/[è-ëēęěệế]/g, 'e'], [/ğ/g, 'g'], [/[ì-ïıīị]/g, 'i'], [/ł/g, 'l'], [/[ñńň]/g, 'n'],
  [/[ò-öøőōốộ]/g, 'o'], [/ř/g, 'r'], [/[śšşș]/g, 's'], [/[ťţț]/g, 't'], [/[ù-üůűūưụ]/g, 'u'], [/[ýÿ]/g, 'y'], [/[źżž]/g, 'z'], [/ά/g, 'α'], [/ό/g, 'ο'],
];
const plain = (word: string): string => accents.reduce((text, [accented, letter]) => text.replace(accented, letter), word.toLowerCase());

type LetterClass = 'upper' | 'lower' | 'digit' | 'other';

function classOf(letter: string): LetterClass {
  if (/[0-9]/.test(letter)) return 'digit';
  if (/\p{Uppercase}/u.test(letter)) return 'upper';
  return /[\p{Alphabetic}\p{N}\u0e47-\u0e4e]/u.test(letter) ? 'lower' : 'other';
}

/** Lower-case words without accents: split at signs, between digits and letters, and at camel case. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let before: LetterClass = 'other';
  for (const letter of [...text.slice(0, LONGEST_TEXT * 2)].slice(0, LONGEST_TEXT)) {
    const now = classOf(letter);
    const last = words.length - 1;
    if (now !== 'other') {
      if (last >= 0 && before !== 'other' && (now === before || (before === 'upper' && now === 'lower'))) {
        // `HTMLName`: the last capital starts the next word.
        const capitals = before === 'upper' && now === 'lower' ? [...words[last]!] : [];
        if (capitals.length > 1) words.splice(last, 1, capitals.slice(0, -1).join(''), capitals.at(-1)!);
        words[words.length - 1] += letter;
      } else words.push(letter);
    }
    before = now;
  }
  return words.map(plain);
}

const phrases = new Map<string, { entry: number; strength: number }>();
const wholes = new Map<string, number>();
const parts: { text: string; entry: number }[] = [];
let longestPhrase = 0;
for (const [entry, { words, weak = [], whole = [], parts: own }] of entries.entries()) {
  for (const [list, strength] of [[words, 1], [weak, WEAK]] as const) {
    for (const phrase of list) {
      const folded = wordsOf(phrase);
      longestPhrase = Math.max(longestPhrase, folded.length);
      const known = folded.join(' ');
      if (!phrases.has(known)) phrases.set(known, { entry, strength });
    }
  }
  for (const word of whole) wholes.set(word, entry);
  for (const text of own) parts.push({ text, entry });
}
const lettersOf = (text: string) => [...text].length;
parts.sort((one, other) => lettersOf(other.text) - lettersOf(one.text));
const bytes = (text: string) => new TextEncoder().encode(text).length;

/** How much speaks for each kind, by its place in the table. */
type Matches = Map<number, number>;

/** Adds what a text says: the longest phrase at every word, or a part of a word that was run together. */
function read(text: string, weight: number, matches: Matches): void {
  const words = wordsOf(text);
  const said: [entry: number, strength: number][] = [];
  const whole = words.length === 1 ? wholes.get(words[0]!) : undefined;
  if (whole !== undefined) said.push([whole, 1]);
  for (let at = 0; at < words.length; ) {
    const phrase = longestAt(words, at);
    if (phrase) said.push([phrase.entry, phrase.strength * Math.sqrt(phrase.count)]);
    const part = phrase ? undefined : partOf(words[at]!, words[at + 1] ?? '');
    if (part) said.push([part.entry, bytes(part.text) > LONG ? 1.2 : 1]);
    at += phrase?.count ?? 1;
  }
  // A long text that mentions many things says little about each.
  const share = weight / Math.sqrt(Math.max(said.length, 1));
  for (const [entry, strength] of said) matches.set(entry, (matches.get(entry) ?? 0) + share * strength);
}

function longestAt(words: string[], at: number): { entry: number; strength: number; count: number } | undefined {
  for (let count = Math.min(longestPhrase, words.length - at); count > 0; count -= 1) {
    const phrase = phrases.get(words.slice(at, at + count).join(' '));
    if (phrase) return { ...phrase, count };
  }
  return undefined;
}

/** The longest part within a word, or within it and the next one together. */
const partOf = (word: string, next: string) =>
  parts.find(({ text }) => word.includes(text) || (lettersOf(text) >= LONG && (word + next).includes(text) && !next.includes(text)));

/** Reads all texts of a field. What people see counts for more than what programs read. */
function matchesOf(texts: FieldTexts): Matches {
  const matches: Matches = new Map();
  const weights: [string, number][] = [
    [texts.label, 4.5], [texts.aria, 3], [texts.name, 2.9], [texts.placeholder, 2.8],
    // An id that repeats the name says nothing more.
    [texts.id, texts.id === texts.name ? 0.5 : 2],
  ];
  for (const [text, weight] of weights) if (text) read(text, weight, matches);
  return matches;
}

/** The kind for which most speaks; among equals the one that stands first in the table. */
function bestOf(matches: Matches): { entry: Entry; weight: number } | undefined {
  const [best] = [...matches].sort(([one, its], [other, weight]) => weight - its || one - other);
  return best && { entry: entries[best[0]]!, weight: best[1] };
}

const entryOf = (kind: FieldKind): Entry => entries.find((entry) => entry.kind === kind) ?? unknown;

/** The kind an autocomplete token names. Prefixes such as `billing` and `section-…` say nothing about it. */
function byAutocomplete(tokens: string, type: string): Entry | undefined {
  for (const token of tokens.toLowerCase().split(/\s+/).reverse()) {
    // Pages put `new-password` on other fields to keep browsers from filling them in.
    const entry = token.endsWith('-password') && type !== 'password' ? undefined : entries.find(({ autocomplete }) => autocomplete.includes(token));
    if (entry) return entry;
  }
  return undefined;
}

/** A date of which the cues name one part: `Day` under the heading `Birthday`. */
function partOfDate({ kind }: Entry, matches: Matches): FieldKind {
  const named = (part: string) => [...matches.keys()].some((entry) => entries[entry]!.kind.endsWith(part) && /^(birthday|card-expiry)-/.test(entries[entry]!.kind));
  const said = ['-day', '-month', '-year'].filter(named);
  if (said.length !== 1 || (kind !== 'birthday' && kind !== 'card-expiry')) return kind;
  return said[0] === '-day' && kind === 'card-expiry' ? kind : kind + said[0]!;
}

const choices = new Set(['checkbox', 'radio', 'submit', 'button', 'reset', 'image', 'range', 'color']);

/** What a field is for, and what may be kept of its value. */
export function classify(texts: FieldTexts): { kind: FieldKind; pii: string | undefined; policy: FieldPolicy } {
  const { kind, pii, policy } = entryFor(texts);
  return { kind, pii, policy };
}

function entryFor(texts: FieldTexts): Entry {
  const type = texts.type.trim().toLowerCase();
  if (choices.has(type)) return entryOf('choice');
  const completed = byAutocomplete(texts.autocomplete, type);
  const matches = matchesOf(texts);
  const best = bestOf(matches);
  if (type === 'password') {
    const entry = completed ?? best?.entry;
    // What is typed like a password and called an answer stands in for one.
    const secret = entry?.kind === 'comment' ? entryOf('security-answer') : entry;
    return secret?.policy === 'drop' ? secret : entryOf('password');
  }
  if (completed) return completed;
  if (type === 'search') return entryOf('search');
  if (type === 'email') return entryOf('email');
  if (!best) return type === 'tel' ? entryOf('phone') : unknown;
  // A weak word does not speak against a phone keypad.
  if (type === 'tel' && best.weight < 1.5) return best.entry.pii ? best.entry : entryOf('phone');
  return entryOf(partOfDate(best.entry, matches));
}
