// A modal dialog: the browser's own, which keeps the focus inside and closes with Escape.

import { html, useEffect, useRef } from '../ui.js';
import { Icon } from './icon.js';

/** @param {{ title: string, onClose: () => void, children?: any, footer?: any }} properties */
export function Dialog({ title, onClose, children, footer }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return html`<dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${onClose}>
    <header>
      <h2 id="dialog-title">${title}</h2>
      <button type="button" class="button plain icon push" aria-label="Close" onClick=${() => dialog.current?.close()}><${Icon} name="close" /></button>
    </header>
    <div class="body">${children}</div>
    ${footer && html`<footer>${footer}</footer>`}
  </dialog>`;
}
