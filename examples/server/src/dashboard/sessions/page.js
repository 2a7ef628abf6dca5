// The list of sessions.

import { duration, number, when } from '../lib/format.js';
import { useKeys } from '../lib/keys.js';
import { go, useRoute } from '../lib/route.js';
import { Meter } from '../parts/meter.js';
import { Empty, Failed, Loading } from '../parts/states.js';
import { Virtual } from '../parts/virtual.js';
import { Bar } from '../shell.js';
import { html, useEffect, useState } from '../ui.js';
import { Filters, toServerQuery } from './filters.js';
import { useSessions } from './paging.js';

/** @type {Record<string, string>} */
export const STATUS_WORDS = { active: 'Recording', processing: 'Processing', completed: 'Completed', failed: 'Failed' };

function useRowHeight() {
  const phone = matchMedia('(max-width: 52rem)');
  const [isPhone, setPhone] = useState(phone.matches);
  useEffect(() => {
    const changed = () => setPhone(phone.matches);
    phone.addEventListener('change', changed);
    return () => phone.removeEventListener('change', changed);
  }, []);
  return isPhone ? 76 : 48;
}

export function SessionsPage() {
  const { query } = useRoute();
  const { rows, done, error, more } = useSessions(toServerQuery(query));
  const [selected, setSelected] = useState(-1);
  const height = useRowHeight();
  useEffect(() => setSelected(-1), [query.toString()]);
  /** @param {number} way */
  const move = (way) => setSelected((at) => Math.max(0, Math.min(rows.length - 1, at + way)));
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: (event) => {
      if (/** @type {Element} */ (event.target).closest('a, button')) /** @type {HTMLElement} */ (event.target).click();
      else if (rows[selected]) go(`/sessions/${rows[selected].id}`);
    },
  });
  const isFiltered = query.toString() !== '';
  return html`<${Bar} title="Sessions">
      <span class="faint number" role="status">${rows.length > 0 && `${number(rows.length)}${done ? '' : '+'}`}</span>
    <//>
    <main id="main" tabindex="-1" class="sessions">
      <${Filters} query=${query} />
      ${rows.length > 0
        ? html`<${Virtual} label="Sessions" className="session-table" count=${rows.length} total=${done ? rows.length + 1 : -1} height=${height} selected=${selected} onNearEnd=${more} columns=${html`<${Columns} />`}
            row=${(/** @type {number} */ index) => html`<${SessionRow} key=${rows[index].id} session=${rows[index]} index=${index} height=${height} selected=${index === selected} />`} />`
        : error
          ? html`<${Failed} error=${error} again=${more} />`
          : !done
            ? html`<${Loading} />`
            : isFiltered
              ? html`<${Empty} icon="search" title="No session is like that">Take a filter away to see more.<//>`
              : html`<${Empty} title="No sessions yet">Record one with the browser extension, or run <code>codesight-server demo</code> to replay one.<//>`}
    </main>`;
}

function Columns() {
  return html`<div class="session-row head" role="row" aria-rowindex="1">
    <span role="columnheader">Goal</span><span role="columnheader">Status</span><span role="columnheader">Quality</span>
    <span role="columnheader" class="end">Steps</span><span role="columnheader" class="end">Length</span><span role="columnheader">Collector</span><span role="columnheader" class="end">Began</span>
  </div>`;
}

/** @param {{ session: import('./paging.js').Row, index: number, height: number, selected: boolean }} properties */
function SessionRow({ session, index, height, selected }) {
  const isLive = session.status === 'active';
  return html`<div class=${`session-row ${selected ? 'selected' : ''}`} role="row" aria-rowindex=${index + 2} aria-selected=${selected} style=${{ height: `${height}px` }}>
    <span role="cell" class="goal"><a class="row-link truncate" href=${`#/sessions/${session.id}`}>${session.goal || 'Without a goal'}</a><span class="faint truncate">${session.site}</span></span>
    <span role="cell" class="status"><span class=${`badge ${session.status} ${isLive ? 'live' : ''}`}>${STATUS_WORDS[session.status] ?? session.status}</span></span>
    <span role="cell" class="quality">${session.status === 'completed' ? html`<${Meter} score=${session.quality} label="Quality" />` : html`<span class="faint">–</span>`}</span>
    <span role="cell" class="end number steps">${isLive ? '–' : number(session.interactions)}</span>
    <span role="cell" class="end number length">${duration(session.duration)}</span>
    <span role="cell" class="collector soft truncate">${session.collector}</span>
    <span role="cell" class="end number began soft">${when(session.start)}</span>
  </div>`;
}
