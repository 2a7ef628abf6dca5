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

export const candidatesOf = (root: ParentNode, role: string): Element[] => {
  const implied = roleSelectors[role];
  const explicit = `[role~="${CSS.escape(role)}"]`;
  return [...root.querySelectorAll(implied ? `${implied}, ${explicit}` : explicit)];
};

/**
 * The elements with a role and a name, as a locator by role finds them: hidden ones are none. The full name is worked
 * out only for elements that could have it: doing so for every button of a shop takes longer than a person's patience.
 */
export function byRole(root: ParentNode, role: string, name: string, atMost = Infinity): Element[] {
  const found: Element[] = [];
  for (const candidate of candidatesOf(root, role)) {
    if (couldBeNamed(candidate, name) && roleOf(candidate) === role && isVisible(candidate) && nameOf(candidate) === name) found.push(candidate);
    if (found.length >= atMost) break;
  }
  return found;
}

function couldBeNamed(element: Element, name: string): boolean {
  if (element.hasAttribute('aria-labelledby')) return true;
  const label = element.getAttribute('aria-label')?.replace(/\s+/g, ' ').trim();
  if (label) return label === name;
  if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) return true;
  const firstWord = name.split(' ')[0] ?? '';
  return (element.textContent ?? '').includes(firstWord) || element.hasAttribute('title') || element.hasAttribute('alt') || element.querySelector('[alt],[aria-label],[title]') !== null;
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
