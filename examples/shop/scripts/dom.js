import { classNames, elementId, hasWrapper } from './theme.js';

const idAttributes = new Set(['id', 'for', 'aria-labelledby', 'aria-describedby', 'aria-controls']);

function setAttribute(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === 'class') element.setAttribute('class', classNames(value));
  else if (idAttributes.has(name)) element.setAttribute(name, elementId(value));
  else element.setAttribute(name, value === true ? '' : value);
}

/** Builds an element. `on` holds listeners by event name; empty children are left out, so conditions can stand inline. */
export function h(tag, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  const content = children.flat(2).filter((child) => child !== undefined && child !== null && child !== false);
  element.append(...(hasWrapper(tag) ? [wrapper(content)] : content));
  return element;
}

/** `display: contents` keeps the layout as it is without the wrapper. */
function wrapper(content) {
  const element = document.createElement('div');
  element.className = classNames('wrapper');
  element.style.display = 'contents';
  element.append(...content);
  return element;
}

const strokes = {
  search: 'M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13zM15.3 15.3 20 20',
  cart: 'M3 4h2.4l2.2 11h10l2-8H6.4M9 20h.01M17 20h.01',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c.8-4 4-5.5 7.5-5.5s6.7 1.5 7.5 5.5',
  close: 'M5 5l14 14M19 5 5 19',
  check: 'M4 12.5l5 5L20 6.5',
  truck: 'M2 6h12v10H2zM14 9h4l3 3.5V16h-7M6.5 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  back: 'M4 9h11a5 5 0 0 1 0 10H9M8 5 4 9l4 4',
};

/** A line icon; always beside a text or inside a labelled control, so it is hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', classNames('icon'));
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', strokes[name]);
  svg.append(path);
  return svg;
}
