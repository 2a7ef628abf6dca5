// What the viewer knows of a session: the session, its steps in short, its findings; more of a step when it is looked at;
// and, while it is recorded, what arrives.

import { api } from '../lib/api.js';
import { useCallback, useEffect, useRef, useState } from '../ui.js';

/** @typedef {import('../lib/types.js').Step} Step */
/** @typedef {import('../lib/types.js').Place} Place */

const STEPS = 1_000;
/** Steps whose particulars are fetched together. */
const NEIGHBOURS = 10;

/** @type {import('../lib/types.js').QualityReport} */
const NOTHING_YET = { findings: [], gaps: [], improvements: [], score: { overall: 0, completeness: 0, reliability: 0, parts: [] } };

/** @param {string} base @param {number} after @param {AbortSignal} [signal] @returns {Promise<Step[]>} */
async function stepsAfter(base, after, signal) {
  /** @type {Step[]} */
  const steps = [];
  for (;;) {
    /** @type {Step[]} */
    const page = await api.json(`${base}/steps?after=${after}&limit=${STEPS}`, signal);
    steps.push(...page);
    if (page.length < STEPS) return steps;
    after = page[page.length - 1].seq;
  }
}

/**
 * @typedef {{
 *   session: import('../lib/types.js').Session, report: import('../lib/types.js').QualityReport, steps: Step[],
 * }} Loaded
 */

/** @param {string} id */
export function useSession(id) {
  const base = `/v1/sessions/${id}`;
  const [state, setState] = useState(/** @type {{ value?: Loaded, error?: Error, live?: any }} */ ({}));
  const [attempt, setAttempt] = useState(0);
  const steps = useRef(/** @type {Step[]} */ ([]));

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const load = async () => {
      const found = api.json(`${base}/findings`, signal);
      // Awaited below, where it is told; it may fail before that.
      found.catch(() => {});
      const [session, all] = await Promise.all([api.json(base, signal), stepsAfter(base, 0, signal)]);
      if (signal.aborted) return;
      steps.current = all;
      // What was done is shown before what is to be said of it.
      setState((before) => ({ value: { session, report: before.value?.report ?? NOTHING_YET, steps: all } }));
      const report = await found;
      if (signal.aborted) return;
      setState({ value: { session, report, steps: steps.current } });
      if (session.status === 'active' || session.status === 'processing') follow(session.status);
    };
    /** @param {string} status */
    const follow = (status) => {
      let isBehind = false;
      let isReading = false;
      const catchUp = async () => {
        isBehind = true;
        if (isReading) return;
        isReading = true;
        while (isBehind && !signal.aborted) {
          isBehind = false;
          const known = steps.current.at(-1)?.seq ?? 0;
          const [session, report, fresh] = await Promise.all([api.json(base, signal), api.json(`${base}/findings`, signal), stepsAfter(base, known, signal)]);
          steps.current = [...steps.current, ...fresh];
          setState((before) => ({ ...before, value: { session, report, steps: steps.current } }));
        }
        isReading = false;
      };
      /** @param {any} update */
      const receive = (update) => {
        if (update.type === 'processed') return void load().catch(() => {});
        setState((before) => ({ ...before, live: update }));
        catchUp().catch(() => {});
      };
      setState((before) => ({ ...before, live: { type: status === 'active' ? 'waiting' : 'sealed' } }));
      api.follow(`${base}/events`, receive, signal).catch(() => {});
    };
    load().catch((error) => signal.aborted || setState({ error }));
    return () => abort.abort();
  }, [base, attempt]);

  const again = useCallback(() => {
    setState({});
    setAttempt((count) => count + 1);
  }, []);
  return { ...state, again };
}

/**
 * The particulars of one step, fetched with its neighbours and kept.
 * @param {string} id @param {number | undefined} seq
 * @returns {Place | undefined}
 */
export function usePlace(id, seq) {
  const known = useRef(/** @type {Map<number, Place>} */ (new Map()));
  const [, refresh] = useState(0);
  useEffect(() => {
    if (seq === undefined || known.current.has(seq)) return;
    const abort = new AbortController();
    api.json(`/v1/sessions/${id}/interactions?after=${seq - 1}&limit=${NEIGHBOURS}`, abort.signal).then(
      (/** @type {any[]} */ places) => {
        for (const place of places) known.current.set(place.seq, { ...place.data, seq: place.seq });
        refresh((count) => count + 1);
      },
      () => {},
    );
    return () => abort.abort();
  }, [id, seq]);
  return seq === undefined ? undefined : known.current.get(seq);
}

/**
 * Something fetched once the first paint is done.
 * @template T
 * @param {string} path @param {unknown} version fetched again when this changes @param {boolean} [enabled]
 * @returns {[T | undefined, () => void]}
 */
export function useLater(path, version, enabled = true) {
  const [value, setValue] = useState(/** @type {T | undefined} */ (undefined));
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!enabled) return;
    const abort = new AbortController();
    const fetch = () => api.json(path, abort.signal).then(setValue, () => {});
    const timer = setTimeout(fetch, attempt === 0 ? 150 : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [path, version, attempt, enabled]);
  return [value, useCallback(() => setAttempt((count) => count + 1), [])];
}
