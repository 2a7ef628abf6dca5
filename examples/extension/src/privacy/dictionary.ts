import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** A value the person typed somewhere, known only by a keyed digest; `first` is the digest of its first word. */
export interface PersonalDigest {
  first: string;
  whole: string;
  words: number;
  type: PersonalType;
}

export type PersonalType = 'EMAIL' | 'PHONE' | 'NAME' | 'ADDRESS' | 'CARD' | 'DATE' | 'ACCOUNT' | 'SECRET' | 'TEXT';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const encoder = new TextEncoder();

/** Types whose single words are telling by themselves: `Hi, Jane`. A street's words are not. */
const wordByWord: ReadonlySet<PersonalType> = new Set(['NAME']);
/** Types whose digits can be counted out by trying: they get no digest that could be tried against. */
const neverDigested: ReadonlySet<PersonalType> = new Set(['CARD', 'SECRET']);
const LONGEST_PHRASE = 8;
const SHORTEST = 3;

export const wordsOf = (text: string): { word: string; start: number; end: number }[] =>
  [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({ word: match[0].toLowerCase(), start: match.index, end: match.index + match[0].length }));

/** `jane.doe@…` names somebody, and a page that was told it may greet her; `info@…` does not. */
function namesIn(address: string): string[] {
  const parts = (address.split('@')[0] ?? '').toLowerCase().split(/[._-]/);
  return parts.length > 1 && parts.every((part) => /^\p{L}{3,}$/u.test(part)) ? parts : [];
}

/**
 * What the person typed in this session, found again in whatever a page shows later. Values are never stored: pages
 * that were typed into share keyed digests, and the key dies with the session.
 */
export class PersonalDictionary {
  readonly #key: Uint8Array;
  readonly #byFirst = new Map<string, PersonalDigest[]>();
  readonly #wordDigests = new Map<string, string>();
  /** Values of this document that must have no digest; they live only in this page's memory. */
  readonly #phrases = new Map<string, { phrase: string; words: number; type: PersonalType }>();

  constructor(salt: string, digests: PersonalDigest[], private readonly goal = '') {
    this.#key = encoder.encode(salt);
    this.add(digests);
  }

  /** Whether the goal of the session says a value word for word: then it is told already. */
  isTold(value: string): boolean {
    const wanted = value.trim();
    if (!/[\p{L}\p{N}]/u.test(wanted)) return false;
    for (let at = this.goal.indexOf(wanted); at >= 0; at = this.goal.indexOf(wanted, at + 1)) {
      const before = this.goal.slice(0, at);
      const after = this.goal.slice(at + wanted.length);
      if (!/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after)) return true;
    }
    return false;
  }

  add(digests: PersonalDigest[]): void {
    for (const digest of digests) {
      const known = this.#byFirst.get(digest.first) ?? [];
      if (!known.some(({ whole }) => whole === digest.whole)) this.#byFirst.set(digest.first, [...known, digest]);
    }
  }

  /** Learns a value that was typed; gives the digests that other pages of the session should know. */
  learn(value: string, type: PersonalType): PersonalDigest[] {
    const words = wordsOf(value).map(({ word }) => word);
    if (words.join('').length < SHORTEST) return [];
    const phrases = [words, ...(words.length > 1 ? [[words.join('')]] : []), ...(wordByWord.has(type) ? words.filter((word) => word.length >= SHORTEST).map((word) => [word]) : [])];
    if (type === 'EMAIL') phrases.push(...namesIn(value).map((name) => [name]));
    const usable = phrases.filter((phrase) => phrase.length <= LONGEST_PHRASE);
    if (neverDigested.has(type)) {
      for (const phrase of usable) this.#phrases.set(phrase.join(' '), { phrase: phrase.join(' '), words: phrase.length, type });
      return [];
    }
    const digests = usable.map((phrase): PersonalDigest => ({ first: this.#digest(phrase[0]!), whole: this.#digest(phrase.join(' ')), words: phrase.length, type }));
    this.add(digests);
    return digests;
  }

  /** The placeholder of a value: the same value has the same one throughout the session. */
  placeholder(value: string, type: PersonalType): string {
    if (neverDigested.has(type)) return `<${type}>`;
    return `<${type}_${this.#digest(wordsOf(value).map(({ word }) => word).join(' ')).slice(0, 4).toUpperCase()}>`;
  }

  /** Where a text repeats something the person typed. */
  find(text: string): { start: number; end: number; type: PersonalType }[] {
    if (this.#byFirst.size === 0 && this.#phrases.size === 0) return [];
    const words = wordsOf(text);
    const found: { start: number; end: number; type: PersonalType }[] = [];
    for (let at = 0; at < words.length; at += 1) {
      const match = this.#longestAt(words, at);
      if (!match) continue;
      found.push({ start: words[at]!.start, end: words[at + match.words - 1]!.end, type: match.type });
      at += match.words - 1;
    }
    return found;
  }

  #longestAt(words: { word: string }[], at: number): { words: number; type: PersonalType } | undefined {
    const known = this.#byFirst.get(this.#wordDigest(words[at]!.word)) ?? [];
    const phrase = (count: number) => words.slice(at, at + count).map(({ word }) => word).join(' ');
    const matches = [
      ...known.filter(({ words: count, whole }) => at + count <= words.length && this.#digest(phrase(count)) === whole),
      ...[...this.#phrases.values()].filter(({ words: count, phrase: wanted }) => at + count <= words.length && phrase(count) === wanted),
    ];
    return matches.sort((a, b) => b.words - a.words)[0];
  }

  /** Pages repeat their words; each is digested once. */
  #wordDigest(word: string): string {
    const known = this.#wordDigests.get(word);
    if (known !== undefined) return known;
    const digest = this.#digest(word);
    if (this.#wordDigests.size < 20_000) this.#wordDigests.set(word, digest);
    return digest;
  }

  #digest(text: string): string {
    const bytes = hmac(sha256, this.#key, encoder.encode(text)).subarray(0, 10);
    let digits = '';
    for (let bit = 0; bit < 80; bit += 5) {
      const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
      digits += alphabet[(pair >> (11 - (bit & 7))) & 31];
    }
    return digits;
  }
}
