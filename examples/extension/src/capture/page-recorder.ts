import { ChangeObserver } from '../context/changes.ts';
import { momentContext, pageOverview } from '../context/page.ts';
import { SensitiveBoxes } from '../frames/sensitive.ts';
import { isCapturing } from '../session/capturing.ts';
import { ask, type CaptureOrders, type FrameMoment, type PageMoment } from '../messages.ts';
import { maskUrl } from '../privacy/address.ts';
import { PersonalDictionary } from '../privacy/dictionary.ts';
import { tellableSelection } from '../privacy/text.ts';
import { isField, markOf, maskValue, rawValueOf, ruleOf, safeText } from '../privacy/elements.ts';
import type { InteractionData, PageContext, Redaction, StateChange } from '../protocol.ts';
import { Delivery } from './delivery.ts';
import { FrameLink } from './frame-link.ts';
import { readEvent, recordedEvents } from './raw.ts';
import { type Action, Reducer, type Sink } from './reducer.ts';
import { type Described, describe } from './target.ts';

/** The page at the moment an action began. */
interface Moment {
  version: number;
  quietMs: number;
  described?: Described;
  redactions: Redaction[];
  costMs: number;
}

const QUIET_MS = 120;
const SETTLE_WITHIN_MS = 1_200;
const ARRIVED_QUIET_MS = 350;
const ARRIVE_WITHIN_MS = 2_200;
const OPEN_FOR_MS = 3_000;
const OVERVIEW_EVERY_MS = 1_000;
const HELLO_WAIT_MS = 4_000;
/** Within this time after a change the screen may still show what was before it. */
const PAINT_MS = 60;

const isTop = window === window.top;
const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;

/** Records one document. Everything it holds belongs to this document and dies with it. */
export class PageRecorder {
  readonly documentId = newId();
  #orders: CaptureOrders | null | undefined;
  /** Whether a recording runs in this browser, perhaps in this tab. */
  #isPossible = false;
  #dictionary = new PersonalDictionary(newId(), []);
  readonly #changes = new ChangeObserver(() => this.#dictionary, () => this.#onChange());
  readonly #link = new FrameLink(() => this.#roots(), () => this.#changes.touch());
  readonly #boxes = new SensitiveBoxes(() => this.#dictionary);
  readonly #delivery = new Delivery(this.documentId);
  readonly #reducer = new Reducer<Moment>(this.#sink());
  #overview: PageContext = {};
  #overviewAt = -Infinity;
  #overviewVersion = -1;
  /** The action whose consequences are being watched. */
  #open?: { id: string; at: number; type: string };
  #lastActionAt?: number;
  #previousAt?: number;
  #settleTimer?: ReturnType<typeof setTimeout>;
  #address = '';
  #blind = 0;
  /** What had to be hidden when the page last came to rest. */
  #rested: Redaction[] = [];

  /**
   * Listens before the page does. Nothing is looked at unless a recording runs somewhere; what happens then before the
   * worker answered is kept in memory and judged by its answer.
   */
  start(): void {
    for (const type of recordedEvents) addEventListener(type, this.#onEvent, { capture: true, passive: true });
    addEventListener('pagehide', this.#onLeave, { capture: true });
    // A page that comes back from the browser's memory goes on as it was; only the way to it is new.
    addEventListener('pageshow', ({ persisted }) => {
      if (!persisted || !this.#orders) return;
      this.#changes.touch();
      if (isTop) this.#navigated('history', Date.now());
    });
    addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') this.#reducer.flush(); }, { capture: true });
    addEventListener('resize', () => this.#changes.touch(), { passive: true });
    this.#link.start();
    void this.#hello();
  }

  async #hello(): Promise<void> {
    // Known without waking the worker: most pages are opened while nothing is recorded.
    if (!(await isCapturing())) {
      this.#orders ??= null;
      return;
    }
    this.#isPossible = true;
    const until = Date.now() + HELLO_WAIT_MS;
    while (Date.now() < until && this.#orders === undefined) {
      try {
        this.obey(await ask('page.hello', { documentId: this.documentId }));
      } catch {
        await new Promise((resolve) => { setTimeout(resolve, 200); });
      }
    }
    if (this.#orders === undefined) this.obey(null);
  }

  /** Begins, goes on or ends, as the worker says. */
  obey(orders: CaptureOrders | null): void {
    const before = this.#orders;
    this.#orders = orders;
    if (!orders) {
      if (before) this.#reducer.flush();
      this.#changes.stop();
      if (!before) this.#delivery.drop();
      return;
    }
    if (before?.recording === orders.recording) {
      this.#dictionary.add(orders.digests);
      this.#boxes.forget();
      return;
    }
    this.#dictionary = new PersonalDictionary(orders.salt, orders.digests);
    this.#boxes.forget();
    this.#changes.start();
    this.#delivery.begin(orders.recording);
    this.#reducer.begin();
    if (isTop) this.#watchAddress();
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', () => this.#arrived(before === null), { once: true });
    else this.#arrived(before === null);
  }

  /** The first thing known of a document is how the person came to it. */
  #arrived(startedHere: boolean): void {
    if (document.documentElement) this.#changes.roots.look(document.documentElement);
    this.#changes.touch();
    if (!isTop || !this.#orders) return;
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const causes: { [type: string]: string } = { reload: 'reload', back_forward: 'history' };
    this.#navigated(startedHere ? 'typed' : (causes[entry?.type ?? ''] ?? 'link'), startedHere ? Date.now() : Math.round(performance.timeOrigin));
  }

  #watchAddress(): void {
    this.#address = location.href;
    const navigation = (globalThis as { navigation?: EventTarget }).navigation;
    navigation?.addEventListener('currententrychange', (event) => {
      const kind = (event as Event & { navigationType?: string }).navigationType;
      if (location.href === this.#address || !this.#orders) return;
      this.#address = location.href;
      this.#reducer.flush();
      this.#changes.touch();
      this.#navigated(kind === 'traverse' ? 'history' : 'route', Date.now());
    });
  }

  #navigated(cause: string, at: number): void {
    const overview = this.#readOverview(true);
    const interaction: InteractionData = {
      type: 'navigation', timestamp: at, action: { url: maskUrl(location.href, this.#dictionary), cause },
      pageContext: { ...overview, ...momentContext() }, confidence: 1, reliability: 1,
    };
    this.#report(interaction, { version: this.#changes.version, quietMs: 0, redactions: [], costMs: 0 });
  }

  #onEvent = (event: Event): void => {
    if (this.#orders === null || (this.#orders === undefined && !this.#isPossible)) return;
    const raw = event.type === 'submit' ? undefined : readEvent(event);
    if (event.type === 'submit') this.#reducer.take({ type: 'submit', at: Date.now(), isTrusted: true, target: event.target as Element, innermost: event.target as Element });
    else if (raw && event.type === 'paste') this.#reducer.paste(raw, (event as ClipboardEvent).clipboardData?.getData('text') ?? '');
    else if (raw) this.#reducer.take(raw);
    if (event.type === 'scroll' || event.type === 'input') this.#changes.touch();
  };

  #sink(): Sink<Moment> {
    return {
      moment: (target, light = false) => this.#moment(target, light),
      emit: (action) => this.#emit(action),
      retype: (type, rawEvents) => {
        if (this.#open) this.#delivery.put({ kind: 'retype', id: this.#open.id, type, rawEvents });
      },
      hasReacted: ({ version, quietMs }) => quietMs > 300 && this.#changes.version > version,
      scrollOf: (target) => (target === document.scrollingElement || target === document.documentElement ? { x: scrollX, y: scrollY } : { x: target.scrollLeft, y: target.scrollTop }),
      now: () => Date.now(),
      later: (task, ms) => { setTimeout(task, ms); },
    };
  }

  #moment(target: Element, light: boolean): Moment {
    const began = performance.now();
    this.#changes.settle();
    const { version } = this.#changes;
    const quietMs = began - this.#changes.changedAt;
    if (light) return { version, quietMs, redactions: [], costMs: 0 };
    // Asked for at once: the shot should be under way before anything reacts.
    if (this.#orders?.frames === 'normal') void ask('frame.want', { documentId: this.documentId, version: isTop ? version : null }).catch(() => undefined);
    const described = this.#describe(target);
    // The frame that shows this moment may be of a little earlier, before what just moved had moved.
    const redactions = this.#orders?.frames === 'high-fidelity' ? [...this.#rested, ...this.#allRedactions()] : [];
    return { version, quietMs, described, redactions, costMs: performance.now() - began };
  }

  #describe(target: Element): Described {
    try {
      return describe(target, { dictionary: this.#dictionary, level: this.#orders?.level ?? 'full', offset: this.#link.offset, overview: this.#readOverview(false), moment: this.#link.moment() });
    } catch {
      // A page can break any part of it; what the person did is recorded all the same.
      return { element: { tag: target.localName, undescribed: true }, selectors: null, visualContext: null, userContext: {}, reliability: 0, pageContext: this.#link.moment() };
    }
  }

  /** Describing the whole page costs more than an action may; so it is done when the page rests, and kept. */
  #readOverview(now: boolean): PageContext {
    const isFresh = this.#overviewVersion === this.#changes.version || performance.now() - this.#overviewAt < OVERVIEW_EVERY_MS;
    if (now || (this.#overviewVersion < 0 && document.body)) {
      this.#overview = pageOverview(this.#dictionary);
      this.#overviewVersion = this.#changes.version;
      this.#overviewAt = performance.now();
    } else if (!isFresh) {
      requestIdleCallback(() => this.#readOverview(true), { timeout: 500 });
      this.#overviewAt = performance.now();
    }
    return this.#overview;
  }

  #emit(action: Action<Moment>): void {
    const began = performance.now();
    const { moment, details, target } = action;
    const described = moment.described ?? this.#describe(target);
    const offset = this.#link.offset;
    const point = action.point ?? middle(described);
    const at = { x: point.x + (action.point ? offset.x : 0), y: point.y + (action.point ? offset.y : 0) };
    const value = this.#valueOf(action);
    const interaction: InteractionData = {
      type: action.type, timestamp: action.at, confidence: action.confidence, reliability: described.reliability,
      element: { ...described.element!, ...(value !== undefined && action.value === 'field' && { value }) },
      selectors: described.selectors, visualContext: described.visualContext,
      coordinates: { x: at.x, y: at.y, ...(isTop && { pageX: at.x + scrollX, pageY: at.y + scrollY }) },
      action: { ...details, ...(details.path && { path: details.path.map((each) => ({ x: each.x + offset.x, y: each.y + offset.y })) }), ...(value !== undefined && { text: value }) },
      pageContext: described.pageContext,
      userContext: { ...described.userContext, tab: this.#orders?.tab ?? 0, ...(this.#lastActionAt && { sincePreviousMs: Math.max(0, action.at - this.#lastActionAt) }) },
    };
    this.#previousAt = this.#lastActionAt;
    this.#lastActionAt = action.at;
    interaction.recorderCostMs = Math.round((moment.costMs + (performance.now() - began)) * 100) / 100;
    this.#report(interaction, moment);
    if (value !== undefined && action.value === 'field') this.#changes.note({ kind: 'value', property: 'value', after: value }, target);
  }

  #report(interaction: InteractionData, moment: Moment): void {
    this.#complete(false);
    const id = newId();
    this.#open = { id, at: Date.now(), type: interaction.type };
    this.#changes.turn();
    this.#delivery.put({ kind: 'action', id, interaction, moment: this.#frameMoment(interaction.timestamp, moment), openForMs: OPEN_FOR_MS });
    this.#settleSoon();
  }

  #frameMoment(at: number, moment: Moment): FrameMoment {
    const { viewport, scroll } = momentContext();
    return { documentId: this.documentId, at, previousAt: this.#previousAt, version: isTop ? moment.version : null, redactions: isTop ? moment.redactions : null, viewport: isTop ? viewport! : null, scroll: isTop ? scroll! : null };
  }

  #valueOf({ value, target }: Action<Moment>): string | null | undefined {
    if (value === undefined) return undefined;
    if (value === 'selection') {
      const field = isField(target) ? ruleOf(target) : undefined;
      if (markOf(target) || (field && field.policy !== 'keep')) return null;
      return safeText(tellableSelection(), this.#dictionary, 200);
    }
    const rule = ruleOf(target);
    const text = value === 'field' ? rawValueOf(target) : value.pasted;
    this.#learn(text, target);
    return maskValue(text, rule, this.#dictionary)?.slice(0, 500) ?? null;
  }

  /** What was typed into a personal field is recognised wherever it turns up later. */
  #learn(text: string, target: Element): void {
    const rule = ruleOf(target);
    if (rule.policy === 'keep' || rule.policy === 'shape' || text === '') return;
    const digests = this.#dictionary.learn(text, rule.type);
    this.#boxes.forget();
    if (digests.length > 0) this.#delivery.put({ kind: 'digests', id: newId(), digests });
  }

  /** Tells what the last action changed. `settled` says that the page came to rest, so a frame of it is worth taking. */
  #complete(settled: boolean): void {
    const changes: StateChange[] = this.#changes.turn();
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    // Pages fill themselves after they were opened; only at rest do they show what the person came to.
    const pageContext = open.type === 'navigation' && settled ? { ...this.#readOverview(true), ...momentContext() } : undefined;
    this.#delivery.put({ kind: 'completed', id: open.id, changes, version: this.#changes.version, settled, pageContext });
  }

  #onChange(): void {
    if (!this.#orders) return;
    this.#link.tellInner();
    if (!isTop) this.#link.tellOuter(this.#allRedactions());
    this.#settleSoon();
  }

  #settleSoon(): void {
    clearTimeout(this.#settleTimer);
    const waited = this.#open ? Date.now() - this.#open.at : 0;
    const isArriving = this.#open?.type === 'navigation';
    // A page that never rests is taken as it is after a while; one that is only arriving is given more time.
    const isLate = waited > (isArriving ? ARRIVE_WITHIN_MS : SETTLE_WITHIN_MS);
    const isLoading = isArriving && document.readyState !== 'complete';
    this.#settleTimer = setTimeout(() => (isLoading && !isLate ? this.#settleSoon() : this.#settled()), isLate ? 0 : isArriving ? ARRIVED_QUIET_MS : QUIET_MS);
  }

  #settled(): void {
    if (!this.#orders) return;
    this.#complete(true);
    if (!isTop) return this.#link.tellOuter(this.#allRedactions());
    this.#readOverview(false);
    if (this.#orders.frames === 'high-fidelity') this.#rested = this.#allRedactions();
    if (document.visibilityState === 'visible' && this.#orders.frames === 'normal') {
      void ask('frame.settled', { documentId: this.documentId, version: this.#changes.version }).catch(() => undefined);
    }
  }

  /** What a frame taken now must not show. Asked before and after every shot. */
  async moment(recording: string): Promise<PageMoment | null> {
    if (this.#orders?.recording !== recording || !isTop) return null;
    // The document runs ahead of the screen: a shot taken now could show places where they no longer are.
    for (let tries = 0; performance.now() - this.#changes.changedAt < PAINT_MS && tries < 3; tries += 1) await painted();
    if (document.visibilityState !== 'visible') return null;
    this.#changes.settle();
    const { viewport, scroll } = momentContext();
    return { documentId: this.documentId, version: this.#changes.version, redactions: this.#allRedactions(), viewport: viewport!, scroll: scroll! };
  }

  #allRedactions(): Redaction[] {
    const own = this.#boxes.collect(this.#roots());
    const { redactions, blind } = this.#link.redactions();
    if (blind > this.#blind) this.#delivery.put({ kind: 'blind-frame', id: newId(), at: Date.now(), count: blind - this.#blind });
    this.#blind = Math.max(this.#blind, blind);
    return [...own, ...redactions];
  }

  #roots = (): (Document | ShadowRoot)[] => [document, ...this.#changes.roots.connected()];

  /** Ends what is under way and waits until it is stored; before a stop and before the tab is left. */
  async flush(): Promise<void> {
    this.#reducer.flush();
    this.#complete(false);
    await this.#delivery.empty();
  }

  #onLeave = (): void => {
    if (!this.#orders) return;
    this.#reducer.flush();
    this.#complete(false);
    this.#delivery.leave();
  };
}

/** Resolves once what the document says now is on the screen; a page that is not shown never paints. */
const painted = () => new Promise<void>((resolve) => {
  setTimeout(resolve, 200);
  requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
});

/** Keys and choices have no point of their own; they happened at their element. */
function middle({ element }: Described): { x: number; y: number } {
  const box = element?.box ?? { x: 0, y: 0, width: 0, height: 0 };
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

