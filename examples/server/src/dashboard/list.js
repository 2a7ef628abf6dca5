// The list of sessions.

import { api } from './api.js';
import { element, notice, when } from './element.js';

export async function list() {
  const rows = element('tbody');
  const more = element('button', { type: 'button', class: 'quiet' }, 'Older sessions');
  const load = async (after) => {
    const page = await api.json(`/v1/sessions?limit=50${after ? `&after=${encodeURIComponent(after)}` : ''}`);
    rows.append(...page.sessions.map(row));
    more.hidden = !page.next;
    more.onclick = () => load(page.next);
    return page.sessions.length;
  };
  if ((await load()) === 0) {
    return { node: notice('No sessions yet', 'Record one with the browser extension, or start the server with “demo”.') };
  }
  const heads = ['Goal', 'Began (UTC)', 'Status', 'Interactions', 'Quality'].map((text) => element('th', { scope: 'col' }, text));
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...heads)), rows);
  return { node: element('div', { class: 'page' }, element('h1', {}, 'Sessions'), element('div', { class: 'card scroll' }, table), more) };
}

function row(session) {
  const link = element('a', { href: `#/sessions/${session.id}` }, session.goal?.text || session.id);
  return element(
    'tr',
    {},
    element('td', {}, link, element('small', {}, session.goal?.site ?? session.collector)),
    element('td', { class: 'number' }, when(session.startTime)),
    element('td', {}, element('span', { class: `badge ${session.status}` }, session.status)),
    element('td', { class: 'number' }, session.interactionCount),
    element('td', { class: 'number' }, session.status === 'completed' ? quality(session.qualityScore) : '–'),
  );
}

export function quality(score) {
  const meter = element('meter', { min: 0, max: 100, low: 50, high: 75, optimum: 100, value: score, 'aria-label': 'quality' });
  return element('span', { class: 'quality' }, meter, score.toFixed(0));
}
