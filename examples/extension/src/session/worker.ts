import { browser } from 'wxt/browser';
import { answer } from '../messages.ts';
import { PROTOCOL } from '../protocol.ts';
import { openDatabase } from '../storage/database.ts';
import { Outbox } from '../storage/outbox.ts';
import { Connection } from '../transport/connection.ts';
import type { Link } from '../transport/link.ts';
import { readConsent } from './consent.ts';
import { FrameKeeper } from './frame-keeper.ts';
import { Keeper } from './keeper.ts';
import { raise, readNotices, settle } from './notices.ts';
import { Recorder } from './recorder.ts';
import { isCapturing, isOpen, type Recording } from './recording.ts';
import { selfTest } from './self-test.ts';
import { readSettings } from './settings.ts';
import type { RecorderView } from './view.ts';
import { sendWithdrawals } from './withdrawals.ts';

const ALARM = 'go-on';
/** The shortest period the browser allows. */
const ALARM_MINUTES = 0.5;
const LOOK_AFTER_MS = 1_500;

interface Parts {
  outbox: Outbox;
  connection: Connection;
  frames: FrameKeeper;
  recorder: Recorder;
}

/** Wires the worker together. Listeners are registered at once: the browser wakes a worker only for those it knows. */
export function runWorker(): void {
  const ready = assemble();
  const recorder = ready.then((parts) => parts.recorder);

  answer('worker', {
    'page.hello': async (_, sender) => (await recorder).hello(sender),
    'page.report': async ({ recording, reports }, sender) => (await recorder).report(sender, recording, reports),
    'frame.want': async ({ documentId, version }, { tab }) => withRecording(await ready, (parts, recording) => parts.frames.wanted(recording, tab?.id ?? -1, documentId, version)),
    'frame.settled': async ({ documentId, version }, { tab }) => withRecording(await ready, (parts, recording) => parts.frames.settled(recording, tab?.id ?? -1, documentId, version)),
    'recorder.view': async () => viewOf(await ready),
    'recorder.start': async (request) => (await recorder).start(request),
    'recorder.pause': async ({ paused }) => (await recorder).pause(paused),
    'recorder.stop': async ({ outcome }) => (await recorder).stop(outcome),
    'recorder.delete': async ({ key }) => (await recorder).delete(key),
    'recorder.addTab': async ({ tab }) => (await recorder).addTab(tab),
    'recorder.retry': async () => {
      void sendWithdrawals();
      await (await ready).connection.retryNow();
    },
    'recorder.selfTest': ({ tab }) => selfTest(tab),
  });
  browser.tabs.onActivated.addListener(({ tabId }) => void recorder.then((it) => it.tabActivated(tabId)));
  browser.tabs.onCreated.addListener(({ id, openerTabId }) => void recorder.then((it) => it.tabOpened(id ?? -1, openerTabId)));
  browser.webNavigation.onCompleted.addListener(({ tabId, frameId }) => {
    if (frameId === 0) setTimeout(() => void recorder.then((it) => it.pageLoaded(tabId)), LOOK_AFTER_MS);
  });
  browser.alarms.onAlarm.addListener(() => {
    void recorder.then((it) => it.recover());
    void sendWithdrawals();
  });
  browser.storage.onChanged.addListener((changes, area) => {
    // New settings mend what blocked the connection; a letter in the mailbox waits to be read.
    if (area === 'local' && ('withdrawals' in changes || 'settings' in changes)) void sendWithdrawals();
    if (area === 'local' && 'settings' in changes) void ready.then(({ connection }) => connection.retryNow());
    else if (area === 'local' && Object.entries(changes).some(([name, change]) => name.startsWith('mailbox:') && change.newValue !== undefined)) void recorder.then((it) => it.recover());
  });
  browser.runtime.onInstalled.addListener(({ reason }) => {
    if (reason === 'install') void browser.tabs.create({ url: browser.runtime.getURL('/consent.html') });
  });
  browser.runtime.onStartup.addListener(() => void recorder.then((it) => it.recover()));
  void browser.alarms.create(ALARM, { periodInMinutes: ALARM_MINUTES });
  addEventListener('online', () => void ready.then(({ connection }) => connection.retryNow()));
  void recorder.then((it) => it.recover());
}

async function assemble(): Promise<Parts> {
  const outbox = new Outbox(await openDatabase());
  const connection = new Connection({
    outbox, settings: readSettings, settle,
    raise: ({ code, level, message }) => raise(code, level, message),
    openSocket: (url) => new WebSocket(url, [PROTOCOL]),
    link: {
      read: async () => ((await browser.storage.session.get('link')) as { link?: Link }).link ?? { status: 'idle', attempt: 0 },
      write: (link) => browser.storage.session.set({ link }),
    },
    version: browser.runtime.getManifest().version,
    now: () => Date.now(),
    random: () => Math.random(),
  });
  const frames = new FrameKeeper(outbox, () => void connection.wake());
  const keeper: Keeper = new Keeper(outbox, (recording) => recorder.levelChanged(recording));
  const recorder: Recorder = new Recorder({ outbox, connection, frames, keeper });
  return { outbox, connection, frames, recorder };
}

async function withRecording(parts: Parts, task: (parts: Parts, recording: Recording) => Promise<void>): Promise<void> {
  const recording = await parts.recorder.current();
  if (recording && isCapturing(recording)) await task(parts, recording);
}

async function viewOf({ outbox, recorder }: Parts): Promise<RecorderView> {
  const [recordings, current, notices, settings, consent] = await Promise.all([outbox.recordings(), recorder.current(), readNotices(), readSettings(), readConsent()]);
  const { link = { status: 'idle', attempt: 0 } } = (await browser.storage.session.get('link')) as { link?: Link };
  const waiting = recordings.filter(({ status }) => status === 'stopping' || status === 'withdrawing');
  return {
    hasConsent: consent !== undefined, hasServer: settings.serverUrl !== '', link, notices,
    waiting: waiting.map(({ key, start, lastSeq, acknowledged }) => ({ key, goal: start.goal?.text ?? '', left: lastSeq - acknowledged })),
    ...(current && isOpen(current) && { recording: await recordingView(outbox, current) }),
  };
}

async function recordingView(outbox: Outbox, recording: Recording): Promise<NonNullable<RecorderView['recording']>> {
  const ids = await outbox.database.getAllKeysFromIndex('frames', 'tab', IDBKeyRange.bound([recording.key, -1], [recording.key, Infinity]));
  const frames = await Promise.all(ids.slice(-3).map((id) => outbox.database.get('frames', id)));
  const lastFrames = frames.flatMap((frame) => (frame ? [`data:${frame.screenshot.mediaType};base64,${base64(frame.bytes)}`] : []));
  const { key, status, start, createdAt, lastSeq, acknowledged, quality, findings, gaps, level, tabs } = recording;
  return {
    key, status, goal: start.goal?.text ?? '', startedAt: createdAt, actions: lastSeq, acknowledged, quality, findings, gaps, level,
    profile: start.capture?.name ?? 'normal', frames: recording.frames, tabs, lastFrames,
  };
}

function base64(bytes: ArrayBuffer): string {
  let text = '';
  // Spreading a whole picture into arguments would overflow the stack.
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text);
}
