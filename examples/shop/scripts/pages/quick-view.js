import { pictureOf, productHref } from '../catalog/catalog.js';
import { announce } from '../components/announcer.js';
import { colorChoice, sizeChoice } from '../components/options.js';
import { price } from '../components/price.js';
import '../components/quantity-stepper.js';
import { stars } from '../components/stars.js';
import { h, icon } from '../dom.js';
import { addToCart, largestQuantity } from '../store/cart.js';
import { ordered } from '../theme.js';

/** A product over the results. `onClose` runs when the person closes it, not when the page does. */
export function quickView(product, onClose) {
  const picture = h('img', { class: 'quick-picture', src: pictureOf(product), alt: product.name, width: '360', height: '360' });
  const color = colorChoice(product, (chosen) => { picture.src = pictureOf(product, chosen); });
  const size = product.sizes && sizeChoice(product);
  const quantity = h('quantity-stepper', { value: '1', max: largestQuantity, label: 'Quantity' });
  const add = () => {
    if (size && !size.isValid()) return;
    addToCart(product, { color: color.value(), size: size?.value(), quantity: quantity.value });
    announce(`${product.name} is in your cart.`);
    dialog.close();
  };
  const dialog = h('dialog', { class: 'dialog dialog-wide', 'aria-labelledby': 'quick-title', on: { close: onClose } },
    h('button', { class: 'icon-button dialog-close', type: 'button', 'aria-label': 'Close', on: { click: () => dialog.close() } }, icon('close')),
    h('div', { class: 'quick' }, ordered([1, 0], picture, h('div', { class: 'stack' },
      h('h2', { class: 'dialog-title', id: 'quick-title' }, product.name),
      ordered([1, 0], h('p', { class: 'card-rating' }, stars(product.rating), h('span', {}, `${product.rating} (${product.ratings})`)), price(product)),
      h('p', { class: 'quiet' }, product.summary), color.element, size?.element,
      h('div', { class: 'buy-row' }, quantity, h('button', { class: 'button', type: 'button', on: { click: add } }, 'Add to cart')),
      h('a', { class: 'text-link', href: productHref(product) }, 'All details and reviews')))));
  return dialog;
}
