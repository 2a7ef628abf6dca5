// Sessions page by page: the next page is fetched before the end comes in sight.

import { api } from '../lib/api.js';
import { useCallback, useEffect, useRef, useState } from '../ui.js';

const PAGE = 500;

/** Only what a row shows is kept, so that a hundred thousand rows stay small. @param {any} session */
function toRow(session) {
  return {
    id: session.id,
    goal: session.goal?.text || '',
    site: (session.goal?.site || '').replace(/^https?:\/\//, ''),
    collector: session.collector,
    status: session.status,
    type: session.type,
    quality: session.qualityScore,
    interactions: session.interactionCount,
    duration: session.duration,
    start: session.startTime,
    outcome: session.outcome,
  };
}

/** @typedef {ReturnType<typeof toRow>} Row */

/** @param {string} filters the query without paging */
export function useSessions(filters) {
  const [state, setState] = useState(/** @type {{ rows: Row[], done: boolean, error?: Error }} */ ({ rows: [], done: false }));
  const cursor = useRef(/** @type {{ rows: Row[], next: string | undefined, busy: boolean, abort: AbortController }} */ (/** @type {any} */ (null)));
  const more = useCallback(async () => {
    const at = cursor.current;
    if (!at || at.busy) return;
    at.busy = true;
    const after = at.next ? `&after=${encodeURIComponent(at.next)}` : '';
    try {
      const page = await api.json(`/v1/sessions?limit=${PAGE}${filters ? `&${filters}` : ''}${after}`, at.abort.signal);
      if (at.abort.signal.aborted) return;
      // One array for the life of the filters: copying a hundred thousand rows for each page would be felt.
      for (const session of page.sessions) at.rows.push(toRow(session));
      at.next = page.next;
      // At the end it stays busy: there is nothing to fetch any more.
      at.busy = !page.next;
      setState({ rows: at.rows, done: !page.next });
    } catch (error) {
      if (at.abort.signal.aborted) return;
      at.busy = false;
      setState({ rows: at.rows, done: false, error: /** @type {Error} */ (error) });
    }
  }, [filters]);
  useEffect(() => {
    const abort = new AbortController();
    cursor.current = { rows: [], next: undefined, busy: false, abort };
    setState({ rows: [], done: false });
    more();
    return () => abort.abort();
  }, [more]);
  return { ...state, more };
}
