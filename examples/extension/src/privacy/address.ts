import { detect } from './detect.ts';
import type { PersonalDictionary } from './dictionary.ts';

/** Parameters by which shops address what they show. Every other value is left out. */
const shopParameters = /^(q|query|search|s|k|keyword|page|p|sort|order|category|cat|c|brand|color|colour|size|sku|view|lang|min|max|rating|filter|tab|build)$/i;
const longest = 60;

/** A word a person or a shop would write, not a token: tokens mix digits and letters at length. */
const isTokenLike = (text: string): boolean =>
  text.length > longest || /[A-Za-z0-9_-]{24,}/.test(text) || /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}$/.test(text);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
};

/** An address without what could tell who someone is: parameter names stay, values of shop parameters stay if plain. */
export function maskUrl(address: string, dictionary?: PersonalDictionary): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return '';
  }
  if (!/^(https?|file):$/.test(url.protocol)) return `${url.protocol}*`;
  const isPersonal = (text: string) => isTokenLike(text) || detect(text, dictionary).length > 0;
  const path = url.pathname.split('/').map((part) => (isPersonal(decode(part)) ? '*' : part)).join('/');
  const query = [...url.searchParams].map(([name, value]) => {
    const safeName = isPersonal(name) ? '*' : encodeURIComponent(name);
    return `${safeName}=${shopParameters.test(name) && !isPersonal(value) ? encodeURIComponent(value) : '*'}`;
  });
  const place = decode(url.hash.slice(1));
  const hash = place === '' ? '' : `#${/^[A-Za-z][A-Za-z-]{0,30}$/.test(place) && !isPersonal(place) ? place : '*'}`;
  return `${url.origin === 'null' ? `${url.protocol}//` : url.origin}${path}${query.length > 0 ? `?${query.join('&')}` : ''}${hash}`;
}
