import { markSelector } from './elements.ts';

/** Places whose text is not the page's to tell: marked private, written by the person, or not shown at all. */
const withheld = `${markSelector}, textarea, [contenteditable], script, style, noscript, template`;

/** Whether an element holds such a place; then no text of it as a whole can be told. */
export const holdsPrivateText = (element: Element): boolean => element.querySelector(`${markSelector}, textarea, [contenteditable]`) !== null;

/** The text of an element without the places that are not to be told. Stops once enough is there. */
export function tellableText(element: Element, enough = 1_000): string {
  if (element.closest(withheld)) return '';
  if (element.querySelector(withheld) === null) return collapse((element.textContent ?? '').slice(0, enough * 2)).slice(0, enough);
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    (node instanceof Element && node.matches(withheld) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  let text = '';
  for (let node = walker.nextNode(); node && text.length < enough * 2; node = walker.nextNode()) {
    if (node instanceof Text) text += node.data;
  }
  return collapse(text).slice(0, enough);
}

const collapse = (text: string) => text.replace(/\s+/g, ' ').trim();

/** What the person selected, without the places that are not to be told. */
export function tellableSelection(): string {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0) return '';
  const range = selection.getRangeAt(0);
  const around = range.commonAncestorContainer instanceof Element ? range.commonAncestorContainer : range.commonAncestorContainer.parentElement;
  if (around?.closest(withheld)) return '';
  const copy = range.cloneContents();
  for (const place of copy.querySelectorAll(withheld)) place.remove();
  return collapse(copy.textContent ?? '');
}
