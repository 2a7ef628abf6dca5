import { computeAccessibleName, getRole } from 'dom-accessibility-api';

/** The accessible name. The library follows the standard; a page that broke what it relies on gets an empty name. */
export function nameOf(element: Element): string {
  try {
    return computeAccessibleName(element).replace(/\s+/g, ' ').trim();
  } catch {
    return '';
  }
}

export function roleOf(element: Element): string | null {
  try {
    return element.getAttribute('role')?.split(/\s+/)[0] || getRole(element);
  } catch {
    return null;
  }
}

/** Asks the page. Names and roles are worked out from styles and take their time. */
export interface Reader {
  query(within: ParentNode, css: string): Element[];
  name(element: Element): string;
  role(element: Element): string | null;
}

export const plainReader: Reader = { query: (within, css) => [...within.querySelectorAll(css)], name: nameOf, role: roleOf };

/** Asks each thing once. Good as long as the page stands still: within one event. */
export class RememberingReader implements Reader {
  readonly #found = new Map<ParentNode, Map<string, Element[]>>();
  readonly #names = new Map<Element, string>();
  readonly #roles = new Map<Element, string | null>();

  query(within: ParentNode, css: string): Element[] {
    const here = remembered(this.#found, within, () => new Map<string, Element[]>());
    return remembered(here, css, () => [...within.querySelectorAll(css)]);
  }

  name = (element: Element): string => remembered(this.#names, element, () => nameOf(element));

  role = (element: Element): string | null => remembered(this.#roles, element, () => roleOf(element));
}

function remembered<K, V>(known: Map<K, V>, key: K, find: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}

/** Where elements of a role can be; the roles people act on, and those that name a place. */
const roleSelectors: { [role: string]: string } = {
  button: 'button, summary, input[type=button], input[type=submit], input[type=reset], input[type=image]',
  link: 'a[href], area[href]',
  checkbox: 'input[type=checkbox]',
  radio: 'input[type=radio]',
  textbox: 'input:not([type]), input[type=text], input[type=email], input[type=tel], input[type=url], textarea',
  searchbox: 'input[type=search]',
  spinbutton: 'input[type=number]',
  slider: 'input[type=range]',
  combobox: 'select:not([multiple]), input[list]',
  listbox: 'select[multiple], datalist',
  option: 'option',
  img: 'img, svg',
  heading: 'h1, h2, h3, h4, h5, h6',
  dialog: 'dialog',
  form: 'form',
  navigation: 'nav',
  main: 'main',
  region: 'section',
  banner: 'header',
  contentinfo: 'footer',
  article: 'article',
  listitem: 'li',
  group: 'fieldset, details, optgroup',
  row: 'tr',
  cell: 'td',
};

const candidatesOf = (root: ParentNode, role: string, reader: Reader): Element[] => {
  const implied = roleSelectors[role];
  const explicit = `[role~="${CSS.escape(role)}"]`;
  return reader.query(root, implied ? `${implied}, ${explicit}` : explicit);
};

/**
 * The elements with a role and a name, as a locator by role finds them: hidden ones are none. The full name is worked
 * out only for elements that could have it: doing so for every button of a shop takes longer than a person's patience.
 */
export function byRole(root: ParentNode, role: string, name: string, atMost = Infinity, reader: Reader = plainReader): Element[] {
  const found: Element[] = [];
  const couldBeNamed = nameTest(name);
  for (const candidate of candidatesOf(root, role, reader)) {
    if (couldBeNamed(candidate) && reader.role(candidate) === role && isVisible(candidate) && reader.name(candidate) === name) found.push(candidate);
    if (found.length >= atMost) break;
  }
  return found;
}

/** Every word of a name that comes from the content stands in it, however many more do. */
function nameTest(name: string): (element: Element) => boolean {
  const words = name.split(' ').map((word) => (/^\d+$/.test(word) ? new RegExp(`(?<!\\d)${word}(?!\\d)`) : word));
  return (element) => {
    if (element.hasAttribute('aria-labelledby')) return true;
    const label = element.getAttribute('aria-label')?.replace(/\s+/g, ' ').trim();
    if (label) return label === name;
    if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) return true;
    const text = element.textContent ?? '';
    if (words.every((word) => (typeof word === 'string' ? text.includes(word) : word.test(text)))) return true;
    // Words may come from styles, from titles, and from what stands for pictures.
    return text.trim() === '' || element.hasAttribute('title') || element.hasAttribute('alt') || element.querySelector('[alt],[aria-label],[aria-labelledby],[title],input,select,textarea') !== null;
  };
}

/** Whether an element is laid out at all; cheap, and what matters for telling twins apart. */
export function isVisible(element: Element): boolean {
  return typeof element.checkVisibility !== 'function' || element.checkVisibility({ visibilityProperty: true });
}

export const textOf = (element: Element): string => (element.textContent ?? '').replace(/\s+/g, ' ').trim();

/** The label of a field as its author wrote it. */
export function labelOf(element: Element): string {
  if (!('labels' in element)) return '';
  const [label] = (element as HTMLInputElement).labels ?? [];
  return label ? textOf(label) : '';
}
