// Where we are: the part of the address behind `#`, as a path and a query.

import { useEffect, useState } from '../ui.js';

/** @typedef {{ path: string[], query: URLSearchParams }} Route */

/** @returns {Route} */
export function currentRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query ?? '') };
}

/** @returns {Route} */
export function useRoute() {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const changed = () => setRoute(currentRoute());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

/** @param {string} path such as `/sessions` */
export function go(path) {
  location.hash = path;
}

/**
 * Changes the query without a new entry in the history, so that Back leaves the page and not the filter.
 * @param {Record<string, string | null>} changes
 */
export function setQuery(changes) {
  const { path, query } = currentRoute();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(null, '', `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
