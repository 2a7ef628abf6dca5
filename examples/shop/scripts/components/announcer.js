import { h, icon } from '../dom.js';

const message = h('p', { class: 'announcer-text' });

/** One polite region per page; it stays until the next message, so a picture taken later still shows it. */
export const announcer = h('div', { class: 'announcer', role: 'status', hidden: true }, icon('check'), message,
  h('a', { class: 'announcer-link', href: 'cart.html' }, 'View cart'),
  h('button', {
    class: 'icon-button', type: 'button', 'aria-label': 'Dismiss message', on: { click: () => { announcer.hidden = true; } },
  }, icon('close')));

export function announce(text) {
  message.textContent = text;
  announcer.hidden = false;
}
