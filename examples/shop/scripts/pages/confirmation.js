import { findProduct } from '../catalog/catalog.js';
import { checkoutSteps, missing } from '../components/checkout-steps.js';
import { summaryLines, sums } from '../components/order-summary.js';
import { h, icon } from '../dom.js';
import { showPage } from '../layout.js';
import { deliveryOptions, placedOrder } from '../store/order.js';
import { ordered } from '../theme.js';

function confirmation({ number, lines, address, card }) {
  const known = lines.map((line) => ({ ...line, product: findProduct(line.sku) }));
  const fact = (title, ...content) => h('div', { class: 'fact-block' }, h('h2', { class: 'fact-heading' }, title), content);
  return [
    checkoutSteps('Confirmation'),
    h('section', { class: 'thanks' }, h('span', { class: 'thanks-mark' }, icon('check')),
      h('h1', { class: 'page-title' }, `Thank you, ${address.name}`),
      h('p', {}, 'Your order ', h('strong', { 'data-testid': 'order-number' }, number), ` is placed. A receipt is on its way to ${address.email}.`)),
    h('div', { class: 'columns' }, ordered([1, 0],
      h('section', { class: 'group facts-grid', 'aria-label': 'Order details' }, ordered([1, 2, 0],
        fact('Delivery address', h('address', { class: 'address' },
          [address.name, address.street, `${address.postalCode} ${address.city}`, address.country].map((line) => h('div', {}, line)))),
        fact('Arrives by', h('p', {}, deliveryOptions[address.delivery].arrives), h('p', { class: 'quiet' }, deliveryOptions[address.delivery].label)),
        fact('Paid with', h('p', {}, `${card.brand} ending in ${card.lastDigits}`)))),
      h('aside', { class: 'panel', 'aria-label': 'Order summary' }, h('h2', { class: 'panel-title' }, 'Your order'), summaryLines(known), sums(known, address.delivery),
        h('a', { class: 'button button-quiet button-wide', href: 'index.html' }, 'Back to the shop')))),
  ];
}

const order = placedOrder();
await showPage(order ? `Thank you, ${order.address.name}` : 'Confirmation', order
  ? confirmation(order)
  : missing('There is no order yet', 'When you have ordered, you will find it here.', 'search.html', 'Start shopping'));
