/** The one single-page route: filters, sorting, pages and the quick view change the address without loading a page. */
import { categoryLabel, findProduct } from '../catalog/catalog.js';
import { productGrid } from '../components/product-card.js';
import { h, icon } from '../dom.js';
import { showPage } from '../layout.js';
import { ordered } from '../theme.js';
import { quickView } from './quick-view.js';
import { filterForm } from './search-filters.js';
import { find, readQuery, sorts, writeQuery } from './search-query.js';

const heading = h('h1', { class: 'page-title' });
const count = h('p', { class: 'quiet', role: 'status', 'data-testid': 'result-count' });
const results = h('div', { class: 'results' });
const filters = h('aside', { class: 'search-side', 'aria-label': 'Filter products' });
const overlay = h('div', {});

function go(changes, { keepFilters = false } = {}) {
  const query = { ...readQuery(location.search), page: 1, view: '', ...changes };
  history.pushState(null, '', writeQuery(query));
  show({ keepFilters });
}

const openQuickView = (product) => go({ page: readQuery(location.search).page, view: product.sku }, { keepFilters: true });
const closeQuickView = () => go({ page: readQuery(location.search).page }, { keepFilters: true });

const sortChoice = h('select', { class: 'control sort', id: 'sort', name: 'sort', on: { change: () => go({ sort: sortChoice.value }, { keepFilters: true }) } },
  Object.entries(sorts).map(([value, { label }]) => h('option', { value }, label)));

function activeFilters(query) {
  const chip = (label, changes) => h('button', { class: 'filter-chip', type: 'button', on: { click: () => go(changes) } }, label, icon('close'));
  const chips = [
    query.text && chip(`“${query.text}”`, { text: '' }),
    query.category && chip(categoryLabel(query.category) || query.category, { category: '' }),
    query.brands.map((brand) => chip(brand, { brands: query.brands.filter((each) => each !== brand) })),
    query.min !== undefined && chip(`From $${query.min}`, { min: undefined }),
    query.max !== undefined && chip(`To $${query.max}`, { max: undefined }),
    query.rating !== undefined && chip(`${query.rating} and up`, { rating: undefined }),
  ];
  return h('div', { class: 'filter-chips' }, chips);
}

const pageButtons = ({ pages, page }) => pages > 1 && h('nav', { class: 'pages', 'aria-label': 'Pages' },
  Array.from({ length: pages }, (_, at) => h('button', {
    class: at + 1 === page ? 'page-button page-current' : 'page-button', type: 'button', 'aria-label': `Page ${at + 1}`,
    'aria-current': at + 1 === page && 'page', on: { click: () => { go({ page: at + 1 }, { keepFilters: true }); scrollTo(0, 0); } },
  }, String(at + 1))));

const nothingFound = () => h('div', { class: 'empty' }, h('h2', { class: 'empty-title' }, 'Nothing matches'),
  h('p', { class: 'quiet' }, 'Try another word, or take away a filter.'), h('a', { class: 'button', href: 'search.html' }, 'Show everything'));

function show({ keepFilters }) {
  const query = readQuery(location.search);
  const found = find(query);
  heading.textContent = query.text ? `Results for “${query.text}”` : categoryLabel(query.category) || 'All products';
  count.textContent = `${found.count} ${found.count === 1 ? 'product' : 'products'}`;
  sortChoice.value = query.sort;
  // While the person is in the filter form it stays as it is: drawing it again would take the focus away.
  if (!keepFilters) filters.replaceChildren(filterForm(query, (changes) => go(changes, { keepFilters: true })));
  results.replaceChildren(...[
    activeFilters(query), found.count ? productGrid(found.shown, { onQuickView: openQuickView }) : nothingFound(), pageButtons(found),
  ].filter(Boolean));
  const product = findProduct(query.view);
  overlay.replaceChildren();
  if (product) {
    const dialog = quickView(product, closeQuickView);
    overlay.append(dialog);
    dialog.showModal();
  }
}

const filterToggle = h('button', {
  class: 'button button-quiet filter-toggle', type: 'button', 'aria-expanded': 'false', 'aria-controls': 'filters',
  on: {
    click: () => {
      const isOpen = filters.toggleAttribute('data-open');
      filterToggle.setAttribute('aria-expanded', isOpen);
    },
  },
}, 'Filters');

await showPage('Search', [
  h('div', { class: 'results-head' }, h('div', {}, heading, count),
    h('div', { class: 'results-tools' }, filterToggle, h('label', { class: 'sort-label', for: 'sort' }, 'Sort by'), sortChoice)),
  h('div', { class: 'search-columns' }, ordered([1, 0], filters, results)),
  overlay,
]);

// Only now: a dialog can open in the document only.
show({ keepFilters: false });
addEventListener('popstate', () => show({ keepFilters: false }));
