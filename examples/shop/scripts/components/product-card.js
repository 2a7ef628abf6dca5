import { pictureOf, productHref } from '../catalog/catalog.js';
import { h } from '../dom.js';
import { addToCart } from '../store/cart.js';
import { ordered } from '../theme.js';
import { announce } from './announcer.js';
import { price } from './price.js';
import { stars } from './stars.js';

function action(product) {
  if (product.sizes) {
    return h('a', { class: 'button button-quiet', href: productHref(product) }, 'Choose size');
  }
  const add = () => {
    addToCart(product);
    announce(`${product.name} is in your cart.`);
  };
  return h('button', { class: 'button button-quiet', type: 'button', on: { click: add } }, 'Add to cart');
}

/** A product in a grid. `onQuickView` adds the button that opens it over the page. */
export function productCard(product, { onQuickView } = {}) {
  const picture = h('a', { class: 'card-picture', href: productHref(product), tabindex: '-1', 'aria-hidden': 'true' },
    h('img', { src: pictureOf(product), alt: '', width: '280', height: '280', itemprop: 'image' }),
    product.was && h('span', { class: 'badge' }, 'Sale'));
  const title = h('h3', { class: 'card-title' },
    h('a', { href: productHref(product), itemprop: 'url' }, h('span', { itemprop: 'name' }, product.name)));
  const brand = h('p', { class: 'card-brand', itemprop: 'brand' }, product.brand);
  const rating = h('p', { class: 'card-rating' }, stars(product.rating), h('span', {}, `${product.rating} (${product.ratings})`));
  const buttons = h('div', { class: 'card-buttons' }, action(product),
    onQuickView && h('button', {
      class: 'button button-plain', type: 'button', 'aria-label': `Quick view: ${product.name}`, on: { click: () => onQuickView(product) },
    }, 'Quick view'));
  return h('article', {
    class: 'card', itemscope: true, itemtype: 'https://schema.org/Product', 'data-testid': `product-${product.sku}`,
  }, picture, h('div', { class: 'card-text' }, ordered([1, 0, 3, 2], brand, title, rating, price(product))), buttons);
}

export const productGrid = (products, options) =>
  h('ul', { class: 'grid', role: 'list' }, products.map((product) => h('li', { class: 'grid-cell' }, productCard(product, options))));
