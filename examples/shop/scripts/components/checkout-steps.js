import { h } from '../dom.js';

const steps = ['Cart', 'Address', 'Payment', 'Confirmation'];

export const checkoutSteps = (current) => h('ol', { class: 'steps', 'aria-label': 'Checkout steps' }, steps.map((step, at) =>
  h('li', { class: step === current ? 'step-item step-current' : 'step-item', 'aria-current': step === current && 'step' },
    h('span', { class: 'step-number', 'aria-hidden': 'true' }, String(at + 1)), step)));

/** Shown instead of a checkout page when something that comes before it is missing. */
export const missing = (title, text, href, linkText) => h('section', { class: 'empty' },
  h('h1', { class: 'empty-title' }, title), h('p', { class: 'quiet' }, text), h('a', { class: 'button', href }, linkText));
