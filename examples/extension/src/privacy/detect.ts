import type { PersonalDictionary, PersonalType } from './dictionary.ts';

export interface Finding {
  start: number;
  end: number;
  type: PersonalType;
}

/** Plain digit runs are product numbers far more often than phone numbers; only what is written as a phone number counts. */
const patterns: [RegExp, PersonalType, ((text: string) => boolean)?][] = [
  [/[\p{L}\p{N}._%+-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/giu, 'EMAIL'],
  [/(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])/g, 'CARD', isCardNumber],
  [/(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])/g, 'ACCOUNT', isIban],
  [/(?<![\w.])\d{3}-\d{2}-\d{4}(?![\w-])/g, 'ACCOUNT'],
  [/(?<![\w+])\+\d{1,3}[\s.-]?(?:\(\d{1,4}\)[\s.-]?)?\d(?:[\s.-]?\d){5,12}(?!\w)/g, 'PHONE'],
  [/(?<![\w(])\(\d{3}\)[\s.-]?\d{3}[\s.-]\d{4}(?!\w)/g, 'PHONE'],
  [/(?<![\w.-])\d{3}[.-]\d{3}[.-]\d{4}(?![\w-])/g, 'PHONE'],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+/g, 'SECRET'],
  [/\b(?:sk|pk|ghp|gho|xox[abp])[-_][A-Za-z0-9_-]{16,}/g, 'SECRET'],
];

/** The personal data in a text, without overlaps, in order. */
export function detect(text: string, dictionary?: PersonalDictionary): Finding[] {
  const found: Finding[] = dictionary?.find(text) ?? [];
  // Nothing below matches a text without a digit, an @ or a token prefix.
  if (/[\d@_]|%40/.test(text)) {
    for (const [pattern, type, accepts] of patterns) {
      for (const match of text.matchAll(pattern)) {
        if (!accepts || accepts(match[0])) found.push({ start: match.index, end: match.index + match[0].length, type });
      }
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  return found.filter((finding, at) => !found.slice(0, at).some((earlier) => earlier.end > finding.start));
}

/** The text with each finding replaced by its placeholder. */
export function maskText(text: string, dictionary: PersonalDictionary): string {
  let masked = '';
  let from = 0;
  for (const { start, end, type } of detect(text, dictionary)) {
    masked += text.slice(from, start) + dictionary.placeholder(text.slice(start, end), type);
    from = end;
  }
  return masked + text.slice(from);
}

function isCardNumber(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].reverse().map(Number);
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const sum = digits.reduce((total, digit, at) => total + (at % 2 ? doubled[digit]! : digit), 0);
  return sum % 10 === 0 && /^[2-6]/.test(text) && new Set(digits).size > 1;
}

function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '');
  const digits = [...compact.slice(4), ...compact.slice(0, 4)].map((letter) => parseInt(letter, 36)).join('');
  return compact.length >= 15 && [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}
