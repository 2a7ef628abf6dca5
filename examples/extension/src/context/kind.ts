import type { PageKind } from '../protocol.ts';

const byAddress: [RegExp, PageKind][] = [
  [/\b(confirmation|thank-?you|order-(complete|placed|received))\b/i, 'confirmation'],
  [/\b(checkout|payment|address|shipping|delivery)\b/i, 'checkout'],
  [/\b(cart|basket|bag)\b/i, 'cart'],
  [/\b(account|login|sign-?in|register|profile|orders)\b/i, 'account'],
  [/\b(search|results|category|collections?)\b|[?&](q|query|search)=/i, 'results'],
  [/\b(product|item|dp|p)\b/i, 'product'],
];

/** What kind of page it is, in a shop's terms; nothing when neither the page nor its address tells. */
export function pageKindOf(page: Document, address: string, products: number): PageKind | null {
  const declared = page.querySelector('meta[property="og:type"]')?.getAttribute('content') ?? '';
  if (/^product/.test(declared)) return 'product';
  const { pathname, search } = new URL(address, 'http://page.invalid');
  const place = pathname.replace(/[/_.]/g, ' ') + search;
  const match = byAddress.find(([pattern]) => pattern.test(place));
  if (match) return match[1];
  if (pathname === '/' || /^\/index\.\w+$/.test(pathname)) return 'home';
  return products > 3 ? 'results' : null;
}
