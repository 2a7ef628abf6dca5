import { browser } from 'wxt/browser';
import { mailboxPrefix, type Letter } from '../capture/delivery.ts';
import { askTab, type CaptureOrders, type PageReport, type Sender } from '../messages.ts';
import { maskUrl } from '../privacy/address.ts';
import type { CaptureGap, CaptureGapKind, InteractionData, SessionOutcome } from '../protocol.ts';
import type { NewEntry, Outbox } from '../storage/outbox.ts';
import { setCapturing } from './capturing.ts';
import type { Connection } from '../transport/connection.ts';
import { readConsent } from './consent.ts';
import { mayRecord } from './domains.ts';
import type { FrameKeeper } from './frame-keeper.ts';
import type { Keeper } from './keeper.ts';
import { settle } from './notices.ts';
import { closeOffscreen, openAudio, openVideo } from './offscreen-document.ts';
import { isCapturing, isOpen, type Recording } from './recording.ts';
import { readSettings } from './settings.ts';
import { newRecording, type StartRequest } from './start.ts';

const FLUSH_WITHIN_MS = 1_500;

interface Parts {
  outbox: Outbox;
  connection: Connection;
  frames: FrameKeeper;
  keeper: Keeper;
}

/** The life of a recording. All it knows is in the database, so that a new worker goes on where the last one was killed. */
export class Recorder {
  constructor(private readonly parts: Parts) {}

  async current(): Promise<Recording | undefined> {
    return (await this.parts.outbox.recordings()).find(isOpen);
  }

  async start(request: StartRequest): Promise<{ problem?: string }> {
    const consent = await readConsent();
    if (!consent) return { problem: 'Nothing is recorded before you agreed. Open the consent page first.' };
    if (await this.current()) return { problem: 'A recording is already running.' };
    const tab = await browser.tabs.get(request.tab).catch(() => undefined);
    const settings = await readSettings();
    if (!tab?.url || !mayRecord(tab.url, settings)) return { problem: 'This page may not be recorded. Go to the page of your task first.' };
    const recording = newRecording(request, new URL(tab.url).hostname, consent, settings);
    await this.parts.outbox.putRecording(recording);
    await this.#showState();
    await settle('server-lost');
    await this.#tellTab(recording, request.tab);
    if (settings.captureProfile === 'high-fidelity') await openVideo(recording, request.tab);
    if (settings.audio) await openAudio(recording);
    void this.parts.connection.wake();
    return {};
  }

  async pause(paused: boolean): Promise<void> {
    const recording = await this.current();
    if (!recording || (recording.status === 'paused') === paused) return;
    if (paused) {
      await this.#flushPages(recording);
      await this.#cameBack(recording.key);
    }
    const now = Date.now();
    const changed = await this.parts.outbox.update(recording.key, (each) => {
      each.status = paused ? 'paused' : 'recording';
      each.pausedAt = paused ? now : undefined;
    });
    // The gap is told when it ends: only then is it known how long it was.
    if (!paused) await this.#gap(recording.key, 'paused', recording.pausedAt ?? now, { until: now });
    if (changed) await this.#tellTabs(changed);
    await this.#showState();
  }

  async stop(outcome: SessionOutcome): Promise<void> {
    const recording = await this.current();
    if (!recording) return;
    await this.#flushPages(recording);
    await this.#drainMailbox();
    await this.#cameBack(recording.key);
    await closeOffscreen();
    const stopped = await this.parts.outbox.update(recording.key, (each) => { each.status = 'stopping'; each.outcome = outcome; });
    if (stopped) await this.#tellTabs(stopped);
    await this.#showState();
    await this.parts.connection.wake();
  }

  /** Deletes what is here and withdraws what the server has. */
  async delete(key: string): Promise<void> {
    const recording = await this.parts.outbox.recording(key);
    if (!recording) return;
    const isKnownToServer = recording.sessionId !== undefined;
    await closeOffscreen();
    await this.parts.outbox.erase(key, 'deleted');
    if (isKnownToServer) await this.parts.outbox.update(key, (each) => { each.status = 'withdrawing'; });
    await this.#tellTabs({ ...recording, status: 'deleted' });
    await this.#showState();
    await this.parts.connection.reconnect();
  }

  async addTab(tab: number): Promise<void> {
    const recording = await this.current();
    if (!recording) return;
    const joined = await this.parts.outbox.update(recording.key, (each) => { if (!each.tabs.includes(tab)) each.tabs.push(tab); });
    if (joined) await this.#tellTab(joined, tab);
  }

  /** A page asks whether it is recorded. */
  async hello(sender: Sender): Promise<CaptureOrders | null> {
    const recording = await this.current();
    const tab = sender.tab?.id;
    if (!recording || tab === undefined || !recording.tabs.includes(tab) || !isCapturing(recording)) return null;
    const settings = await readSettings();
    const address = (sender as Sender & { url?: string }).url ?? '';
    const isAllowed = mayRecord(sender.tab?.url ?? '', settings) && mayRecord(address, settings);
    if (sender.frameId === 0 && sender.tab?.active) await (isAllowed ? this.#cameBack(recording.key) : this.#wentAway(recording.key));
    return isAllowed ? this.#orders(recording, tab) : null;
  }

  /** Takes what a page reports. Only once this returns is it durable, and only then does the page forget it. */
  async report(sender: Sender, key: string, reports: PageReport[]): Promise<true> {
    await this.#drainMailbox();
    await this.#take(key, sender.tab?.id ?? -1, reports);
    return true;
  }

  async #take(key: string, tab: number, reports: PageReport[]): Promise<void> {
    const { outbox, frames, keeper } = this.parts;
    const recording = await outbox.recording(key);
    if (!recording || !(isOpen(recording) || recording.status === 'stopping')) return;
    const entries = reports.flatMap((report): NewEntry[] => {
      if (report.kind === 'action') return [{ id: report.id, kind: 'interaction', value: report.interaction, openForMs: report.openForMs, moment: report.moment, tab }];
      if (report.kind === 'blind-frame') return [{ id: report.id, kind: 'gap', value: { kind: 'blind-frame', from: report.at, lost: report.count }, openForMs: 0 }];
      return [];
    });
    await keeper.makeRoom(recording);
    const fresh = entries.length > 0 ? await outbox.append(key, entries, Date.now()) : [];
    for (const report of reports) {
      if (report.kind === 'digests') await this.#learn(key, report.digests);
      else if (report.kind === 'retype') await outbox.amend(key, report.id, (interaction) => { interaction.type = report.type; interaction.action = { ...interaction.action, rawEvents: report.rawEvents }; }, false);
      else if (report.kind === 'completed') await outbox.amend(key, report.id, (interaction) => { interaction.stateChanges = report.changes; if (report.pageContext) interaction.pageContext = report.pageContext; }, false);
      if (report.kind === 'action' && fresh.includes(report.id)) frames.begun(recording, tab, report);
      if (report.kind === 'completed') frames.completed(recording, tab, report);
      if (report.kind === 'action') keeper.cost(Number(report.interaction.recorderCostMs ?? 0));
    }
    void this.parts.connection.wake();
  }

  async #learn(key: string, digests: Recording['digests']): Promise<void> {
    const recording = await this.parts.outbox.update(key, (each) => {
      const fresh = digests.filter(({ whole }) => !each.digests.some((known) => known.whole === whole));
      each.digests = [...each.digests, ...fresh].slice(-500);
    });
    if (recording) await this.#tellTabs(recording);
  }

  /** What pages left behind when they went away while no worker answered. */
  async #drainMailbox(): Promise<void> {
    const stored = await browser.storage.local.get(null);
    const letters = Object.entries(stored).filter(([name]) => name.startsWith(mailboxPrefix)) as [string, Letter][];
    for (const [name, letter] of letters.sort(([, a], [, b]) => a.at - b.at)) {
      await this.#take(letter.recording, -1, letter.reports);
      await browser.storage.local.remove(name);
    }
  }

  /** Called when a worker starts and now and then: puts right what a killed one left. */
  async recover(): Promise<void> {
    await this.#drainMailbox();
    await this.#showState();
    await this.parts.connection.wake();
  }

  async tabActivated(tab: number): Promise<void> {
    // A tab that a recorded page opened comes to the front before it is known that it belongs.
    const { url, pendingUrl, openerTabId, width, height } = await browser.tabs.get(tab);
    // A tab that a page has just opened has no address yet; where it leads is what counts.
    const address = url || pendingUrl || 'about:blank';
    await this.tabOpened(tab, openerTabId);
    const recording = await this.current();
    if (!recording || !isCapturing(recording)) return;
    const { activeTab: before } = (await browser.storage.session.get('activeTab')) as { activeTab?: number };
    await browser.storage.session.set({ activeTab: tab });
    if (before === tab) return;
    if (!recording.tabs.includes(tab) || !mayRecord(address, await readSettings())) return this.#wentAway(recording.key);
    await this.#cameBack(recording.key);
    const interaction: InteractionData = {
      type: 'tabSwitch', timestamp: Date.now(), confidence: 1, reliability: 1, action: { url: maskUrl(address) },
      pageContext: { url: maskUrl(address), ...(width && height && { viewport: { width, height } }) }, userContext: { tab: recording.tabs.indexOf(tab) },
    };
    await this.parts.outbox.append(recording.key, [{ id: crypto.randomUUID(), kind: 'interaction', value: interaction, openForMs: 0 }], Date.now());
    void this.parts.connection.wake();
  }

  async #wentAway(key: string): Promise<void> {
    await this.parts.outbox.update(key, (each) => { each.awaySince ??= Date.now(); });
  }

  /** The time in other tabs and on excluded sites is told when it ends: only then is it known how long it was. */
  async #cameBack(key: string): Promise<void> {
    let since: number | undefined;
    await this.parts.outbox.update(key, (each) => {
      since = each.awaySince;
      each.awaySince = undefined;
    });
    if (since !== undefined) await this.#gap(key, 'excluded', since, { until: Date.now() });
  }

  async tabOpened(tab: number, opener: number | undefined): Promise<void> {
    const recording = await this.current();
    if (recording && opener !== undefined && recording.tabs.includes(opener) && !recording.tabs.includes(tab)) await this.addTab(tab);
  }

  /** Pages no content script can run in are seen by nobody; that is told instead of passed over. */
  async pageLoaded(tab: number): Promise<void> {
    const recording = await this.current();
    if (!recording || !isCapturing(recording) || !recording.tabs.includes(tab)) return;
    const { url = '' } = await browser.tabs.get(tab);
    // An empty tab shows nothing, and what is excluded is told as such.
    if (url === 'about:blank' || !mayRecord(url, await readSettings())) return;
    const isSeen = await askTab(tab, 'page.selfTest', {}, 0).catch(() => false);
    if (!isSeen) await this.#gap(recording.key, 'blind-frame', Date.now());
  }

  async #gap(key: string, kind: CaptureGapKind, from: number, more: Partial<CaptureGap> = {}): Promise<void> {
    await this.parts.outbox.append(key, [{ id: crypto.randomUUID(), kind: 'gap', value: { kind, from, ...more }, openForMs: 0 }], Date.now());
    void this.parts.connection.wake();
  }

  async #orders(recording: Recording, tab: number): Promise<CaptureOrders> {
    const withFrames = recording.level === 'full' || recording.level === 'fewer-frames';
    const wanted = recording.start.capture?.name;
    const frames = !withFrames || wanted === 'events-only' ? 'none' : wanted === 'high-fidelity' ? 'high-fidelity' : 'normal';
    return { recording: recording.key, level: recording.level, frames, tab: recording.tabs.indexOf(tab), salt: recording.salt, digests: recording.digests, goal: recording.start.goal?.text ?? '' };
  }

  async #tellTabs(recording: Recording): Promise<void> {
    await Promise.all(recording.tabs.map((tab) => this.#tellTab(recording, tab)));
  }

  async #tellTab(recording: Recording, tab: number): Promise<void> {
    const [settings, top, frames] = await Promise.all([readSettings(), browser.tabs.get(tab).catch(() => undefined), browser.webNavigation.getAllFrames({ tabId: tab }).catch(() => null)]);
    const orders = isCapturing(recording) && mayRecord(top?.url ?? '', settings) ? await this.#orders(recording, tab) : null;
    // Each frame on its own: one of an excluded site may stand in a page that is recorded.
    await Promise.all((frames ?? []).map(({ frameId, url }) => askTab(tab, 'page.orders', { orders: mayRecord(url, settings) ? orders : null }, frameId).catch(() => undefined)));
  }

  /** Every frame of every recorded page tells what it still holds; one that does not answer is not waited for. */
  async #flushPages(recording: Recording): Promise<void> {
    const late = new Promise<void>((resolve) => { setTimeout(resolve, FLUSH_WITHIN_MS); });
    const flushed = Promise.all(recording.tabs.map(async (tab) => {
      const frames = (await browser.webNavigation.getAllFrames({ tabId: tab }).catch(() => null)) ?? [];
      await Promise.all(frames.map(({ frameId }) => askTab(tab, 'page.flush', {}, frameId).catch(() => undefined)));
    }));
    await Promise.race([flushed, late]);
  }

  async levelChanged(recording: Recording): Promise<void> {
    await this.#tellTabs(recording);
  }

  /** Shows on the button, and to every page that is opened, whether anything is recorded. */
  async #showState(): Promise<void> {
    const recording = await this.current();
    await setCapturing(recording?.status === 'recording');
    const text = recording ? (recording.status === 'paused' ? 'II' : 'REC') : '';
    await browser.action.setBadgeText({ text });
    await browser.action.setBadgeBackgroundColor({ color: recording?.status === 'paused' ? '#8a6d1f' : '#b3261e' });
  }
}
