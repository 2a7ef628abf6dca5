/** The card is typed into a frame that may be of another origin; this page gets a token and the last digits only. */
import { checkoutSteps, missing } from '../components/checkout-steps.js';
import { orderSummary } from '../components/order-summary.js';
import { h, icon } from '../dom.js';
import { showPage } from '../layout.js';
import { build, paymentOrigin } from '../settings.js';
import { cartLines } from '../store/cart.js';
import { money } from '../store/money.js';
import { placeOrder, savedAddress, totals } from '../store/order.js';
import { ordered } from '../theme.js';

const address = savedAddress();
const lines = cartLines();

function frameAddress() {
  const url = new URL(new URL('payment-frame.html', location.href).pathname, paymentOrigin);
  url.search = new URLSearchParams({ parent: location.origin, build });
  return url.href;
}

const problem = h('p', { class: 'field-error', role: 'alert', hidden: true }, 'Accept the terms to place the order.');
const terms = h('input', { type: 'checkbox', name: 'terms', on: { change: () => { problem.hidden = true; } } });

function pay(frame, button) {
  problem.hidden = terms.checked;
  if (!terms.checked) return;
  button.disabled = true;
  frame.contentWindow.postMessage({ kind: 'request-token' }, paymentOrigin);
}

function listenTo(frame, button) {
  addEventListener('message', ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== paymentOrigin) return;
    if (data.kind === 'height') frame.style.height = `${data.height}px`;
    if (data.kind === 'invalid') button.disabled = false;
    if (data.kind === 'token') {
      placeOrder({ token: data.token, brand: data.brand, lastDigits: data.lastDigits });
      location.assign('confirmation.html');
    }
  });
}

function paymentPage() {
  const frame = h('iframe', { class: 'card-frame', src: frameAddress(), title: 'Card details' });
  const button = h('button', { class: 'button button-wide', type: 'button', 'data-testid': 'place-order', on: { click: () => pay(frame, button) } },
    icon('lock'), `Pay ${money(totals(lines, address.delivery).total)}`);
  listenTo(frame, button);
  const deliverTo = h('section', { class: 'group' }, h('h2', { class: 'group-title' }, 'Deliver to'),
    h('address', { class: 'address' }, [address.name, address.street, `${address.postalCode} ${address.city}`, address.country, address.phone].map((line) => h('div', {}, line))),
    h('a', { class: 'text-link', href: 'address.html' }, 'Change address'));
  const card = h('section', { class: 'group' }, h('h2', { class: 'group-title' }, 'Card'), frame,
    h('label', { class: 'choice' }, h('input', { type: 'checkbox', name: 'sameAddress', checked: true }), h('span', {}, 'The billing address is the delivery address')),
    h('label', { class: 'choice' }, terms, h('span', {}, 'I accept the terms of sale')), problem, button,
    h('p', { class: 'quiet centered' }, 'Your card number never reaches this page.'));
  return [
    checkoutSteps('Payment'), h('h1', { class: 'page-title' }, 'Payment'),
    h('div', { class: 'columns' }, ordered([1, 0], h('div', { class: 'form' }, ordered([1, 0], deliverTo, card)), h('div', { class: 'side' }, orderSummary(lines, address.delivery)))),
  ];
}

function content() {
  if (lines.length === 0) return missing('Your cart is empty', 'Add something before you check out.', 'search.html', 'Start shopping');
  if (!address) return missing('We need your address first', 'It takes a minute.', 'address.html', 'Enter address');
  return paymentPage();
}

await showPage('Payment', content());
