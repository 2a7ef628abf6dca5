import { byRole, isVisible, plainReader, type Reader, textOf } from './names.ts';

/**
 * A small part of Playwright's locator language, written and read here: a place that stands out, then the element
 * within it. Enough to say "the Add to cart button of that product" when twenty-five buttons carry the same words.
 */
export type LocatorStep =
  | { by: 'test-id'; attribute: string; value: string }
  | { by: 'role'; role: string; name: string }
  | { by: 'css'; css: string; hasText?: string };

const js = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

export function printLocator(steps: LocatorStep[]): string {
  return steps.map((step) => {
    if (step.by === 'test-id') return step.attribute === 'data-testid' ? `getByTestId(${js(step.value)})` : `locator(${js(`[${step.attribute}="${step.value}"]`)})`;
    if (step.by === 'role') return `getByRole(${js(step.role)}, { name: ${js(step.name)}, exact: true })`;
    return `locator(${js(step.css)})${step.hasText === undefined ? '' : `.filter({ hasText: ${js(step.hasText)} })`}`;
  }).join('.');
}

const text = String.raw`'((?:[^'\\]|\\.)*)'`;
const grammar = new RegExp([
  `getByTestId\\(${text}\\)`,
  `getByRole\\(${text}, \\{ name: ${text}, exact: true \\}\\)`,
  `locator\\(${text}\\)(?:\\.filter\\(\\{ hasText: ${text} \\}\\))?`,
].join('|'), 'y');

export function readLocator(locator: string): LocatorStep[] {
  const plain = (quoted: string) => quoted.replace(/\\(.)/g, '$1');
  const steps: LocatorStep[] = [];
  for (let at = 0; at < locator.length; at += 1) {
    grammar.lastIndex = at;
    const match = grammar.exec(locator);
    if (!match) return [];
    const [whole, testId, role, name, css, hasText] = match;
    if (testId !== undefined) steps.push({ by: 'test-id', attribute: 'data-testid', value: plain(testId) });
    else if (role !== undefined) steps.push({ by: 'role', role: plain(role), name: plain(name!) });
    else steps.push({ by: 'css', css: plain(css!), ...(hasText !== undefined && { hasText: plain(hasText) }) });
    // The next step stands behind a dot.
    at += whole.length;
  }
  return steps;
}

export const findLocator = (root: ParentNode, locator: string, atMost = Infinity): Element[] => findSteps(root, readLocator(locator), atMost);

/** The last step stops once enough is found; the steps before it lead to places that all have to be looked at. */
export function findSteps(root: ParentNode, steps: LocatorStep[], atMost = Infinity, reader: Reader = plainReader): Element[] {
  let found: ParentNode[] = steps.length > 0 ? [root] : [];
  steps.forEach((step, at) => {
    const enough = at === steps.length - 1 ? atMost : Infinity;
    found = [...new Set(found.flatMap((within) => findStep(within, step, enough, reader)))];
  });
  return found as Element[];
}

function findStep(within: ParentNode, step: LocatorStep, atMost: number, reader: Reader): Element[] {
  if (step.by === 'test-id') return reader.query(within, `[${step.attribute}="${CSS.escape(step.value)}"]`);
  if (step.by === 'role') return byRole(within, step.role, step.name, atMost, reader);
  const found = reader.query(within, step.css);
  const wanted = step.hasText?.toLowerCase();
  return wanted === undefined ? found : found.filter((element) => textOf(element).toLowerCase().includes(wanted) && isVisible(element));
}

export const roleStep = (element: Element, reader: Reader): LocatorStep | undefined => {
  const role = reader.role(element);
  const name = reader.name(element);
  return role && name && name.length <= 80 ? { by: 'role', role, name } : undefined;
};
