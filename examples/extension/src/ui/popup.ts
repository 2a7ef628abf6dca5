import { browser } from 'wxt/browser';
import { ask } from '../messages.ts';
import type { Link } from '../transport/link.ts';
import type { RecorderView, RecordingView } from '../session/view.ts';
import type { Notice } from '../session/notices.ts';
import { captureLevels } from '../session/recording.ts';
import { brand, h, show } from './dom.ts';

const REFRESH_MS = 1_000;
const outcomes = [['succeeded', 'I did it'], ['abandoned', 'I gave up'], ['impossible', 'It was not possible']] as const;
const levelNames: { [level in (typeof captureLevels)[number]]: string } = { full: 'everything', 'fewer-frames': 'fewer pictures', 'events-only': 'no pictures', basic: 'actions only' };

/** What is typed while the popup redraws itself must stay. */
let goal = '';
let shown = '';
let checks: HTMLElement | undefined;

export async function runPopup(): Promise<void> {
  await refresh();
  setInterval(() => void refresh(), REFRESH_MS);
}

/** The tab in front; `?tab=` names it where the popup stands in a tab of its own. */
async function activeTab(): Promise<number | undefined> {
  const named = new URLSearchParams(location.search).get('tab');
  if (named) return Number(named);
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab?.id;
}

async function refresh(): Promise<void> {
  const view = await ask('recorder.view', {}).catch(() => undefined);
  if (!view) return;
  const tab = await activeTab();
  // Redrawing only on change keeps screen readers quiet and the pointer over what it was on.
  const state = JSON.stringify([view, tab, view.recording && Math.floor((Date.now() - view.recording.startedAt) / 1_000), checks?.textContent]);
  if (state === shown || document.querySelector('dialog[open]')) return;
  shown = state;
  const main = document.querySelector('main') ?? document.body.appendChild(h('main', { class: 'popup' }));
  show(main, ...(view.hasConsent ? content(view, tab) : welcome()));
}

const welcome = (): Node[] => [
  brand(),
  h('p', {}, 'Before anything is recorded, please read what it is and decide.'),
  h('button', { id: 'consent', class: 'primary', click: () => void openPage('consent.html') }, 'Read and decide'),
];

function content(view: RecorderView, tab: number | undefined): Node[] {
  const { recording } = view;
  return [
    h('header', { class: 'row spread' }, h('h1', { class: 'visually-hidden' }, 'CodeSight Recorder'), brand(recording?.status === 'recording'), linkPill(view.link, view.hasServer)),
    ...noticeList(view.notices),
    ...(recording ? running(recording, tab) : idle(view, tab)),
    h('footer', { class: 'row spread small' },
      h('button', { id: 'options', class: 'link', click: () => void browser.runtime.openOptionsPage() }, 'Options'),
      h('button', { id: 'privacy', class: 'link', click: () => void openPage('consent.html') }, 'What I agreed to')),
  ];
}

function linkPill(link: Link, hasServer: boolean): HTMLElement {
  const says: { [status in Link['status']]: [string, string] } = {
    idle: ['', hasServer ? 'Server set' : 'No server'], connecting: ['warn', 'Connecting'], open: ['good', 'Connected'], waiting: ['warn', 'Trying again'], blocked: ['bad', 'Not connected'],
  };
  const [tone, text] = says[link.status];
  return h('span', { class: `pill ${tone}`, role: 'status' }, text);
}

function noticeList(notices: Notice[]): Node[] {
  if (notices.length === 0) return [];
  const needsRetry = (notice: Notice) => notice.code === 'server-refused' || notice.code === 'server-away' || notice.code === 'server-nonsense';
  return [h('ul', { class: 'notices', 'aria-label': 'Notices', 'aria-live': 'polite' }, notices.slice(0, 3).map((notice) =>
    h('li', { class: `notice ${notice.level}` }, notice.message, notice.count > 1 && ` (${notice.count} times)`,
      needsRetry(notice) && h('div', {}, h('button', { id: `retry-${notice.code}`, class: 'link', click: () => void ask('recorder.retry', {}) }, 'Try again')))))];
}

function idle(view: RecorderView, tab: number | undefined): Node[] {
  const field = h('textarea', { id: 'goal', rows: 2, placeholder: 'For example: buy two mugs below $20', input: (event) => { goal = (event.target as HTMLTextAreaElement).value; } });
  field.value = goal;
  return [
    h('div', { class: 'field' }, h('label', { for: 'goal' }, 'What do you want to do?'), h('span', { class: 'hint' }, 'Written in your words. It becomes the goal of the recording.'), field),
    h('div', { class: 'row actions' },
      h('button', { id: 'start', class: 'record', click: () => void start(tab) }, 'Start recording'),
      h('button', { id: 'test', click: () => void test(tab) }, 'Test first')),
    h('div', { id: 'answer', role: 'status' }, checks ?? ''),
    ...view.waiting.map(({ key, goal: waited, left }) => h('p', { class: 'notice' }, h('b', {}, waited || 'Earlier recording'), left > 0 ? `${left} actions still to be sent. ` : 'Being closed. ',
      h('button', { id: `delete-${key}`, class: 'link', click: () => confirmDelete(key) }, 'Delete it'))),
  ];
}

function running(recording: RecordingView, tab: number | undefined): Node[] {
  const isPaused = recording.status === 'paused';
  const left = recording.actions - recording.acknowledged;
  const number = (name: string, value: string, title?: string) => h('div', { title }, h('dt', {}, name), h('dd', {}, value));
  return [
    h('section', { class: 'card stack', 'aria-label': 'Recording' },
      h('div', { class: 'row spread' }, h('span', { class: `pill ${isPaused ? 'warn' : 'bad'}` }, isPaused ? 'Paused' : 'Recording'), h('span', { class: 'quiet small' }, duration(Date.now() - recording.startedAt))),
      h('p', { class: 'goal' }, recording.goal || 'No goal was written'),
      h('dl', { class: 'numbers' },
        number('Actions', String(recording.actions)),
        number('To send', String(left), 'Recorded and not yet confirmed by the server'),
        number('Quality', recording.quality === undefined ? '–' : String(Math.round(recording.quality)), 'What the server makes of it so far, 0 to 100'),
        number('Pictures', String(recording.frames.kept)),
        number('Gaps', String(recording.gaps ?? recording.frames.lost), recording.gaps === undefined ? 'Actions without a picture of the page before them' : 'Places at which the server misses a picture, an element, or what you did'),
        number('Findings', recording.findings === undefined ? '–' : String(recording.findings), 'What the server noticed')),
      recording.level !== 'full' && h('p', { class: 'small' }, `Recording ${levelNames[recording.level]} for now.`)),
    ...(tab !== undefined && !recording.tabs.includes(tab) ? [h('p', { class: 'notice' }, 'This tab is not part of the recording. ', h('button', { id: 'add', class: 'link', click: () => void ask('recorder.addTab', { tab }) }, 'Add it'))] : []),
    h('div', { class: 'row actions' },
      h('button', { id: 'pause', click: () => void ask('recorder.pause', { paused: !isPaused }).then(refresh) }, isPaused ? 'Go on' : 'Pause'),
      h('button', { id: 'stop', class: 'primary', click: () => finish() }, 'Finish')),
    ...(recording.lastFrames.length > 0 ? [h('section', { class: 'stack', 'aria-label': 'Last pictures' }, h('p', { class: 'small quiet' }, 'Last pictures, as they are sent'),
      h('ul', { class: 'frames' }, recording.lastFrames.map((frame) => h('li', {}, h('img', { src: frame, alt: 'Picture of the page with private places covered' })))))] : []),
    h('p', { class: 'small' }, h('button', { id: 'delete', class: 'link danger', click: () => confirmDelete(recording.key) }, 'Delete this recording')),
  ];
}

async function start(tab: number | undefined): Promise<void> {
  const { problem } = tab === undefined ? { problem: 'Go to the page of your task first.' } : await ask('recorder.start', { tab, goal: goal.trim() });
  checks = problem ? h('p', { class: 'notice warning' }, problem) : undefined;
  if (!problem) goal = '';
  await refresh();
}

async function test(tab: number | undefined): Promise<void> {
  checks = h('p', { class: 'small quiet' }, 'Testing…');
  await refresh();
  const found = await ask('recorder.selfTest', { tab });
  checks = h('ul', { class: 'checks' }, found.map(({ name, ok, detail }) => h('li', {}, h('b', { class: ok ? 'yes' : 'no' }, `${ok ? '✓' : '✗'} ${name}`), ` ${detail}`)));
  await refresh();
}

function finish(): void {
  modal('How did it end?', outcomes.map(([outcome, text]) => [text, () => ask('recorder.stop', { outcome }), outcome === 'succeeded' ? 'primary' : '']));
}

function confirmDelete(key: string): void {
  modal('Delete this recording? What is here is erased now; what the server has is marked as withdrawn.', [['Delete it', () => ask('recorder.delete', { key }), 'danger']]);
}

function modal(question: string, answers: (readonly [string, () => Promise<unknown>, string])[]): void {
  const close = () => { dialog.close(); dialog.remove(); void refresh(); };
  const dialog = h('dialog', { 'aria-labelledby': 'question', close: () => dialog.remove() },
    h('div', { class: 'stack' }, h('h2', { id: 'question' }, question),
      answers.map(([text, task, style]) => h('button', { class: style, click: () => void task().finally(close) }, text)),
      h('button', { class: 'link', click: close }, 'Back')));
  document.body.append(dialog);
  dialog.showModal();
}

const openPage = (page: '/consent.html' | 'consent.html') => browser.tabs.create({ url: browser.runtime.getURL(`/${page.replace(/^\//, '')}` as '/consent.html') });

function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
