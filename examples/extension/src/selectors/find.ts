import { shadowRootOf } from '../capture/tree.ts';
import type { Selector } from '../protocol.ts';
import { byRole, isVisible, labelOf, plainReader, type Reader, textOf } from './names.ts';
import { findLocator } from './locator.ts';

export type Root = Document | ShadowRoot;

/** Text-bearing selectors are written `tag|text`, so that a text is looked for where it can stand. */
export const splitTagged = (value: string): [string, string] => {
  const at = value.indexOf('|');
  return [value.slice(0, at), value.slice(at + 1)];
};

/** Everything a selector matches. One that cannot be read matches nothing. */
export function findAll(document: Document, selector: Selector): Element[] {
  const root = enter(document, selector.shadowHosts ?? []);
  if (!root) return [];
  try {
    return findIn(root, selector.kind, selector.value);
  } catch {
    return [];
  }
}

/** Looks for as many as asked: to know that something is not unique, two are enough. */
export function findIn(root: Root, kind: string, value: string, atMost = Infinity, reader: Reader = plainReader): Element[] {
  switch (kind) {
    case 'test-id':
    case 'id':
    case 'name':
    case 'css-path':
    case 'placeholder':
      return reader.query(root, value);
    case 'role': {
      const [, role, name] = /^([a-z]+)\[name="((?:[^"\\]|\\.)*)"\]$/.exec(value) ?? [];
      return role === undefined ? [] : byRole(root, role, unquote(name ?? ''), atMost, reader);
    }
    case 'label':
      return byLabel(root, value, reader);
    case 'text': {
      return byText(root, value, atMost, reader);
    }
    case 'xpath':
      return byXpath(root, value);
    case 'playwright':
      return findLocator(root, value, atMost);
    default:
      return [];
  }
}

/** From the labels to their fields: asking every field for its labels would search the page once for each. */
function byLabel(root: Root, value: string, reader: Reader): Element[] {
  const labels = reader.query(root, 'label').filter((label) => (label.textContent?.length ?? 0) >= value.length && textOf(label) === value) as HTMLLabelElement[];
  const fields = new Set(labels.flatMap(({ control }) => control ?? []));
  return [...fields].filter((field) => labelOf(field) === value);
}

function byText(root: Root, value: string, atMost: number, reader: Reader): Element[] {
  const [tag, text] = splitTagged(value);
  const found: Element[] = [];
  for (const element of reader.query(root, tag)) {
    // Comparing lengths first spares most elements the cost of putting their text in order.
    const raw = element.textContent ?? '';
    if (raw.length < text.length || textOf(element) !== text || !isVisible(element)) continue;
    found.push(element);
    if (found.length >= atMost) break;
  }
  return found;
}

export const quote = (text: string) => JSON.stringify(text);
const unquote = (text: string): string => JSON.parse(`"${text}"`) as string;

/** XPath knows no shadow roots; inside one, paths are walked by hand. */
function byXpath(root: Root, path: string): Element[] {
  if (root instanceof ShadowRoot) return walk(root, path);
  const result = root.evaluate(path, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
  return Array.from({ length: result.snapshotLength }, (_, at) => result.snapshotItem(at)).filter((node) => node instanceof Element);
}

function walk(root: ShadowRoot, path: string): Element[] {
  let parent: ParentNode = root;
  for (const step of path.split('/').filter(Boolean)) {
    const [, tag, position] = /^([\w-]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const next: Element | undefined = [...parent.children].filter(({ localName }) => localName === tag)[Number(position ?? 1) - 1];
    if (!next) return [];
    parent = next;
  }
  return parent instanceof Element ? [parent] : [];
}

/** From the document through the named hosts to the root the element lives in. */
function enter(document: Document, hosts: string[]): Root | null {
  let root: Root = document;
  for (const host of hosts) {
    const matches: NodeListOf<Element> = root.querySelectorAll(host);
    const only = matches.length === 1 ? matches[0] : undefined;
    const inner = only && shadowRootOf(only);
    if (!inner) return null;
    root = inner;
  }
  return root;
}
