import { clip, shift, toRect, viewportBox } from '../context/boxes.ts';
import { detect } from '../privacy/detect.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import { fieldSelector, isField, markSelector, notePassword, rawValueOf, ruleOf } from '../privacy/elements.ts';
import type { Rect, Redaction, RedactionReason } from '../protocol.ts';

type Root = Document | ShadowRoot;

interface Scanned {
  data: string;
  words: number;
  places: { start: number; end: number }[];
}

/** The personal texts of a root, as they were in a version of the page. */
interface Found {
  version: number;
  words: number;
  texts: { node: Text; places: Scanned['places'] }[];
}

/** Finds what must be painted over in a frame of this document: fields, marked places, and personal text. */
export class SensitiveBoxes {
  /** Texts rarely change between frames; only new ones are looked at. */
  readonly #scanned = new WeakMap<Text, Scanned>();
  readonly #found = new WeakMap<Root, Found>();
  #words = 0;

  constructor(private readonly dictionary: () => PersonalDictionary) {}

  /** The dictionary learned something: every text has to be looked at again. */
  forget(): void {
    this.#words += 1;
  }

  /** Every box is measured anew. Which texts are personal follows from the version: no text changes without a new one. */
  collect(roots: Root[], version: number): Redaction[] {
    const seen = viewportBox();
    const found: Redaction[] = [];
    const put = (box: DOMRectReadOnly | Rect, reason: RedactionReason) => {
      const visible = clip(toRect(box), seen);
      if (visible) found.push({ box: visible, reason });
    };
    for (const root of roots) {
      for (const field of root.querySelectorAll(fieldSelector)) {
        notePassword(field);
        // What a field holds is worked out from much of the page; where it is, is not.
        const visible = clip(toRect(field.getBoundingClientRect()), seen);
        if (visible && this.#isSensitiveField(field)) found.push({ box: visible, reason: 'sensitive-field' });
      }
      for (const marked of root.querySelectorAll(markSelector)) put(marked.getBoundingClientRect(), 'marked-private');
      for (const { node, places } of this.#textsOf(root, version)) {
        for (const { start, end } of places) for (const box of boxesOf(node, start, end)) put(box, 'detected-text');
      }
    }
    return found;
  }

  #isSensitiveField(field: Element): boolean {
    if (isField(field) && (field.type === 'hidden' || field.type === 'submit' || field.type === 'button')) return false;
    return ruleOf(field).policy !== 'keep' || detect(rawValueOf(field), this.dictionary()).length > 0;
  }

  #textsOf(root: Root, version: number): Found['texts'] {
    const known = this.#found.get(root);
    if (known?.version === version && known.words === this.#words) return known.texts;
    const texts: Found['texts'] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      const { places } = this.#scan(node);
      if (places.length > 0) texts.push({ node, places });
    }
    this.#found.set(root, { version, words: this.#words, texts });
    return texts;
  }

  #scan(node: Text): Scanned {
    const known = this.#scanned.get(node);
    if (known && known.data === node.data && known.words === this.#words) return known;
    // Scripts and styles are no text a person sees.
    const isShown = node.length > 2 && !/^(script|style|noscript|template)$/.test(node.parentElement?.localName ?? '');
    const places = isShown ? detect(node.data, this.dictionary()).map(({ start, end }) => ({ start, end })) : [];
    const scanned = { data: node.data, words: this.#words, places };
    this.#scanned.set(node, scanned);
    return scanned;
  }
}

function boxesOf(node: Text, start: number, end: number): DOMRectList {
  const range = document.createRange();
  range.setStart(node, Math.min(start, node.length));
  range.setEnd(node, Math.min(end, node.length));
  return range.getClientRects();
}

/** Boxes of an inner frame, in its own viewport, as boxes of the document around it, as far as they are seen there. */
export function fromInnerFrame(redactions: Redaction[], frame: Rect, visible: Rect): Redaction[] {
  return redactions.flatMap(({ box, reason }) => {
    const moved = clip(shift(box, frame), visible);
    return moved ? [{ box: moved, reason }] : [];
  });
}
