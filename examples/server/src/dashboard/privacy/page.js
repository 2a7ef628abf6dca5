// The privacy desk: what people asked for and until when it is due, and everything of one person.

import { api } from '../lib/api.js';
import { useLoad } from '../lib/load.js';
import { setQuery, useRoute } from '../lib/route.js';
import { Icon } from '../parts/icon.js';
import { Bar } from '../shell.js';
import { html, useState } from '../ui.js';
import { Person } from './person.js';
import { Requests } from './requests.js';

export function PrivacyPage() {
  const { query } = useRoute();
  const person = query.get('person') ?? '';
  const [asked, setAsked] = useState(person);
  const requests = useLoad((signal) => api.json('/v1/requests', signal), [person]);
  /** @param {Event} event */
  const find = (event) => {
    event.preventDefault();
    setQuery({ person: asked.trim() });
  };
  return html`<${Bar} title="Privacy" />
    <main id="main" tabindex="-1">
      <div class="page">
        <form class="find" role="search" onSubmit=${find}>
          <div class="field">
            <label for="person">Find a person</label>
            <input id="person" class="input" placeholder="Their pseudonym, as the consent names it" value=${asked} onInput=${(/** @type {any} */ event) => setAsked(event.target.value)} />
          </div>
          <button type="submit" class="button primary"><${Icon} name="search" size=${14} />Find</button>
          ${person && html`<button type="button" class="button plain" onClick=${() => (setAsked(''), setQuery({ person: null }))}>Clear</button>`}
        </form>
        ${person && html`<${Person} key=${person} subject=${person} onChanged=${requests.again} />`}
        <${Requests} requests=${requests} />
      </div>
    </main>`;
}
