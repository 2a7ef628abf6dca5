import { pictureOf, productHref } from '../catalog/catalog.js';
import { missing } from '../components/checkout-steps.js';
import { optionsText, sums } from '../components/order-summary.js';
import '../components/quantity-stepper.js';
import { h, icon } from '../dom.js';
import { showPage } from '../layout.js';
import { cartLines, largestQuantity, removeFromCart, setQuantity } from '../store/cart.js';
import { money } from '../store/money.js';
import { deliveryOptions, totals } from '../store/order.js';
import { ordered } from '../theme.js';

function cartLine(line) {
  const { product, color, quantity } = line;
  const linePrice = h('p', { class: 'cart-price' }, money(product.price * quantity));
  const change = () => {
    linePrice.textContent = money(product.price * stepper.value);
    setQuantity(line, stepper.value);
  };
  const stepper = h('quantity-stepper', { value: quantity, max: largestQuantity, label: `Quantity of ${product.name}`, on: { change } });
  return h('li', { class: 'cart-line', 'data-testid': `cart-line-${product.sku}` },
    h('a', { class: 'cart-picture', href: productHref(product) }, h('img', { src: pictureOf(product, color), alt: product.name, width: '112', height: '112' })),
    h('div', { class: 'cart-text' },
      h('h2', { class: 'cart-name' }, h('a', { href: productHref(product) }, product.name)),
      h('p', { class: 'quiet' }, optionsText(line)), h('p', { class: 'quiet' }, `${money(product.price)} each`)),
    h('div', { class: 'cart-tools' }, ordered([1, 0], stepper,
      h('button', { class: 'text-button', type: 'button', on: { click: () => removeFromCart(line) } }, 'Remove'))),
    linePrice);
}

function freeDeliveryNote(lines) {
  const lacking = deliveryOptions.standard.freeFrom - totals(lines).subtotal;
  return h('p', { class: 'note' }, icon('truck'),
    lacking > 0 ? `Add ${money(lacking)} more for free delivery.` : 'Your order is delivered free.');
}

const summary = (lines) => h('aside', { class: 'panel', 'aria-label': 'Order summary' },
  h('h2', { class: 'panel-title' }, 'Summary'), freeDeliveryNote(lines), sums(lines),
  h('a', { class: 'button button-wide', href: 'address.html', 'data-testid': 'checkout' }, 'Go to checkout'),
  h('a', { class: 'text-link centered', href: 'search.html' }, 'Continue shopping'));

const content = h('div', {});
let shown = { count: 0 };

function show() {
  const lines = cartLines();
  // A changed quantity leaves the lines in place: drawing them again would take the focus from the stepper.
  if (lines.length > 0 && lines.length === shown.count) {
    const fresh = summary(lines);
    shown.summary.replaceWith(fresh);
    shown.summary = fresh;
    return;
  }
  if (lines.length === 0) {
    content.replaceChildren(missing('Your cart is empty', 'What you add stays here until you order it.', 'search.html', 'Start shopping'));
    return;
  }
  shown = { count: lines.length, summary: summary(lines) };
  content.replaceChildren(
    h('h1', { class: 'page-title' }, 'Your cart'),
    h('div', { class: 'columns' }, ordered([1, 0], h('ul', { class: 'cart-lines', role: 'list' }, lines.map(cartLine)), shown.summary)));
}

document.addEventListener('cart-changed', show);
show();
await showPage('Cart', content);
