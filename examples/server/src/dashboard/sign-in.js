// The page for who has not said who they are.

import { html, useState } from './ui.js';

/**
 * @param {{ provider: boolean, wrong?: Error & { code?: string }, onSignIn: (key: string) => Promise<void>, onAgain: () => void }} properties
 */
export function SignIn({ provider, wrong, onSignIn, onAgain }) {
  const [given, setGiven] = useState('');
  const [waiting, setWaiting] = useState(false);
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (!given.trim()) return;
    setWaiting(true);
    await onSignIn(given.trim());
    setWaiting(false);
  };
  return html`<main id="main" class="sign-in" tabindex="-1">
    <form onSubmit=${submit}>
      <img src="/assets/icon.svg" alt="" />
      <div>
        <h1>Sign in to CodeSight</h1>
        <p class="soft">For half a day, in this browser.</p>
      </div>
      ${wrong && html`<p id="problem" class="notice bad" role="alert">${said(wrong)} ${wrong.code === 'unreachable' && html`<button type="button" class="button small" onClick=${onAgain}>Try again</button>`}</p>`}
      ${provider && html`<a class="button primary" href="/v1/oidc/start">Sign in with your organisation</a><p class="or faint">or with a key of this server</p>`}
      <div class="field">
        <label for="token">Key</label>
        <input id="token" class="input" type="password" autocomplete="off" required value=${given} aria-describedby=${wrong ? 'problem' : undefined} onInput=${(/** @type {any} */ event) => setGiven(event.target.value)} />
      </div>
      <button type="submit" class=${provider ? 'button' : 'button primary'} disabled=${waiting}>Continue</button>
    </form>
  </main>`;
}

/** @param {Error & { code?: string }} wrong */
function said(wrong) {
  return wrong.code === 'unauthenticated' ? 'The server does not know this key, or it was revoked.' : wrong.message;
}
