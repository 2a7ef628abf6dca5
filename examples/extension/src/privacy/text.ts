import { markSelector } from './elements.ts';
import { seam } from './seam.ts';

/** Places whose text is not the page's to tell: marked private, written by the person, or not shown at all. */
const withheld = `${markSelector}, textarea, [contenteditable], script, style, noscript, template`;

/** Elements within a line, whose borders are not always borders of words: `<b>J</b>ane`. */
const inLine = new Set(['a', 'abbr', 'b', 'bdi', 'bdo', 'cite', 'code', 'data', 'del', 'em', 'font', 'i', 'ins', 'kbd', 'mark', 'q', 's', 'samp', 'small', 'span', 'strong', 'sub', 'sup', 'time', 'u', 'var', 'wbr']);

/** Whether an element holds such a place; then no text of it as a whole can be told. */
export const holdsPrivateText = (element: Element): boolean => element.querySelector(`${markSelector}, textarea, [contenteditable]`) !== null;

/** The text of an element without the places that are not to be told, with its seams. Stops once enough is there. */
export function tellableText(element: Element, enough = 1_000): string {
  if (element.closest(withheld)) return '';
  const parts: string[] = [];
  gather(element, enough * 2, parts);
  return collapse(parts.join('')).slice(0, enough);
}

/** Gives how many letters are still wanted. */
function gather(element: Element, wanted: number, parts: string[]): number {
  let left = wanted;
  for (let node = element.firstChild; node && left > 0; node = node.nextSibling) {
    if (node instanceof Text) {
      parts.push(node.data);
      left -= node.data.length;
    } else if (node instanceof Element && !node.matches(withheld)) {
      const border = inLine.has(node.localName) ? seam : ' ';
      parts.push(border);
      left = gather(node, left, parts);
      parts.push(border);
    }
  }
  return left;
}

const collapse = (text: string) => text.replace(/\s+/g, ' ').trim();

/** What the person selected, without the places that are not to be told. */
export function tellableSelection(): string {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0) return '';
  const range = selection.getRangeAt(0);
  const around = range.commonAncestorContainer instanceof Element ? range.commonAncestorContainer : range.commonAncestorContainer.parentElement;
  if (around?.closest(withheld)) return '';
  const copy = document.createElement('div');
  copy.append(range.cloneContents());
  return tellableText(copy, 4_000);
}
