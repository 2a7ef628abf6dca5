import { checkoutSteps, missing } from '../components/checkout-steps.js';
import { allValid, checks, field } from '../components/field.js';
import { orderSummary } from '../components/order-summary.js';
import { h } from '../dom.js';
import { showPage } from '../layout.js';
import { account } from '../store/account.js';
import { cartLines } from '../store/cart.js';
import { money } from '../store/money.js';
import { deliveryOptions, saveAddress, savedAddress, totals } from '../store/order.js';
import { ordered } from '../theme.js';

const known = { email: account()?.email, country: 'United States', delivery: 'standard', ...savedAddress() };

const fields = {
  email: field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email', value: known.email, check: checks.email, hint: 'For the receipt and news about the delivery.' }),
  phone: field({
    name: 'phone', label: 'Phone', type: 'tel', autocomplete: 'tel', value: known.phone,
    check: checks.matches(/^[+\d][\d\s().-]{6,}$/, 'Enter a phone number with at least seven digits.'),
  }),
  name: field({ name: 'name', label: 'Full name', autocomplete: 'name', value: known.name, check: checks.filled('Enter the name on the door bell.') }),
  street: field({ name: 'street', label: 'Street address', tag: 'textarea', rows: '2', autocomplete: 'street-address', check: checks.filled('Enter the street and the number.') }),
  city: field({ name: 'city', label: 'City', autocomplete: 'address-level2', value: known.city, check: checks.filled('Enter the city.'), width: 'half' }),
  postalCode: field({
    name: 'postalCode', label: 'Postal code', autocomplete: 'postal-code', value: known.postalCode, width: 'half',
    check: checks.matches(/^[A-Za-z0-9][A-Za-z0-9 -]{2,9}$/, 'Enter the postal code.'),
  }),
  country: field({
    name: 'country', label: 'Country', tag: 'select', autocomplete: 'country-name',
    options: ['United States', 'Canada', 'Germany', 'France', 'United Kingdom', 'Switzerland'],
  }),
  note: field({ name: 'note', label: 'Note for the courier', autocomplete: 'off', value: known.note }),
};
fields.street.control.value = known.street ?? '';
fields.country.control.value = known.country;

const summary = h('div', { class: 'side' });
const form = h('form', { class: 'form', novalidate: true, on: { submit, change: showSummary } },
  h('fieldset', { class: 'group' }, h('legend', { class: 'group-title' }, 'Contact'), ordered([1, 0], fields.email.element, fields.phone.element)),
  h('fieldset', { class: 'group' }, h('legend', { class: 'group-title' }, 'Delivery address'),
    fields.name.element, fields.street.element,
    h('div', { class: 'pair' }, ordered([1, 0], fields.city.element, fields.postalCode.element)), fields.country.element, fields.note.element),
  h('fieldset', { class: 'group' }, h('legend', { class: 'group-title' }, 'Delivery'), Object.entries(deliveryOptions).map(deliveryChoice)),
  h('div', { class: 'form-end' }, h('a', { class: 'text-link', href: 'cart.html' }, 'Back to cart'),
    h('button', { class: 'button', 'data-testid': 'to-payment' }, 'Continue to payment')));

function deliveryChoice([key, option]) {
  const { delivery } = totals(cartLines(), key);
  return h('label', { class: 'choice choice-boxed' },
    h('input', { type: 'radio', name: 'delivery', value: key, checked: known.delivery === key }),
    h('span', { class: 'choice-text' }, h('strong', {}, option.label), h('span', { class: 'quiet' }, `Arrives by ${option.arrives}`)),
    h('span', {}, delivery ? money(delivery) : 'Free'));
}

function showSummary() {
  summary.replaceChildren(orderSummary(cartLines(), new FormData(form).get('delivery')));
}

function submit(event) {
  event.preventDefault();
  if (!allValid(Object.values(fields))) return;
  saveAddress(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()])));
  location.assign('payment.html');
}

showSummary();
await showPage('Address', cartLines().length === 0
  ? missing('Your cart is empty', 'Add something before you check out.', 'search.html', 'Start shopping')
  : [checkoutSteps('Address'), h('h1', { class: 'page-title' }, 'Where should it go?'), h('div', { class: 'columns' }, ordered([1, 0], form, summary))]);
