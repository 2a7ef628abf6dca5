import { pictureOf } from '../catalog/catalog.js';
import { h } from '../dom.js';
import { money } from '../store/money.js';
import { totals } from '../store/order.js';

export const optionsText = ({ color, size }) => [color, size].filter(Boolean).join(' · ');

const row = (label, amount, isTotal) =>
  h('div', { class: isTotal ? 'sum sum-total' : 'sum' }, h('dt', {}, label), h('dd', { 'data-testid': isTotal && 'order-total' }, amount));

export function sums(lines, deliveryKey) {
  const { subtotal, delivery, tax, total } = totals(lines, deliveryKey);
  return h('dl', { class: 'sums' },
    row('Subtotal', money(subtotal)), row('Delivery', delivery ? money(delivery) : 'Free'),
    row('Estimated tax', money(tax)), row('Total', money(total), true));
}

export const summaryLines = (lines) => h('ul', { class: 'summary-lines', role: 'list' }, lines.map((line) =>
  h('li', { class: 'summary-line' },
    h('img', { class: 'summary-picture', src: pictureOf(line.product, line.color), alt: '', width: '56', height: '56' }),
    h('div', { class: 'summary-name' }, h('p', {}, line.product.name), h('p', { class: 'quiet' }, `${optionsText(line)} · Qty ${line.quantity}`)),
    h('p', { class: 'summary-price' }, money(line.product.price * line.quantity)))));

/** What is being bought, beside the checkout forms. */
export const orderSummary = (lines, deliveryKey) => h('aside', { class: 'panel', 'aria-label': 'Order summary' },
  h('h2', { class: 'panel-title' }, 'Your order'), summaryLines(lines), sums(lines, deliveryKey));
