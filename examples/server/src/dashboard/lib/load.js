// What a page fetches: loading, there, or failed and to be tried again.

import { useCallback, useEffect, useState } from '../ui.js';

/**
 * @template T
 * @typedef {{ state: 'loading' | 'ready' | 'failed', value?: T, error?: Error, again: () => void }} Loaded
 */

/**
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} fetch
 * @param {unknown[]} inputs fetched again when one of these changes
 * @returns {Loaded<T>}
 */
export function useLoad(fetch, inputs) {
  const [loaded, setLoaded] = useState(/** @type {{ state: any, value?: T, error?: Error }} */ ({ state: 'loading' }));
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setLoaded((before) => ({ state: 'loading', value: before.value }));
    fetch(abort.signal).then(
      (value) => abort.signal.aborted || setLoaded({ state: 'ready', value }),
      (error) => abort.signal.aborted || setLoaded({ state: 'failed', error }),
    );
    return () => abort.abort();
  }, [...inputs, attempt]);
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  return { ...loaded, again };
}
