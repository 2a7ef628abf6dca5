import type { ChangeObserver } from '../context/changes.ts';
import { momentContext } from '../context/page.ts';
import type { Readings } from '../frames/readings.ts';
import { ask, type CaptureOrders, type FrameMoment } from '../messages.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import type { Redaction } from '../protocol.ts';
import type { FrameLink } from './frame-link.ts';
import type { Overview } from './overview.ts';
import { type Described, describe } from './target.ts';

/** The page at the moment an action began. */
export interface Moment {
  version: number;
  quietMs: number;
  described?: Described;
  /** What a frame of this moment must not show; nothing where nobody can say. */
  redactions: Redaction[] | null;
  costMs: number;
}

/** What a moment is read from. */
export interface Surroundings {
  documentId: string;
  changes: ChangeObserver;
  link: FrameLink;
  overview: Overview;
  readings: Readings;
  dictionary(): PersonalDictionary;
  orders(): CaptureOrders | null | undefined;
}

const isTop = window === window.top;

/** Reads the page at the moment a person acts, before anything reacts to it. */
export class Moments {
  constructor(private readonly around: Surroundings) {}

  /** A light moment knows when it was; the element is described only if an action comes of it. */
  take(target: Element, isLight: boolean): Moment {
    const began = performance.now();
    const { changes, documentId, readings } = this.around;
    changes.settle();
    const { version } = changes;
    const quietMs = began - changes.changedAt;
    if (isLight) return { version, quietMs, redactions: [], costMs: 0 };
    const frames = this.around.orders()?.frames;
    // Asked for at once: the shot should be under way before anything reacts.
    if (frames === 'normal') void ask('frame.want', { documentId, version: isTop ? version : null }).catch(() => undefined);
    const described = this.describe(target);
    const redactions = isTop && frames === 'high-fidelity' ? readings.takeForFrameBefore() : [];
    return { version, quietMs, described, redactions, costMs: performance.now() - began };
  }

  describe(target: Element): Described {
    const { dictionary, orders, link, overview } = this.around;
    try {
      return describe(target, { dictionary: dictionary(), level: orders()?.level ?? 'full', offset: link.offset, overview: overview.read(), moment: link.moment() });
    } catch {
      // A page can break any part of it; what the person did is recorded all the same.
      return { element: { tag: target.localName, undescribed: true }, selectors: null, visualContext: null, userContext: {}, reliability: 0, pageContext: link.moment() };
    }
  }

  /** What the worker needs to choose the frame before an action. Frames inside a page cannot read the page's version. */
  frameMoment(at: number, previousAt: number | undefined, moment: Moment): FrameMoment {
    const { viewport, scroll } = momentContext();
    const own = isTop ? { version: moment.version, redactions: moment.redactions, viewport: viewport!, scroll: scroll! } : { version: null, redactions: null, viewport: null, scroll: null };
    return { documentId: this.around.documentId, at, previousAt, ...own };
  }
}
