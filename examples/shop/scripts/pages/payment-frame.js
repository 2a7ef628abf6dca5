/** The card form inside the frame. It answers its parent only, and never with the card itself. */
import { allValid, checks, field } from '../components/field.js';
import { h } from '../dom.js';
import { hash, loadStyles, ordered } from '../theme.js';

const parentOrigin = new URLSearchParams(location.search).get('parent') ?? location.origin;
const tell = (message) => parent.postMessage(message, parentOrigin);
const digitsOf = (text) => text.replace(/\D/g, '');
const brands = { 3: 'American Express', 4: 'Visa', 5: 'Mastercard', 6: 'Discover' };

/** The Luhn checksum that every card number carries. */
function isCardNumber(text) {
  const digits = [...digitsOf(text)].reverse().map(Number);
  const sum = digits.reduce((total, digit, at) => total + (at % 2 ? [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit] : digit), 0);
  return digits.length >= 13 && sum % 10 === 0;
}

const number = field({
  name: 'cardNumber', label: 'Card number', autocomplete: 'cc-number', inputmode: 'numeric', maxlength: '23', placeholder: '1234 5678 9012 3456',
  check: (value) => (isCardNumber(value) ? undefined : 'Check the card number.'),
});
const expiry = field({
  name: 'expiry', label: 'Expiry date', autocomplete: 'cc-exp', inputmode: 'numeric', maxlength: '7', placeholder: 'MM / YY', width: 'half',
  check: checks.matches(/^(0[1-9]|1[0-2])\s?\/\s?\d\d$/, 'Enter month and year, as 04 / 28.'),
});
const code = field({
  name: 'securityCode', label: 'Security code', type: 'password', autocomplete: 'cc-csc', inputmode: 'numeric', maxlength: '4', width: 'half',
  check: checks.matches(/^\d{3,4}$/, 'Enter the three or four digits.'),
});
const holder = field({ name: 'cardName', label: 'Name on card', autocomplete: 'cc-name', check: checks.filled('Enter the name on the card.') });

number.control.addEventListener('input', () => {
  number.control.value = digitsOf(number.control.value).replace(/(\d{4})(?=\d)/g, '$1 ');
});

function answer() {
  if (!allValid(ordered([3, 0, 2, 1], number, expiry, code, holder))) {
    tell({ kind: 'invalid' });
    return;
  }
  const lastDigits = digitsOf(number.control.value).slice(-4);
  tell({ kind: 'token', token: `tok_${hash(`${lastDigits} ${expiry.control.value}`)}`, brand: brands[digitsOf(number.control.value)[0]] ?? 'Card', lastDigits });
}

addEventListener('message', ({ source, origin, data }) => {
  if (source === parent && origin === parentOrigin && data.kind === 'request-token') answer();
});

await loadStyles('base', 'frame', 'checkout');
const form = h('form', { class: 'card-form', novalidate: true, 'aria-label': 'Card details', on: { submit: (event) => event.preventDefault() } },
  ordered([2, 0, 1], number.element, h('div', { class: 'pair' }, ordered([1, 0], expiry.element, code.element)), holder.element));
document.body.replaceChildren(form);
new ResizeObserver(() => tell({ kind: 'height', height: Math.ceil(form.getBoundingClientRect().height) })).observe(form);
