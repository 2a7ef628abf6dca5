// The pages of the dashboard, by the part of the address behind `#`.

import { Unauthenticated, token } from './api.js';
import { element, notice } from './element.js';
import { list } from './list.js';
import { viewer } from './viewer.js';

const main = document.getElementById('main');
const trail = document.getElementById('trail');
const signOut = document.getElementById('sign-out');
let leave = () => {};

async function show() {
  leave();
  leave = () => {};
  signOut.hidden = !token.get();
  trail.replaceChildren();
  if (!token.get()) return main.replaceChildren(signIn());
  main.replaceChildren(element('p', { class: 'loading', role: 'status' }, 'Loading…'));
  try {
    const session = location.hash.match(/^#\/sessions\/([A-Za-z0-9-]{1,70})$/)?.[1];
    if (session) trail.replaceChildren(element('a', { href: '#/' }, 'Sessions'), element('span', { 'aria-current': 'page' }, session.slice(-12)));
    const page = session ? await viewer(session) : await list();
    leave = page.leave ?? leave;
    main.replaceChildren(page.node);
  } catch (error) {
    if (error instanceof Unauthenticated) {
      token.clear();
      signOut.hidden = true;
      main.replaceChildren(signIn('This token is not good.'));
    } else {
      main.replaceChildren(notice('That did not work', error.message, element('button', { type: 'button', onclick: show }, 'Try again')));
    }
  }
}

function signIn(problem) {
  const input = element('input', { id: 'token', type: 'password', autocomplete: 'off', required: true, 'aria-describedby': problem ? 'problem' : null });
  return element(
    'form',
    {
      class: 'card sign-in',
      onsubmit: (event) => {
        event.preventDefault();
        token.set(input.value.trim());
        show();
      },
    },
    element('h1', {}, 'Sign in'),
    element('p', {}, 'With a token of this server. It stays in this tab.'),
    problem && element('p', { id: 'problem', class: 'problem', role: 'alert' }, problem),
    element('label', { for: 'token' }, 'Token'),
    input,
    element('button', { type: 'submit' }, 'Continue'),
  );
}

signOut.addEventListener('click', () => {
  token.clear();
  location.hash = '#/';
  show();
});
// A link that carries the token hands it over in the fragment, which browsers do not send; it is taken out at once.
const handed = location.hash.match(/^#token=([^&]+)&?(.*)$/);
if (handed) {
  token.set(decodeURIComponent(handed[1]));
  history.replaceState(null, '', `#${handed[2] || '/'}`);
}
addEventListener('hashchange', show);
show();
