import { h } from '../dom.js';
import { money, plainPrice } from '../store/money.js';

export function price(product) {
  return h('p', { class: 'price', itemprop: 'offers', itemscope: true, itemtype: 'https://schema.org/Offer' },
    h('meta', { itemprop: 'priceCurrency', content: 'USD' }),
    h('span', { class: product.was ? 'price-now price-reduced' : 'price-now', itemprop: 'price', content: plainPrice(product.price) }, money(product.price)),
    product.was && h('s', { class: 'price-was', 'aria-label': `Before: ${money(product.was)}` }, money(product.was)));
}
