import type { PersonalDictionary } from '../privacy/dictionary.ts';
import { safeText } from '../privacy/elements.ts';
import type { ProductInfo } from '../protocol.ts';

const most = 24;

/** The products a page declares, in the three ways shops declare them. */
export function productsOf(page: Document, dictionary: PersonalDictionary): ProductInfo[] {
  const found = [...fromJsonLd(page), ...fromMicrodata(page), ...fromOpenGraph(page)];
  const distinct = found.filter((product, at) => !found.slice(0, at).some((other) => isSame(other, product)));
  const safe = (text: string | null | undefined) => (text ? safeText(String(text), dictionary, 120) : null);
  return distinct.slice(0, most).map((product) => ({
    name: safe(product.name), brand: safe(product.brand), price: safe(product.price), currency: safe(product.currency),
    sku: safe(product.sku), availability: safe(product.availability), quantity: product.quantity ?? null,
  }));
}

const isSame = (a: ProductInfo, b: ProductInfo) => (a.sku && b.sku ? a.sku === b.sku : a.name === b.name);

interface Json { [key: string]: unknown }

function fromJsonLd(page: Document): ProductInfo[] {
  return [...page.querySelectorAll('script[type="application/ld+json"]')].slice(0, 8).flatMap((script) => {
    try {
      return nodesOf(JSON.parse(script.textContent ?? '')).filter((node) => /Product$/.test(String(node['@type']))).map(productOf);
    } catch {
      return [];
    }
  });
}

/** Declarations nest: in lists, in `@graph`, and as the items of an ItemList. */
function nodesOf(value: unknown, depth = 0): Json[] {
  if (depth > 4 || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => nodesOf(item, depth + 1));
  const node = value as Json;
  return [node, ...['@graph', 'itemListElement', 'item', 'mainEntity'].flatMap((key) => nodesOf(node[key], depth + 1))];
}

function productOf(node: Json): ProductInfo {
  const offers = [node.offers].flat()[0] as Json | undefined;
  const text = (value: unknown) => (value === undefined || value === null ? null : String(typeof value === 'object' ? (value as Json).name : value));
  return {
    name: text(node.name), brand: text(node.brand), sku: text(node.sku), price: text(offers?.price ?? offers?.lowPrice),
    currency: text(offers?.priceCurrency), availability: text(offers?.availability)?.replace(/^https?:\/\/schema\.org\//, '') ?? null,
  };
}

function fromMicrodata(page: Document): ProductInfo[] {
  return [...page.querySelectorAll('[itemtype$="schema.org/Product"]')].slice(0, most).map((item) => {
    const property = (name: string) => {
      const element = item.querySelector(`[itemprop="${name}"]`);
      return element?.getAttribute('content') ?? element?.textContent?.trim() ?? null;
    };
    return { name: property('name'), brand: property('brand'), sku: property('sku'), price: property('price'), currency: property('priceCurrency'), availability: property('availability') };
  });
}

function fromOpenGraph(page: Document): ProductInfo[] {
  const meta = (name: string) => page.querySelector(`meta[property="${name}"]`)?.getAttribute('content') ?? null;
  const price = meta('product:price:amount') ?? meta('og:price:amount');
  if (!price) return [];
  return [{ name: meta('og:title'), price, currency: meta('product:price:currency') ?? meta('og:price:currency'), brand: meta('product:brand'), sku: meta('product:retailer_item_id'), availability: meta('product:availability') }];
}
