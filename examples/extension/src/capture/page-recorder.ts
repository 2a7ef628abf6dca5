import { ChangeObserver } from '../context/changes.ts';
import { momentContext } from '../context/page.ts';
import { Readings } from '../frames/readings.ts';
import { SensitiveBoxes } from '../frames/sensitive.ts';
import { isCapturing } from '../session/capturing.ts';
import { ask, type CaptureOrders, type PageMoment, type Reading } from '../messages.ts';
import { maskUrl } from '../privacy/address.ts';
import { PersonalDictionary } from '../privacy/dictionary.ts';
import type { InteractionData, PageContext, Redaction } from '../protocol.ts';
import { Addresses } from './addresses.ts';
import { Delivery } from './delivery.ts';
import { FrameLink } from './frame-link.ts';
import { interactionOf, navigationOf, tellableValue } from './interaction.ts';
import { type Moment, Moments } from './moments.ts';
import { Overview } from './overview.ts';
import { readEvent, recordedEvents } from './raw.ts';
import { type Action, Reducer, type Sink } from './reducer.ts';
import { Rest } from './rest.ts';

const OPEN_FOR_MS = 3_000;
const HELLO_WAIT_MS = 4_000;
/** Within this time after a change the screen may still show what was before it. */
const PAINT_MS = 60;
/** A page that painted nothing for so long is empty, and is shown as such. */
const NEVER_PAINTED_MS = 3_000;

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
  readonly #readings = new Readings(() => this.#read());
  readonly #overview = new Overview(() => this.#dictionary, () => this.#changes.version);
  readonly #moments = new Moments({
    documentId: this.documentId, changes: this.#changes, link: this.#link, overview: this.#overview, readings: this.#readings,
    dictionary: () => this.#dictionary, orders: () => this.#orders,
  });
  readonly #delivery = new Delivery(this.documentId);
  readonly #reducer = new Reducer<Moment>(this.#sink());
  readonly #rest = new Rest(() => this.#open && { at: this.#open.at, isArrival: this.#open.type === 'navigation' }, () => this.#settled());
  readonly #addresses = new Addresses((cause) => this.#movedWithin(cause));
  /** The action whose consequences are being watched. */
  #open?: { id: string; at: number; type: string };
  #lastActionAt?: number;
  #previousAt?: number;
  #blind = 0;

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
      if (isTop) this.#navigated('history', Date.now(), this.#overview.make());
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
      this.#readings.forget();
      if (!before) this.#delivery.drop();
      return;
    }
    if (before?.recording === orders.recording) {
      this.#dictionary.add(orders.digests);
      this.#boxes.forget();
      return;
    }
    this.#dictionary = new PersonalDictionary(orders.salt, orders.digests, orders.goal);
    this.#boxes.forget();
    this.#changes.start();
    this.#delivery.begin(orders.recording);
    this.#reducer.begin();
    if (isTop) this.#addresses.watch();
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', () => this.#arrived(before === null), { once: true });
    else this.#arrived(before === null);
  }

  /** The first thing known of a document is how the person came to it. */
  #arrived(isStartedHere: boolean): void {
    if (document.documentElement) this.#changes.roots.look(document.documentElement);
    this.#changes.touch();
    if (!isTop || !this.#orders) return;
    if (isStartedHere) this.#navigated('typed', Date.now(), this.#overview.make());
    else this.#navigated(this.#addresses.arrivalCause(), Math.round(performance.timeOrigin), this.#overview.make());
  }

  /** The page changed its address without being loaded anew. */
  #movedWithin(cause: string): void {
    if (!this.#orders) return;
    this.#reducer.flush();
    this.#changes.touch();
    // The address comes before the page that belongs to it; that one is described once it is there.
    this.#navigated(cause, Date.now(), { ...this.#overview.read(), url: maskUrl(location.href, this.#dictionary) });
  }

  #navigated(cause: string, at: number, overview: PageContext): void {
    const interaction = navigationOf(maskUrl(location.href, this.#dictionary), cause, at, overview);
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
      moment: (target, isLight = false) => this.#moments.take(target, isLight),
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

  #emit(action: Action<Moment>): void {
    const began = performance.now();
    const { moment, target } = action;
    const value = tellableValue(action, this.#dictionary, (digests) => {
      this.#boxes.forget();
      if (digests.length > 0) this.#delivery.put({ kind: 'digests', id: newId(), digests });
    });
    const interaction = interactionOf(action, {
      described: moment.described ?? this.#moments.describe(target), offset: this.#link.offset, value, tab: this.#orders?.tab ?? 0, previousAt: this.#lastActionAt,
    });
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
    this.#delivery.put({ kind: 'action', id, interaction, moment: this.#moments.frameMoment(interaction.timestamp, this.#previousAt, moment), openForMs: OPEN_FOR_MS });
    if (this.#hasVideo()) this.#readings.follow();
    this.#rest.await();
  }

  /** Tells what the last action changed. `settled` says that the page came to rest, so a frame of it is worth taking. */
  #complete(settled: boolean): void {
    const changes = this.#changes.turn();
    const open = this.#open;
    this.#open = undefined;
    this.#readings.rest();
    if (!open) return;
    // Pages fill themselves after they were opened; only at rest do they show what the person came to.
    const pageContext = open.type === 'navigation' && settled ? { ...this.#overview.make(), ...momentContext() } : undefined;
    const isFilmed = settled && this.#hasVideo();
    if (isFilmed) this.#readings.take();
    const readings = isFilmed ? this.#readings.since(open.at) : [];
    this.#delivery.put({ kind: 'completed', id: open.id, changes, version: this.#changes.version, settled, pageContext, readings });
  }

  #hasVideo = (): boolean => isTop && this.#orders?.frames === 'high-fidelity';

  #onChange(): void {
    if (!this.#orders) return;
    this.#link.tellInner();
    if (!isTop) this.#link.tellOuter(this.#allRedactions());
    if (this.#hasVideo()) this.#readings.changed();
    this.#rest.await();
  }

  #settled(): void {
    if (!this.#orders) return;
    this.#complete(true);
    if (!isTop) return this.#link.tellOuter(this.#allRedactions());
    this.#overview.read();
    if (document.visibilityState === 'visible' && this.#orders.frames === 'normal') {
      void ask('frame.settled', { documentId: this.documentId, version: this.#changes.version }).catch(() => undefined);
    }
  }

  /** What a frame taken now must not show. Asked before and after every shot. */
  async moment(recording: string, since = Infinity): Promise<PageMoment | null> {
    if (this.#orders?.recording !== recording || !isTop) return null;
    // The document runs ahead of the screen: a shot taken now could show places where they no longer are.
    for (let tries = 0; (performance.now() - this.#changes.changedAt < PAINT_MS || shownForMs() < PAINT_MS) && tries < 3; tries += 1) await painted();
    if (shownForMs() < PAINT_MS) return null;
    if (document.visibilityState !== 'visible') return null;
    this.#changes.settle();
    return { documentId: this.documentId, actedAt: this.#lastActionAt, earlier: this.#readings.since(since), ...this.#readings.take() };
  }

  #read(): Reading {
    this.#changes.settle();
    const { viewport, scroll } = momentContext();
    return {
      at: Date.now(), version: this.#changes.version, quietMs: Math.min(performance.now() - this.#changes.changedAt, shownForMs()), isAnimated: document.getAnimations().length > 0, isShown: shownForMs() > 0,
      redactions: this.#allRedactions(), viewport: viewport!, scroll: scroll!,
    };
  }

  #allRedactions(): Redaction[] {
    const own = this.#boxes.collect(this.#roots(), this.#changes.version);
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

/** How long this page has been on the screen. Browsers go on showing the page before it until this one paints something. */
function shownForMs(): number {
  const [paint] = performance.getEntriesByType('paint');
  return Math.max(0, performance.now() - (paint?.startTime ?? NEVER_PAINTED_MS));
}

/** Resolves once what the document says now is on the screen; a page that is not shown never paints. */
const painted = () => new Promise<void>((resolve) => {
  setTimeout(resolve, 200);
  requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
});
