import { clip, viewportBox } from '../context/boxes.ts';
import { momentContext } from '../context/page.ts';
import { fromInnerFrame } from '../frames/sensitive.ts';
import type { PageContext, Rect, Redaction } from '../protocol.ts';

/** Said once by each inner frame to the one around it. Page scripts never see it: recorders listen before they do. */
const introduction = 'codesight-frame';
const smallestVisible = 20;
const introduceWithinMs = 1_500;

type ToOuter = { redactions: Redaction[] };
type ToInner = { offset: { x: number; y: number }; view: View };

/** What of the top document is seen; coordinates and pictures of every frame are those of this view. */
type View = Pick<PageContext, 'scroll' | 'viewport'>;

interface Inner {
  window: MessageEventSource;
  port: MessagePort;
  /** Not known until it said so for the first time: then it is hidden whole. */
  redactions?: Redaction[];
}

/**
 * Frames of other origins know neither where they are nor what lies around them. Each tells the frame around it what it
 * has to hide, and is told where it is; so the top document knows every box and every frame its place.
 */
export class FrameLink {
  offset = { x: 0, y: 0 };
  /** Of the top document, once the frames around this one told it. */
  #view?: View;
  readonly #inner: Inner[] = [];
  #outer?: MessagePort;
  readonly #met = new WeakMap<HTMLIFrameElement, number>();

  constructor(private readonly roots: () => (Document | ShadowRoot)[], private readonly changed: () => void) {}

  start(): void {
    addEventListener('message', (event) => {
      const [port] = event.ports;
      if (event.data !== introduction || !port || !event.source) return;
      event.stopImmediatePropagation();
      this.#accept(event.source, port);
    }, true);
    if (window === window.top) return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<ToInner>) => {
      if (typeof data?.offset?.x !== 'number' || typeof data.offset.y !== 'number') return;
      this.offset = { x: data.offset.x, y: data.offset.y };
      this.#view = data.view;
      this.tellInner();
    };
    this.#outer = port1;
    window.parent.postMessage(introduction, '*', [port2]);
  }

  #accept(source: MessageEventSource, port: MessagePort): void {
    const inner: Inner = { window: source, port };
    this.#inner.push(inner);
    port.onmessage = ({ data }: MessageEvent<ToOuter>) => {
      if (!Array.isArray(data?.redactions)) return;
      inner.redactions = data.redactions;
      this.#place(inner);
      this.changed();
    };
    this.#place(inner);
  }

  /** The page as it is seen at this moment. */
  moment(): Pick<PageContext, 'scroll' | 'viewport' | 'documentHeight'> {
    return { ...momentContext(), ...this.#view };
  }

  /** Tells the frame around this one what to hide. */
  tellOuter(redactions: Redaction[]): void {
    this.#outer?.postMessage({ redactions } satisfies ToOuter);
  }

  /** Tells every inner frame where it is now. */
  tellInner(): void {
    for (const inner of this.#inner) this.#place(inner);
  }

  #place(inner: Inner): void {
    const frame = this.#frames().find((element) => element.contentWindow === inner.window);
    if (!frame) return;
    const { x, y } = contentBox(frame);
    const { scroll, viewport } = this.moment();
    inner.port.postMessage({ offset: { x: this.offset.x + x, y: this.offset.y + y }, view: { scroll, viewport } } satisfies ToInner);
  }

  #frames = (): HTMLIFrameElement[] => this.roots().flatMap((root) => [...root.querySelectorAll('iframe')]);

  /** What inner frames have to hide. One that never introduced itself is hidden whole: nobody can say what it shows. */
  redactions(): { redactions: Redaction[]; blind: number } {
    const found: Redaction[] = [];
    let blind = 0;
    for (const frame of this.#frames()) {
      const box = contentBox(frame);
      const visible = clip(box, viewportBox());
      if (!visible || box.width < smallestVisible || box.height < smallestVisible) continue;
      const inner = this.#inner.findLast(({ window }) => window === frame.contentWindow);
      if (inner?.redactions) found.push(...fromInnerFrame(inner.redactions, box, visible));
      else {
        found.push({ box: visible, reason: 'blind-frame' });
        if (this.#isOverdue(frame)) blind += 1;
      }
    }
    for (const embedded of this.roots().flatMap((root) => [...root.querySelectorAll('object, embed')])) {
      const visible = clip(embedded.getBoundingClientRect(), viewportBox());
      if (visible) found.push({ box: visible, reason: 'media' });
    }
    return { redactions: found, blind };
  }

  #isOverdue(frame: HTMLIFrameElement): boolean {
    const since = this.#met.get(frame) ?? performance.now();
    this.#met.set(frame, since);
    return performance.now() - since > introduceWithinMs;
  }
}

/** Where a frame's own viewport lies: inside its border and padding. */
function contentBox(frame: HTMLIFrameElement): Rect {
  const box = frame.getBoundingClientRect();
  const style = getComputedStyle(frame);
  const left = frame.clientLeft + parseFloat(style.paddingLeft);
  const top = frame.clientTop + parseFloat(style.paddingTop);
  return { x: box.x + left, y: box.y + top, width: frame.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight), height: frame.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom) };
}
