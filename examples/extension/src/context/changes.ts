import { markOf, safeText, isField } from '../privacy/elements.ts';
import { tellableText } from '../privacy/text.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import type { StateChange } from '../protocol.ts';
import { isHashLike } from '../selectors/quality.ts';
import { idOf, ShadowRoots } from '../capture/tree.ts';

const mostChanges = 24;
const attributes = ['aria-expanded', 'aria-selected', 'aria-checked', 'aria-pressed', 'aria-invalid', 'aria-current', 'aria-hidden', 'aria-busy', 'aria-disabled', 'disabled', 'hidden', 'open', 'checked', 'class', 'style', 'src'];
/** Attributes whose values say something; of the others only that they changed is told. */
const told = new Set(attributes.filter((name) => !['class', 'style', 'src'].includes(name)));
const cartPlace = /\b(cart|basket|bag)\b/i;

interface Tally {
  change: StateChange;
  count: number;
}

/**
 * Sums up what happens to the page instead of keeping it: a carousel that moves a thousand times is one line. The
 * version counts every batch of changes, which is how a frame is known to show the page of an action.
 */
export class ChangeObserver {
  version = 0;
  changedAt = 0;
  readonly roots: ShadowRoots;
  readonly #observer: MutationObserver;
  #tallies: Map<string, Tally> | undefined;
  #focused: Element | null = null;

  constructor(private readonly dictionary: () => PersonalDictionary, private readonly changed: () => void) {
    this.#observer = new MutationObserver((records) => this.#take(records));
    this.roots = new ShadowRoots((root) => this.#watch(root));
  }

  start(): void {
    this.#watch(document);
    if (document.documentElement) this.roots.look(document.documentElement);
  }

  stop(): void {
    this.#observer.disconnect();
    this.#tallies = undefined;
  }

  /** Something changed that no mutation tells: a scroll, a value, the window's size. */
  touch(): void {
    this.version += 1;
    this.changedAt = performance.now();
    this.changed();
  }

  /** Takes what has happened but was not yet delivered, so that the version is that of this very moment. */
  settle(): void {
    const records = this.#observer.takeRecords();
    if (records.length > 0) this.#take(records);
  }

  /** Begins a new summary and gives the last one. */
  turn(): StateChange[] {
    this.settle();
    this.#noteFocus();
    const tallies = this.#tallies;
    this.#tallies = new Map();
    return tallies ? [...tallies.values()].map(({ change, count }) => ({ ...change, count })) : [];
  }

  /** A change that no mutation tells, such as what a person wrote into a field. */
  note(change: StateChange, element: Element): void {
    if (this.#tallies) this.#add(change, element);
  }

  #noteFocus(): void {
    const focused = document.activeElement;
    if (focused !== this.#focused && focused && focused !== document.body) this.note({ kind: 'focus' }, focused);
    this.#focused = focused;
  }

  #watch(root: Document | ShadowRoot): void {
    this.#observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: attributes });
  }

  #take(records: MutationRecord[]): void {
    // Pages that rewrite themselves in one go deliver thousands of records; the first few hundred tell the story.
    for (const record of records.slice(0, 400)) this.#tally(record);
    for (const record of records) {
      for (const node of record.addedNodes) if (node instanceof Element) this.roots.look(node);
    }
    this.touch();
  }

  #tally(record: MutationRecord): void {
    if (!this.#tallies) return;
    const element = record.target instanceof Element ? record.target : record.target.parentElement;
    if (!element) return;
    if (record.type === 'attributes') this.#add(record.attributeName === 'class' || record.attributeName === 'style' ? { kind: 'attribute', property: record.attributeName } : this.#attribute(element, record), element);
    else if (record.type === 'characterData') this.#add({ kind: cartPlace.test(describe(element)) ? 'cart' : 'text', after: this.#text(element) }, element);
    else {
      if (record.addedNodes.length > 0) this.#add({ kind: kindOf(element, record.addedNodes), after: this.#text(element) }, element);
      if (record.removedNodes.length > 0 && record.addedNodes.length === 0) this.#add({ kind: 'removed' }, element);
    }
  }

  #attribute(element: Element, record: MutationRecord): StateChange {
    const property = record.attributeName ?? '';
    return { kind: 'attribute', property, ...(told.has(property) && { after: element.getAttribute(property) }) };
  }

  #add(change: StateChange, element: Element): void {
    const target = describe(element);
    const key = `${change.kind} ${change.property ?? ''} ${target}`;
    const known = this.#tallies!.get(key);
    if (known) {
      known.count += 1;
      known.change.after = change.after;
    } else if (this.#tallies!.size < mostChanges) {
      this.#tallies!.set(key, { change: { ...change, target: safeText(target, this.dictionary(), 120) }, count: 1 });
    }
  }

  #text(element: Element): string | null {
    if (isField(element) || markOf(element) || (element.textContent?.length ?? 0) > 400) return null;
    return safeText(tellableText(element, 400), this.dictionary(), 120) || null;
  }
}

/** New text in an element is a change of its text; new elements are additions. */
function kindOf(element: Element, added: NodeList): string {
  if (cartPlace.test(describe(element))) return 'cart';
  return [...added].every((node) => node instanceof Text) ? 'text' : 'added';
}

/** A short way to say where, cheap enough to be said of hundreds of places. */
function describe(element: Element): string {
  const testId = element.getAttribute('data-testid');
  if (testId) return `[data-testid="${testId}"]`;
  if (idOf(element) && !isHashLike(idOf(element))) return `${element.localName}#${idOf(element)}`;
  const name = [...element.classList].find((each) => !isHashLike(each));
  const label = element.getAttribute('aria-label');
  if (label) return `${element.localName}[aria-label="${label}"]`;
  return name ? `${element.localName}.${name}` : element.localName;
}
