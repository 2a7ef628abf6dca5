// Everything of one person: what they agreed to, what is kept, and what can be done about it.

import { api } from '../lib/api.js';
import { bytes, counted, number, when, words } from '../lib/format.js';
import { useLoad } from '../lib/load.js';
import { Dialog } from '../parts/dialog.js';
import { Icon } from '../parts/icon.js';
import { Empty, Show } from '../parts/states.js';
import { html, useState } from '../ui.js';
import { RequestTable, saveCertificate } from './requests.js';

/** @param {{ subject: string, onChanged: () => void }} properties */
export function Person({ subject, onChanged }) {
  const path = `/v1/subjects/${encodeURIComponent(subject)}`;
  const report = useLoad(
    (signal) =>
      api.json(path, signal).catch((error) => {
        if (error.status === 404) return null;
        throw error;
      }),
    [path],
  );
  const [erasing, setErasing] = useState(false);
  const [told, setTold] = useState(/** @type {{ grade: string, words: string, request?: any } | null} */ (null));
  /** @param {() => Promise<any>} act @param {string} done */
  const run = async (act, done) => {
    setTold(null);
    try {
      const request = await act();
      setTold({ grade: 'good', words: done, request });
      report.again();
      onChanged();
    } catch (error) {
      setTold({ grade: 'bad', words: /** @type {Error} */ (error).message });
    }
  };
  const erase = (/** @type {string} */ law) => {
    setErasing(false);
    run(() => api.send('DELETE', `${path}?law=${law}`), 'Erased. The certificate says what was found and erased.');
  };
  return html`<section class="card" aria-labelledby="found-person">
    <${Show} loaded=${report}>
      ${(/** @type {any} */ found) =>
        found === null
          ? html`<${Empty} icon="search" title="Nobody of that name">Nothing is kept of a person who is called so here.<//>`
          : html`<header>
                <h2 id="found-person"><code>${subject}</code></h2>
                ${found.erased && html`<span class="badge bad">Erased</span>`} ${found.hold && html`<span class="badge held">On hold: ${found.hold.reference}</span>`}
                <div class="row wrap push">
                  <button type="button" class="button small" onClick=${() => api.download(`${path}/export`, `about-${subject}.zip`).catch((error) => setTold({ grade: 'bad', words: error.message }))}><${Icon} name="download" size=${14} />Hand out</button>
                  ${found.hold
                    ? html`<button type="button" class="button small" onClick=${() => run(() => api.send('DELETE', `${path}/hold`), 'The hold was released.')}>Release the hold</button>`
                    : !found.erased && html`<${HoldButton} onHold=${(/** @type {string} */ reference) => run(() => api.send('PUT', `${path}/hold`, { reference }), 'Nothing of them is deleted until the hold is released.')} />`}
                  ${!found.erased && html`<button type="button" class="button small danger" onClick=${() => setErasing(true)}>Erase…</button>`}
                </div>
              </header>
              ${told && html`<div class="body"><p class=${`notice ${told.grade}`} role="status">${told.words}${told.request?.certificates?.length > 0 && html`<button type="button" class="button small push" onClick=${() => saveCertificate(told.request)}>Save the certificate</button>`}</p></div>`}
              <${Found} found=${found} onChanged=${() => (report.again(), onChanged())} />
              ${erasing && html`<${EraseDialog} subject=${subject} found=${found} onClose=${() => setErasing(false)} onErase=${erase} />`}`}
    <//>
  </section>`;
}

/** @param {{ found: any, onChanged: () => void }} properties */
function Found({ found, onChanged }) {
  return html`<div class="halves">
      <div class="body">
        <h3>Consent</h3>
        ${found.consents.length === 0 && html`<p class="faint">They never agreed to anything here.</p>`}
        <ol class="history">
          ${[...found.consents].reverse().map((consent) => html`<li><span class=${`badge ${consent.decision === 'granted' || consent.decision === 'grant' ? 'good' : 'bad'}`}>${words(String(consent.decision))}</span> ${consent.purposes.join(', ') || 'everything'}<p class="hint">${when(consent.at)} · text ${consent.textVersion} · told by ${consent.source}${consent.globalPrivacyControl ? ' · privacy control' : ''}</p></li>`)}
        </ol>
      </div>
      <div class="body">
        <h3>${counted(found.sessions.length, 'session')}</h3>
        <ul class="lines">${found.sessions.slice(0, 12).map((/** @type {any} */ one) => html`<li><a class="truncate" href=${`#/sessions/${one.session.id}`}>${one.session.goal?.text || one.session.id}</a><span class="push faint number">${size(one)}</span></li>`)}</ul>
        ${found.sessions.length > 12 && html`<p class="hint">and ${number(found.sessions.length - 12)} more</p>`}
        ${found.exports.length > 0 && html`<p class="hint">${counted(found.exports.length, 'file')} made of them with others</p>`}
      </div>
    </div>
    ${found.requests.length > 0 && html`<${RequestTable} requests=${found.requests} onChanged=${onChanged} />`}`;
}

/** Everything stored of a session. @param {{ blobs: [string, number][] }} found */
function size(found) {
  return bytes(found.blobs.reduce((sum, [, size]) => sum + size, 0));
}

/** @param {{ onHold: (reference: string) => void }} properties */
function HoldButton({ onHold }) {
  const [open, setOpen] = useState(false);
  const [reference, setReference] = useState('');
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    setOpen(false);
    onHold(reference.trim());
  };
  return html`<button type="button" class="button small" onClick=${() => setOpen(true)}>Hold…</button>
    ${open &&
    html`<${Dialog} title="Place a legal hold" onClose=${() => setOpen(false)} footer=${html`<button type="submit" form="hold" class="button primary" disabled=${!reference.trim()}>Place the hold</button>`}>
      <p class="soft">Nothing of the person is deleted, by nobody and no rule, until the hold is released.</p>
      <form id="hold" class="field" onSubmit=${submit}>
        <label for="reference">Reference of the case; no names</label>
        <input id="reference" class="input" required maxlength="100" value=${reference} onInput=${(/** @type {any} */ event) => setReference(event.target.value)} />
      </form>
    <//>`}`;
}

/** @param {{ subject: string, found: any, onClose: () => void, onErase: (law: string) => void }} properties */
function EraseDialog({ subject, found, onClose, onErase }) {
  const [typed, setTyped] = useState('');
  const [law, setLaw] = useState('gdpr');
  return html`<${Dialog} title="Erase this person for good" onClose=${onClose}
    footer=${html`<button type="button" class="button" onClick=${onClose}>Keep</button><button type="button" class="button danger" disabled=${typed !== subject} onClick=${() => onErase(law)}>Erase</button>`}>
    <p>${counted(found.sessions.length, 'session')}, their archives, frames, training lines and reviews are deleted, and the name is refused from then on. This cannot be taken back.</p>
    <div class="field"><label for="law">Asked for under</label><select id="law" class="input" value=${law} onChange=${(/** @type {any} */ event) => setLaw(event.target.value)}><option value="gdpr">GDPR</option><option value="ccpa">CCPA</option></select></div>
    <div class="field"><label for="typed">Type <code>${subject}</code> to confirm</label><input id="typed" class="input" autocomplete="off" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} /></div>
  <//>`;
}
