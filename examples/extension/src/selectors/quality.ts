/** How likely a value is to be the same after the next deployment, with the reasons for doubt. */
export interface ValueQuality {
  factor: number;
  reasons: string[];
}

const good: ValueQuality = { factor: 1, reasons: [] };

/** Class names and ids of build tools: hashes, counters, and what frameworks number themselves. */
export function isHashLike(value: string): boolean {
  if (/^(css|sc|jss|svelte|emotion|tw|ember|react|radix|headlessui|mui|data-v|ng|yui|gwt|ext)[-_:]/i.test(value)) return true;
  if (/^:r[\da-z]*:$/i.test(value) || /^[a-z]?\d+$/i.test(value)) return true;
  // Build tools put their hash behind the author's name: `button_wben6`.
  if (/_[a-z]*\d[a-z\d]*$/i.test(value) && /_[a-z\d]{5,}$/i.test(value)) return true;
  return value.split(/[-_:.]+/).some(isHashPart);
}

/** Pairs of letters that stand in no word, nor where two words meet. */
const impossible = /j[^aeiouy]|q(?!u|$)|z[bcdfgjkmnpqrstvx]|v[bcdfghjkmnpqtwxz]|x[jqz]/;

/** What English words begin with when they begin with more than one consonant. */
const onsets = /^(?:[^aeiouy]?(?:[aeiouy]|$)|bl|br|ch|cl|cr|dr|dw|fl|fr|gh|gl|gn|gr|kn|kr|ph|pl|pr|ps|qu|rh|sc|sh|sk|sl|sm|sn|sp|sq|st|sw|th|tr|ts|tw|wh|wr)/;

/** A part that mixes letters and digits, or that no one could pronounce, is not a word. */
function isHashPart(part: string): boolean {
  if (part.length < 4) return false;
  const digits = part.replace(/\D/g, '').length;
  if (digits > 0 && digits < part.length && !/^[a-z]+\d{1,2}$/i.test(part)) return true;
  if (digits === part.length && part.length >= 5) return true;
  const letters = part.toLowerCase();
  if (/[a-z][A-Z][a-z]?[A-Z]/.test(part) && !/^[A-Z]?[a-z]+(?:[A-Z][a-z]+)+$/.test(part)) return true;
  return part.length >= 5 && (!/[aeiouy]/.test(letters) || !onsets.test(letters) || impossible.test(letters) || /[^aeiouy\d]{5,}/.test(letters));
}

export function idQuality(value: string): ValueQuality {
  if (isHashLike(value)) return { factor: 0.3, reasons: ['hash-like-id'] };
  if (/\d/.test(value)) return { factor: 0.8, reasons: ['number-in-id'] };
  return good;
}

export function textQuality(value: string): ValueQuality {
  if (value.length > 60) return { factor: 0.7, reasons: ['long-text'] };
  if (/\d/.test(value)) return { factor: 0.85, reasons: ['number-in-text'] };
  if (value.length < 2) return { factor: 0.7, reasons: ['short-text'] };
  return good;
}

export function pathQuality(path: string): ValueQuality {
  const reasons: string[] = [];
  let factor = 1;
  const positions = path.match(/nth-|\[\d+\]/g)?.length ?? 0;
  if (positions > 0) {
    factor *= 0.85 ** positions;
    reasons.push('position');
  }
  const depth = path.split(/ > | |\//).length;
  if (depth > 4) {
    factor *= 0.9;
    reasons.push('deep-path');
  }
  return { factor, reasons };
}
