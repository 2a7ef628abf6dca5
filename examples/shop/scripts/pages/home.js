import { categories, findProduct, pictureOf, productHref, products } from '../catalog/catalog.js';
import { productGrid } from '../components/product-card.js';
import { h } from '../dom.js';
import { showPage } from '../layout.js';
import { money } from '../store/money.js';
import { ordered } from '../theme.js';

const chair = findProduct('LV-505');
const popular = [...products].sort((first, second) => second.ratings - first.ratings).slice(0, 8);
const coverOf = { kitchen: 'KT-104', lighting: 'LT-205', audio: 'AU-305', bags: 'BG-403', living: 'LV-504' };

const hero = h('section', { class: 'hero' }, ordered([1, 0],
  h('div', { class: 'hero-text' },
    h('p', { class: 'eyebrow' }, 'Autumn at home'),
    h('h1', { class: 'hero-title' }, 'Fewer things, kept longer.'),
    h('p', { class: 'hero-lead' }, 'Everyday objects from small makers, chosen because they can be repaired and are worth it.'),
    h('div', { class: 'hero-buttons' },
      h('a', { class: 'button', href: 'search.html' }, 'Shop everything'),
      h('a', { class: 'button button-quiet', href: productHref(chair) }, `See the ${chair.name.toLowerCase()}`))),
  h('a', { class: 'hero-picture', href: productHref(chair) },
    h('img', { src: pictureOf(chair), alt: chair.name, width: '560', height: '560' }),
    h('span', { class: 'hero-tag' }, `${chair.name}, ${money(chair.price)}`))));

const tiles = h('section', { class: 'section' },
  h('h2', { class: 'section-title' }, 'Shop by room'),
  h('ul', { class: 'tiles', role: 'list' }, categories.map(({ key, label, products: list }) => h('li', {},
    h('a', { class: 'tile', href: `search.html?category=${key}` },
      h('img', { class: 'tile-picture', src: pictureOf(findProduct(coverOf[key])), alt: '', width: '220', height: '220' }),
      h('span', { class: 'tile-label' }, label), h('span', { class: 'quiet' }, `${list.length} products`))))));

const best = h('section', { class: 'section' },
  h('div', { class: 'section-head' }, h('h2', { class: 'section-title' }, 'Loved by many'), h('a', { class: 'text-link', href: 'search.html?sort=rating' }, 'See all')),
  productGrid(popular));

const promises = h('section', { class: 'promises', 'aria-label': 'Our promises' }, ordered([1, 2, 0],
  h('p', {}, h('strong', {}, 'Repair first. '), 'Spare parts for everything we sell, for ten years.'),
  h('p', {}, h('strong', {}, 'Easy returns. '), 'Thirty days, free, with the label already in the box.'),
  h('p', {}, h('strong', {}, 'Real people. '), 'Call 1-800-555-0136, weekdays nine to five.')));

await showPage('Home', [hero, ordered([1, 0, 2], tiles, best, promises)]);
