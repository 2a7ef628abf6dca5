import { categories } from './catalog/catalog.js';
import { announcer } from './components/announcer.js';
import './components/newsletter-box.js';
import { signInDialog } from './components/sign-in.js';
import { h, icon } from './dom.js';
import { account, signOut } from './store/account.js';
import { cartCount } from './store/cart.js';
import { elementId, loadStyles, ordered } from './theme.js';

const searchForm = () => h('form', { class: 'search', action: 'search.html', role: 'search' },
  h('input', {
    class: 'search-text', type: 'search', name: 'q', placeholder: 'Search mugs, lamps, bags…', 'aria-label': 'Search products',
    value: new URLSearchParams(location.search).get('q'),
  }),
  h('button', { class: 'search-button', 'aria-label': 'Search' }, icon('search')));

function accountArea() {
  const area = h('div', { class: 'account' });
  const show = () => {
    const person = account();
    if (person) {
      const leave = () => { signOut(); show(); };
      area.replaceChildren(
        h('span', { class: 'chip', title: person.email, 'data-testid': 'account-chip' }, icon('person'), `Hi, ${person.name}`),
        h('button', { class: 'text-button', type: 'button', 'aria-label': `Sign out ${person.email}`, on: { click: leave } }, 'Sign out'));
      return;
    }
    const dialog = signInDialog(show);
    area.replaceChildren(
      h('button', { class: 'text-button', type: 'button', on: { click: () => dialog.showModal() } }, icon('person'), 'Sign in'), dialog);
  };
  show();
  return area;
}

function cartLink() {
  const count = h('span', { class: 'cart-count', 'data-testid': 'cart-count' });
  const link = h('a', { class: 'cart-link', href: 'cart.html' }, icon('cart'), h('span', { class: 'cart-word' }, 'Cart'), count);
  const show = () => {
    count.textContent = cartCount();
    link.setAttribute('aria-label', `Cart, ${cartCount()} ${cartCount() === 1 ? 'item' : 'items'}`);
  };
  document.addEventListener('cart-changed', show);
  show();
  return link;
}

function navigation() {
  const here = new URLSearchParams(location.search).get('category');
  return h('nav', { class: 'navigation', 'aria-label': 'Categories' }, categories.map(({ key, label }) =>
    h('a', { class: 'navigation-link', href: `search.html?category=${key}`, 'aria-current': here === key && 'page' }, label)));
}

const header = () => h('header', { class: 'header' },
  h('p', { class: 'strip' }, icon('truck'), 'Free standard delivery from $75 · 30 days to return'),
  h('div', { class: 'header-row' },
    h('a', { class: 'logo', href: 'index.html', 'aria-label': 'Alder & Finch, home' }, 'Alder & Finch'),
    ordered([0, 2, 1], searchForm(), accountArea(), cartLink())),
  navigation());

const footerList = (title, items) =>
  h('div', {}, h('h2', { class: 'footer-title' }, title), h('ul', { class: 'footer-list', role: 'list' }, items.map((item) => h('li', {}, item))));

const footer = () => h('footer', { class: 'footer' }, h('div', { class: 'footer-row' }, ordered([2, 0, 1],
  footerList('Shop', categories.map(({ key, label }) => h('a', { href: `search.html?category=${key}` }, label))),
  footerList('Help', ['Delivery in 3 to 5 days', '30 days to return', 'Call 1-800-555-0136', 'help@alderandfinch.example']),
  h('newsletter-box', {}))),
  h('p', { class: 'footer-note' }, 'Alder & Finch is a made-up shop for demonstrations. Nothing is sold here.'));

/** Fills the page: `main` is its content. The styles come first, so that nothing is ever shown without them. */
export async function showPage(title, main) {
  await loadStyles('base', 'frame', 'catalog', 'product', 'checkout');
  document.title = `${title} · Alder & Finch`;
  document.body.replaceChildren(
    h('a', { class: 'skip-link', href: `#${elementId('content')}` }, 'Skip to content'),
    header(), h('main', { class: 'main', id: 'content' }, main), announcer, footer());
}
