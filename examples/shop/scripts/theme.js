/**
 * The two builds of the shop. Sources use plain names for classes and ids; what reaches the page depends on the build,
 * as it does when a real shop is deployed again: other hashes, other ids, more wrappers, another sibling order.
 */
import { build } from './settings.js';

const isB = build === 'b';

/** Short, stable and unlike a word, as class names made by build tools are (FNV-1a). */
export function hash(text) {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return value.toString(36).padStart(7, '0');
}

const className = (name) => (isB ? `css-${hash(`b ${name}`)}` : `${name}_${hash(`a ${name}`).slice(-5)}`);

export const classNames = (names) => names.split(' ').filter(Boolean).map(className).join(' ');

export const elementId = (name) => (isB ? `r${hash(`b ${name}`).slice(-4)}` : name);

/** Siblings in build A's order, or in the order that `orderInB` lists. */
export const ordered = (orderInB, ...siblings) => (isB ? orderInB.map((at) => siblings[at]) : siblings);

/** Elements whose content gets one more wrapper in build B; only those that allow a `div` inside. */
const wrappedInB = new Set(['article', 'aside', 'footer', 'form', 'header', 'li', 'main', 'nav', 'section']);

export const hasWrapper = (tag) => isB && wrappedInB.has(tag);

/** Style sheets name classes plainly too. A dot before a letter is always a class here: the styles refer to no files. */
export function themedSheet(source) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(source.replace(/\.([a-z][a-z0-9-]*)/g, (_, name) => `.${className(name)}`));
  return sheet;
}

export async function loadStyles(...files) {
  const sources = await Promise.all(
    files.map(async (file) => (await fetch(new URL(`../styles/${file}.css`, import.meta.url))).text()),
  );
  document.adoptedStyleSheets = sources.map(themedSheet);
}
