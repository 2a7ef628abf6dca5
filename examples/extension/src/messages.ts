import { browser } from 'wxt/browser';
import type { InteractionData, PageContext, Redaction, Scroll, StateChange, Viewport } from './protocol.ts';
import type { PersonalDigest } from './privacy/dictionary.ts';
import type { Picture } from './storage/database.ts';
import type { CaptureLevel } from './session/recording.ts';
import type { RecorderView } from './session/view.ts';
import type { StartRequest } from './session/start.ts';

/** What a page of a recorded tab is told. */
export interface CaptureOrders {
  recording: string;
  level: CaptureLevel;
  frames: 'normal' | 'high-fidelity' | 'none';
  /** Number of the tab within the session, from 0. */
  tab: number;
  salt: string;
  digests: PersonalDigest[];
  /** The task in words. */
  goal: string;
}

/** What happened in a page. Every report has an id of its own, so that one that is sent twice counts once. */
export type PageReport =
  | { kind: 'action'; id: string; interaction: InteractionData; moment: FrameMoment; openForMs: number }
  | { kind: 'retype'; id: string; type: string; rawEvents: number }
  | { kind: 'completed'; id: string; changes: StateChange[]; version: number; settled: boolean; pageContext?: PageContext; readings: Reading[] }
  | { kind: 'blind-frame'; id: string; at: number; count: number }
  | { kind: 'digests'; id: string; digests: PersonalDigest[] };

/** Which state of which page an action was about, and what must be painted over in a frame of that moment. */
export interface FrameMoment {
  documentId: string;
  /** Not known inside frames of the page: their changes count as the page's, but they cannot read its version. */
  version: number | null;
  at: number;
  /** When the action before it in this document was. */
  previousAt?: number;
  redactions: Redaction[] | null;
  viewport: Viewport | null;
  scroll: Scroll | null;
}

/** What must not be seen of a page at a moment, and where it was scrolled to. */
export interface Reading {
  at: number;
  version: number;
  /** How long nothing of the page had changed. */
  quietMs: number;
  /** Whether styles were moving something, which no change of the document tells. */
  isAnimated: boolean;
  /** Whether the page was on the screen at all; until then the one before it is. */
  isShown: boolean;
  redactions: Redaction[];
  viewport: Viewport;
  scroll: Scroll;
}

/** The answer of a page to the question what must not be seen in a frame taken now. */
export interface PageMoment extends Reading {
  documentId: string;
  /** When the person last acted in this document. */
  actedAt?: number;
  /** Readings that say what frames since the moment that was asked for must not show. */
  earlier: Reading[];
}

export interface FrameTaken {
  screenshot: Picture;
}

interface Calls {
  'page.hello': { ask: { documentId: string }; answer: CaptureOrders | null };
  'page.report': { ask: { recording: string; documentId: string; reports: PageReport[] }; answer: true };
  'frame.want': { ask: { documentId: string; version: number | null }; answer: void };
  'frame.settled': { ask: { documentId: string; version: number }; answer: void };
  'recorder.view': { ask: Record<never, never>; answer: RecorderView };
  'recorder.start': { ask: StartRequest; answer: { problem?: string } };
  'recorder.pause': { ask: { paused: boolean }; answer: void };
  'recorder.stop': { ask: { outcome: string }; answer: void };
  'recorder.delete': { ask: { key: string }; answer: void };
  'recorder.addTab': { ask: { tab: number }; answer: void };
  'recorder.retry': { ask: Record<never, never>; answer: void };
  'recorder.selfTest': { ask: { tab?: number }; answer: { name: string; ok: boolean; detail: string }[] };
  'page.orders': { ask: { orders: CaptureOrders | null }; answer: void };
  'page.moment': { ask: { recording: string; since?: number }; answer: PageMoment | null };
  'page.flush': { ask: Record<never, never>; answer: void };
  'page.selfTest': { ask: Record<never, never>; answer: boolean };
  'ring.start': { ask: { streamId: string; fps: number; width: number; height: number }; answer: { problem?: string } };
  'ring.hold': { ask: Record<never, never>; answer: { at?: number } };
  'ring.take': { ask: RingRequest; answer: FrameTaken | null };
  'audio.start': { ask: { recording: string }; answer: { problem?: string } };
  'audio.stop': { ask: Record<never, never>; answer: void };
}

/** A frame of the ring: the newest one not after `at`, painted, encoded and stored under its hash. */
export interface RingRequest {
  recording: string;
  at: number;
  /** Oldest frame that will do. */
  notBefore: number;
  redactions: Redaction[];
  viewport: Viewport;
  scroll: Scroll;
  mediaType: string;
  /** Gives nothing where the picture looks like one of these, named by their hashes: it would say nothing new. */
  unlike?: string[];
}

type Name = keyof Calls;
type Place = 'worker' | 'page' | 'offscreen';
type Handlers = { [name in Name]?: (ask: Calls[name]['ask'], sender: Sender) => Promise<Calls[name]['answer']> | Calls[name]['answer'] };

export interface Sender {
  tab?: { id?: number; windowId: number; active: boolean; url?: string };
  frameId?: number;
}

const placeOf = (name: Name): Place => (name === 'page.orders' || name === 'page.moment' || name === 'page.flush' || name === 'page.selfTest' ? 'page' : /^(ring|audio)\./.test(name) ? 'offscreen' : 'worker');

/** Asks the worker or the offscreen document. Rejects when nobody is there or it was killed before it answered. */
export async function ask<N extends Name>(name: N, question: Calls[N]['ask']): Promise<Calls[N]['answer']> {
  const reply = (await browser.runtime.sendMessage({ name, question, place: placeOf(name) })) as { answer?: Calls[N]['answer'] } | undefined;
  if (!reply) throw new Error(`nobody answered ${name}`);
  return reply.answer as Calls[N]['answer'];
}

/** Asks the pages of a tab: all of its frames, or the top one. */
export async function askTab<N extends Name>(tab: number, name: N, question: Calls[N]['ask'], frameId?: number): Promise<Calls[N]['answer']> {
  const message = { name, question, place: 'page' };
  const reply = (await (frameId === undefined ? browser.tabs.sendMessage(tab, message) : browser.tabs.sendMessage(tab, message, { frameId }))) as { answer?: Calls[N]['answer'] } | undefined;
  if (!reply) throw new Error(`nobody answered ${name}`);
  return reply.answer as Calls[N]['answer'];
}

/** Answers the messages meant for this place. */
export function answer(place: Place, handlers: Handlers): void {
  browser.runtime.onMessage.addListener((message: { name?: Name; question?: never; place?: Place }, sender, reply) => {
    const handler = message.name && message.place === place ? handlers[message.name] : undefined;
    if (!handler) return undefined;
    void Promise.resolve()
      .then(() => handler(message.question as never, sender as Sender))
      .then((value) => reply({ answer: value }), () => reply(undefined));
    // Keeps the channel open until the answer is there.
    return true;
  });
}
