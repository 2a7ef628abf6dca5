// The page for who has not said who they are.

import { html, useState } from './ui.js';

/** @param {{ refused: boolean, onSignIn: (token: string) => void }} properties */
export function SignIn({ refused, onSignIn }) {
  const [given, setGiven] = useState('');
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (given.trim()) onSignIn(given.trim());
  };
  return html`<main id="main" class="sign-in" tabindex="-1">
    <form onSubmit=${submit}>
      <img src="/assets/icon.svg" alt="" />
      <div>
        <h1>Sign in to CodeSight</h1>
        <p class="soft">With a key of this server. It stays in this tab.</p>
      </div>
      ${refused && html`<p id="problem" class="notice bad" role="alert">The server does not know this key, or it was revoked.</p>`}
      <div class="field">
        <label for="token">Key</label>
        <input id="token" class="input" type="password" autocomplete="off" required value=${given} aria-describedby=${refused ? 'problem' : undefined} onInput=${(/** @type {any} */ event) => setGiven(event.target.value)} />
      </div>
      <button type="submit" class="button primary">Continue</button>
    </form>
  </main>`;
}
