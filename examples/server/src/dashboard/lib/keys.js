// Keyboard: one key, one meaning, never while somebody types.

import { useEffect, useRef } from '../ui.js';

/** Whether a key is meant for the page, not for a field, a dialog or the browser. @param {KeyboardEvent} event */
export function isForPage(event) {
  const target = /** @type {Element} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (target.closest?.('input:not([type=range], [type=checkbox], [type=radio]), textarea, select, dialog')) return false;
  // A focused slider, tab or radio button keeps these for itself.
  return !(/^(Arrow|Home|End)/.test(event.key) && target.closest?.('input, [role=tab]'));
}

/**
 * @param {Record<string, (event: KeyboardEvent) => void>} bindings by `KeyboardEvent.key`
 * @param {boolean} [enabled]
 */
export function useKeys(bindings, enabled = true) {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    if (!enabled) return;
    /** @param {KeyboardEvent} event */
    const pressed = (event) => {
      if (event.defaultPrevented || !isForPage(event)) return;
      const act = latest.current[event.key];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [enabled]);
}
