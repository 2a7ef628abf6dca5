/** Walking the composed tree: through open and closed shadow roots, as the person sees the page. */

/**
 * Fields of a form become properties of the form by their name: one called `id` or `parentElement` hides the real one,
 * and a walk upwards would go round for ever. The browser's own getters cannot be hidden.
 */
const parentElementGetter = Object.getOwnPropertyDescriptor(Node.prototype, 'parentElement')!.get!;
const parentNodeGetter = Object.getOwnPropertyDescriptor(Node.prototype, 'parentNode')!.get!;

export const parentElementOf = (element: Element): Element | null => parentElementGetter.call(element) as Element | null;
export const parentNodeOf = (element: Element): ParentNode | null => parentNodeGetter.call(element) as ParentNode | null;
export const idOf = (element: Element): string => Element.prototype.getAttribute.call(element, 'id') ?? '';

/** The shadow root of an element, closed ones too: extensions may look where pages may not. */
export function shadowRootOf(element: Element): ShadowRoot | null {
  if (element.shadowRoot) return element.shadowRoot;
  if (!(element instanceof HTMLElement) || !mayHostShadow(element)) return null;
  const dom = (globalThis as { chrome?: { dom?: { openOrClosedShadowRoot?(host: HTMLElement): ShadowRoot | null } } }).chrome?.dom;
  try {
    return dom?.openOrClosedShadowRoot?.(element) ?? null;
  } catch {
    return null;
  }
}

const hosts = new Set(['article', 'aside', 'blockquote', 'body', 'div', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'main', 'nav', 'p', 'section', 'span']);
const mayHostShadow = (element: Element) => element.localName.includes('-') || hosts.has(element.localName);

/** The parent as the composed tree has it: the host for a child of a shadow root. */
export function parentOf(element: Element): Element | null {
  const parent = parentNodeOf(element);
  return parentElementOf(element) ?? (parent instanceof ShadowRoot ? parent.host : null);
}

export function* ancestorsOf(element: Element): Generator<Element> {
  for (let parent = parentOf(element); parent; parent = parentOf(parent)) yield parent;
}

export function closest(element: Element, test: (candidate: Element) => boolean): Element | null {
  if (test(element)) return element;
  for (const ancestor of ancestorsOf(element)) if (test(ancestor)) return ancestor;
  return null;
}

/** As `closest` of the browser, but out of shadow roots too. Several times faster than asking every ancestor. */
export function closestAcross(element: Element, selector: string): Element | null {
  for (let at: Element | null = element; at;) {
    const found: Element | null = Element.prototype.closest.call(at, selector);
    if (found) return found;
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}

/** The element an event really began at, seen through closed roots down to the innermost one under the point. */
export function innermostTarget(event: Event): Element | null {
  let target = event.composedPath()[0];
  if (target instanceof Document) target = target.documentElement;
  if (target instanceof Text) target = target.parentElement ?? undefined;
  if (!(target instanceof Element)) return null;
  return descend(target, event);
}

/** A closed root ends the composed path at its host; the point or the focus leads on. */
function descend(target: Element, event: Event): Element {
  const root = shadowRootOf(target);
  if (!root || root.mode === 'open') return target;
  const inner = event instanceof MouseEvent && event.detail > 0 ? root.elementFromPoint(event.clientX, event.clientY) : root.activeElement;
  return inner && inner !== target && root.contains(inner) ? descend(inner, event) : target;
}

/** Elements with a shadow root that were met so far; finding them anew would mean to ask every element of the page. */
export class ShadowRoots {
  readonly #roots = new Set<ShadowRoot>();

  constructor(private readonly found: (root: ShadowRoot) => void) {}

  /** Looks at an element and everything below it. Only elements that can hold a root are asked. */
  look(element: Element): void {
    const candidates = [element, ...element.getElementsByTagName('*')];
    for (const candidate of candidates) {
      // Asking plain elements costs a call each; custom elements are where roots are, and open roots show themselves.
      const root = candidate.localName.includes('-') ? shadowRootOf(candidate) : candidate.shadowRoot;
      if (root) this.add(root);
    }
  }

  add(root: ShadowRoot): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    this.found(root);
    for (const child of root.children) this.look(child);
  }

  /** The roots that are still in the page. */
  connected(): ShadowRoot[] {
    for (const root of this.#roots) if (!root.host.isConnected) this.#roots.delete(root);
    return [...this.#roots];
  }
}
