import { products } from '../catalog/catalog.js';

export const sorts = {
  popular: { label: 'Most popular', compare: (first, second) => second.ratings - first.ratings },
  'price-up': { label: 'Price: low to high', compare: (first, second) => first.price - second.price },
  'price-down': { label: 'Price: high to low', compare: (first, second) => second.price - first.price },
  rating: { label: 'Best rated', compare: (first, second) => second.rating - first.rating },
};

const pageSize = 9;

/** What the address asks for; anything it does not say, or says wrongly, is the widest choice. */
export function readQuery(search) {
  const values = new URLSearchParams(search);
  const amount = (name) => {
    const number = Number.parseFloat(values.get(name));
    return number >= 0 ? number : undefined;
  };
  return {
    text: values.get('q')?.trim() ?? '',
    category: values.get('category') ?? '',
    brands: values.getAll('brand'),
    min: amount('min'),
    max: amount('max'),
    rating: amount('rating'),
    sort: Object.hasOwn(sorts, values.get('sort')) ? values.get('sort') : 'popular',
    page: Math.max(1, Math.trunc(amount('page') ?? 1)),
    view: values.get('view') ?? '',
  };
}

/** The address of a query, without the parts that are at their usual value. */
export function writeQuery(query) {
  const values = new URLSearchParams();
  if (query.text) values.set('q', query.text);
  if (query.category) values.set('category', query.category);
  for (const brand of query.brands) values.append('brand', brand);
  for (const name of ['min', 'max', 'rating']) if (query[name] !== undefined) values.set(name, query[name]);
  if (query.sort !== 'popular') values.set('sort', query.sort);
  if (query.page > 1) values.set('page', query.page);
  if (query.view) values.set('view', query.view);
  return `search.html${values.size ? `?${values}` : ''}`;
}

/** Every word must start a word of the product, so `lamp` finds lamps and not a clamp. */
function hasWords(product, text) {
  const own = `${product.name} ${product.brand} ${product.category} ${product.summary}`.toLowerCase().split(/[^a-z0-9]+/);
  return text.toLowerCase().split(/\s+/).filter(Boolean).every((word) => own.some((each) => each.startsWith(word)));
}

export function find(query) {
  const found = products.filter((product) =>
    hasWords(product, query.text)
    && (!query.category || product.category === query.category)
    && (query.brands.length === 0 || query.brands.includes(product.brand))
    && (query.min === undefined || product.price >= query.min * 100)
    && (query.max === undefined || product.price <= query.max * 100)
    && (query.rating === undefined || product.rating >= query.rating));
  found.sort(sorts[query.sort].compare);
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const page = Math.min(query.page, pages);
  return { count: found.length, pages, page, shown: found.slice((page - 1) * pageSize, page * pageSize) };
}
