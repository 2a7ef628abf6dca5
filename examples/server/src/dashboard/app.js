// The dashboard: who asks, and which page the address names.

import { onUnauthenticated, token } from './lib/api.js';
import { go, useRoute } from './lib/route.js';
import { Empty } from './parts/states.js';
import { AuditPage } from './privacy/audit.js';
import { PrivacyPage } from './privacy/page.js';
import { StoragePage } from './privacy/storage.js';
import { ReviewPage } from './review/page.js';
import { SessionsPage } from './sessions/page.js';
import { SessionPage } from './session/page.js';
import { Bar, Shell } from './shell.js';
import { SignIn } from './sign-in.js';
import { html, render, useCallback, useEffect, useState } from './ui.js';

/** @type {Record<string, any>} */
const PAGES = {
  sessions: SessionsPage,
  review: ReviewPage,
  privacy: PrivacyPage,
  storage: StoragePage,
  audit: AuditPage,
};

function App() {
  const route = useRoute();
  const [signedIn, setSignedIn] = useState(Boolean(token.get()));
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    onUnauthenticated.call = () => {
      setRefused(Boolean(token.get()));
      token.clear();
      setSignedIn(false);
    };
  }, []);
  const signIn = useCallback((/** @type {string} */ given) => {
    token.set(given);
    setRefused(false);
    setSignedIn(true);
  }, []);
  const signOut = useCallback(() => {
    token.clear();
    setRefused(false);
    setSignedIn(false);
    go('/sessions');
  }, []);
  if (!signedIn) return html`<${SignIn} refused=${refused} onSignIn=${signIn} />`;
  const [section = 'sessions', id] = route.path;
  if (section === 'sessions' && id) return html`<${Shell} section=${section} bare onSignOut=${signOut}><${SessionPage} key=${id} id=${id} /><//>`;
  const Page = PAGES[section];
  return html`<${Shell} section=${section} onSignOut=${signOut}>
    ${Page ? html`<${Page} key=${section} />` : html`<${Bar} title="There is no such page" /><main id="main" tabindex="-1"><${Empty} icon="search" title="Nothing is here">Choose a page at the side.<//></main>`}
  <//>`;
}

// A link that carries the token hands it over in the fragment, which browsers do not send; it is taken out at once.
const handed = location.hash.match(/^#token=([^&]+)&?(.*)$/);
if (handed) {
  token.set(decodeURIComponent(handed[1]));
  history.replaceState(null, '', `#${handed[2] || '/sessions'}`);
}
document.querySelector('[data-skip]')?.addEventListener('click', (event) => {
  // The address names the page, so the link must not change it.
  event.preventDefault();
  document.getElementById('main')?.focus();
});
const root = document.getElementById('app');
if (root) render(html`<${App} />`, root);

