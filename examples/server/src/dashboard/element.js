// Building nodes. Text is always set as text, so that nothing a page said can become markup.

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] attributes; `on…` functions become listeners
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
  return node;
}

/** A node of the SVG namespace. */
export function svg(tag, properties = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(properties)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A message in place of content. */
export function notice(title, text, ...more) {
  return element('div', { class: 'empty', role: 'status' }, element('h2', {}, title), element('p', {}, text), ...more);
}

export function when(millis) {
  return new Date(millis).toISOString().replace('T', ' ').slice(0, 19);
}
