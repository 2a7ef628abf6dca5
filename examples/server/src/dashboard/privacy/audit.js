// The audit log: who did what to which session, newest first, and whether anybody changed it.

import { api } from '../lib/api.js';
import { number, when, words } from '../lib/format.js';
import { useLoad } from '../lib/load.js';
import { Icon } from '../parts/icon.js';
import { Empty, Show } from '../parts/states.js';
import { Virtual } from '../parts/virtual.js';
import { Bar } from '../shell.js';
import { html, useState } from '../ui.js';

const ROW = 40;

/** Every entry of the tenant, newest first. @param {AbortSignal} signal */
async function everything(signal) {
  const entries = [];
  for (let after = 0; ; ) {
    const page = await api.json(`/v1/audit?after=${after}`, signal);
    entries.push(...page.entries);
    if (!page.next) return entries.reverse();
    after = page.next;
  }
}

export function AuditPage() {
  const loaded = useLoad(everything, []);
  const [verified, setVerified] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const verify = async () => {
    setBusy(true);
    setVerified(null);
    try {
      setVerified(await api.send('POST', '/v1/audit/verification'));
    } catch (error) {
      setVerified({ problem: /** @type {Error} */ (error).message });
    }
    setBusy(false);
  };
  return html`<${Bar} title="Audit"><button type="button" class="button" disabled=${busy} onClick=${verify}><${Icon} name="privacy" size=${14} />${busy ? 'Verifying…' : 'Verify'}</button><//>
    <main id="main" tabindex="-1" class="sessions">
      ${verified && html`<div class="told"><${Verified} verified=${verified} /></div>`}
      <${Show} loaded=${loaded}>
        ${(/** @type {any[]} */ entries) =>
          entries.length === 0
            ? html`<${Empty} icon="audit" title="Nothing happened yet">Who reads, exports or erases something is written here.<//>`
            : html`<${Virtual} label="Audit log" className="audit-table" count=${entries.length} total=${entries.length + 1} height=${ROW} columns=${html`<${Columns} />`} row=${(/** @type {number} */ index) => html`<${Entry} key=${entries[index].position} entry=${entries[index]} index=${index} />`} />`}
      <//>
    </main>`;
}

/** @param {{ verified: any }} properties */
function Verified({ verified }) {
  if (verified.problem) return html`<p class="notice bad" role="alert">${verified.problem}</p>`;
  return html`<p class="notice good" role="status"><span><b>The log is whole:</b> ${number(verified.entries)} entries of all projects, ${number(verified.checkpoints)} checkpoints, signed through entry ${number(verified.signedThrough)}.</span></p>`;
}

function Columns() {
  return html`<div class="audit-row head" role="row" aria-rowindex="1"><span role="columnheader" class="end">#</span><span role="columnheader">When</span><span role="columnheader">Who</span><span role="columnheader">What</span><span role="columnheader">Part</span><span role="columnheader">Session or person</span></div>`;
}

/** @param {{ entry: any, index: number }} properties */
function Entry({ entry, index }) {
  const { event } = entry;
  return html`<div class="audit-row" role="row" aria-rowindex=${index + 2} style=${{ height: `${ROW}px` }}>
    <span role="cell" class="end number faint">${entry.position}</span>
    <span role="cell" class="number soft">${when(event.at)}</span>
    <span role="cell" class="truncate">${event.actor}</span>
    <span role="cell"><span class="badge bare">${words(String(event.action))}</span></span>
    <span role="cell" class="truncate soft">${event.detail ?? ''}</span>
    <span role="cell" class="truncate">${event.session ? html`<a class="mono" href=${`#/sessions/${event.session}`}>${event.session}</a>` : html`<code>${event.subject ?? ''}</code>`}</span>
  </div>`;
}
