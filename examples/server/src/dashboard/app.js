// The dashboard: who asks, and which page the address names.

import { DatasetsPage } from './datasets/page.js';
import { account, onUnauthenticated, Problem } from './lib/api.js';
import { go, useRoute } from './lib/route.js';
import { Empty, Loading } from './parts/states.js';
import { AuditPage } from './privacy/audit.js';
import { PrivacyPage } from './privacy/page.js';
import { StoragePage } from './privacy/storage.js';
import { ReviewPage } from './review/page.js';
import { SessionsPage } from './sessions/page.js';
import { SessionPage } from './session/page.js';
import { Bar, Shell } from './shell.js';
import { SignIn } from './sign-in.js';
import { TrainingPage } from './training/page.js';
import { html, render, useEffect, useMemo, useState } from './ui.js';
import { waysFor } from './ways.js';

/** @type {Record<string, any>} */
const PAGES = {
  sessions: SessionsPage,
  review: ReviewPage,
  datasets: DatasetsPage,
  training: TrainingPage,
  privacy: PrivacyPage,
  storage: StoragePage,
  audit: AuditPage,
};

// A link that carries a key hands it over in the fragment, which browsers do not send; it is taken out at once.
const handed = location.hash.match(/^#token=([^&]+)&?(.*)$/);
let handedKey = handed ? decodeURIComponent(handed[1]) : '';
if (handed) history.replaceState(null, '', `#${handed[2] || '/'}`);

/** @typedef {{ me?: import('./lib/types.js').Me, provider: boolean, wrong?: Error & { code?: string } }} Account */

/** Who is signed in: undefined until the server said so. @returns {[Account | undefined, { signIn: (key: string, provider: boolean) => Promise<void>, signOut: () => Promise<void>, again: () => void }]} */
function useAccount() {
  const [known, setKnown] = useState(/** @type {Account | undefined} */ (undefined));
  const actions = useMemo(() => {
    /** @param {string} key @param {boolean} provider */
    const signIn = async (key, provider) => {
      try {
        setKnown({ provider, me: await account.signIn(key) });
      } catch (wrong) {
        setKnown({ provider, wrong: /** @type {Error} */ (wrong) });
      }
    };
    const look = async () => {
      const found = await account.look();
      const key = handedKey;
      handedKey = '';
      // A key that turns out to be none shows the page to sign in at, with what it offers.
      if (key) await signIn(key, found.provider);
      else setKnown(found);
    };
    const again = () => void look().catch((wrong) => setKnown({ provider: false, wrong }));
    const signOut = async () => {
      const wrong = await account.signOut().catch((error) => error);
      setKnown((before) => ({ provider: before?.provider ?? false, wrong }));
      go('/');
    };
    return { signIn, signOut, again };
  }, []);
  useEffect(() => {
    onUnauthenticated.call = () => setKnown((before) => ({ provider: before?.provider ?? false, wrong: new Problem(401, 'ended', 'The sign-in has ended.') }));
    actions.again();
  }, []);
  return [known, actions];
}

function App() {
  const route = useRoute();
  const [known, { signIn, signOut, again }] = useAccount();
  if (!known) return html`<main id="main" tabindex="-1"><${Loading} what="Signing in…" /></main>`;
  const { me, provider, wrong } = known;
  if (!me) return html`<${SignIn} provider=${provider} wrong=${wrong} onSignIn=${(/** @type {string} */ key) => signIn(key, provider)} onAgain=${again} />`;
  const [section = waysFor(me.roles)[0]?.[1][0].page ?? 'nothing', id] = route.path;
  if (section === 'sessions' && id) return html`<${Shell} me=${me} section=${section} bare onSignOut=${signOut}><${SessionPage} key=${id} id=${id} /><//>`;
  const Page = PAGES[section];
  return html`<${Shell} me=${me} section=${section} onSignOut=${signOut}>
    ${Page ? html`<${Page} key=${section} />` : html`<${Nowhere} />`}
  <//>`;
}

function Nowhere() {
  return html`<${Bar} title="There is no such page" /><main id="main" tabindex="-1"><${Empty} icon="search" title="Nothing is here">Choose a page at the side. Where none is, your roles open none.<//></main>`;
}

document.querySelector('[data-skip]')?.addEventListener('click', (event) => {
  // The address names the page, so the link must not change it.
  event.preventDefault();
  document.getElementById('main')?.focus();
});
const root = document.getElementById('app');
if (root) render(html`<${App} />`, root);

