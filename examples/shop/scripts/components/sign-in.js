import { h, icon } from '../dom.js';
import { signIn } from '../store/account.js';
import { allValid, checks, field } from './field.js';

/** The sign-in box; `onSignedIn` runs once the account is there. */
export function signInDialog(onSignedIn) {
  const email = field({ name: 'sign-in-email', label: 'E-mail', type: 'email', autocomplete: 'username', check: checks.email });
  const password = field({
    name: 'sign-in-password', label: 'Password', type: 'password', autocomplete: 'current-password',
    check: checks.atLeast(8, 'A password has at least eight characters.'),
  });
  const submit = (event) => {
    event.preventDefault();
    if (!allValid([email, password])) return;
    signIn(email.control.value.trim());
    dialog.close();
    onSignedIn();
  };
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'sign-in-title' },
    h('button', { class: 'icon-button dialog-close', type: 'button', 'aria-label': 'Close', on: { click: () => dialog.close() } }, icon('close')),
    h('h2', { class: 'dialog-title', id: 'sign-in-title' }, 'Sign in'),
    h('form', { class: 'stack', novalidate: true, on: { submit } }, email.element, password.element,
      h('button', { class: 'button button-wide' }, 'Sign in')),
    h('p', { class: 'quiet' }, 'No account is needed to order.'));
  return dialog;
}
