// One session: its steps, and for each the frame before and after with the action drawn on it.

import { api } from './api.js';
import { describe, drawAction } from './drawing.js';
import { element, notice, when } from './element.js';
import { quality } from './list.js';

export async function viewer(id) {
  const base = `/v1/sessions/${id}`;
  const [session, report] = await Promise.all([api.json(base), api.json(`${base}/findings`)]);
  const steps = await allInteractions(base);
  const images = new Map();
  const image = (hash) => images.get(hash) ?? images.set(hash, api.image(`${base}/frames/${hash}`)).get(hash);
  const stage = element('section', { class: 'stage', 'aria-live': 'polite', 'aria-label': 'Step' });
  const findingsOf = (seq) => report.findings.filter((finding) => finding.place?.seq === seq);
  let current = -1;

  const open = async (index) => {
    if (index < 0 || index >= steps.length || index === current) return;
    current = index;
    for (const [at, item] of [...strip.children].entries()) item.firstChild.setAttribute('aria-current', at === index ? 'step' : 'false');
    strip.children[index].firstChild.scrollIntoView({ block: 'nearest' });
    stage.replaceChildren(await step(steps[index], findingsOf(steps[index].seq), image));
  };
  const strip = element('ol', { class: 'steps', 'aria-label': 'Steps' }, ...steps.map((interaction, index) => {
    const worst = findingsOf(interaction.seq).some((finding) => finding.severity !== 'info');
    return element('li', {}, element('button', { type: 'button', onclick: () => open(index) }, element('b', {}, interaction.seq), element('span', {}, describe(interaction)), worst && element('i', { title: 'has findings', class: 'dot' })));
  }));
  const onkeydown = (event) => {
    if (event.target.closest('input, textarea, select')) return;
    const way = { ArrowDown: 1, ArrowRight: 1, j: 1, ArrowUp: -1, ArrowLeft: -1, k: -1 }[event.key];
    if (way) {
      event.preventDefault();
      open(current + way);
    }
  };
  document.addEventListener('keydown', onkeydown);
  const abort = new AbortController();
  const live = element('p', { class: 'live', role: 'status' });
  if (session.status === 'active') {
    api.follow(`${base}/events`, (update) => live.replaceChildren(liveText(update)), abort.signal).catch(() => {});
  }
  const node = element('div', { class: 'page viewer' }, head(session, report), live, steps.length ? element('div', { class: 'columns' }, strip, stage) : notice('Nothing recorded yet', 'Interactions appear here once they are durable.'));
  if (steps.length) await open(0);
  const leave = () => {
    document.removeEventListener('keydown', onkeydown);
    abort.abort();
    for (const address of images.values()) address.then(URL.revokeObjectURL, () => {});
  };
  return { node, leave };
}

async function allInteractions(base) {
  const steps = [];
  for (let after = 0; ; ) {
    const page = await api.json(`${base}/interactions?after=${after}&limit=200`);
    if (page.length === 0) return steps;
    after = page.at(-1).seq;
    steps.push(...page.filter((place) => place.kind === 'interaction').map((place) => ({ ...place.data, seq: place.seq })));
  }
}

function liveText(update) {
  switch (update.type) {
    case 'stored': return `${update.through} interactions stored, ${update.rejected} refused`;
    case 'sealed': return `Recording ended with ${update.through} interactions; processing`;
    case 'processed': return `Processing ${update.status}; reload to see it`;
    default: return 'Recording…';
  }
}

function head(session, report) {
  const fact = (name, value) => element('div', {}, element('dt', {}, name), element('dd', {}, value));
  const file = (path, extension) => () => api.download(`/v1/sessions/${session.id}/${path}`, `${session.id}.${extension}`);
  const done = session.status === 'completed';
  return element(
    'header',
    { class: 'card session' },
    element('div', {}, element('h1', {}, session.goal?.text || 'Session'), element('p', {}, element('span', { class: `badge ${session.status}` }, session.status), ` ${session.type}, ${when(session.startTime)} UTC`)),
    element('dl', {}, fact('Quality', done ? quality(session.qualityScore) : '–'), fact('Interactions', session.interactionCount), fact('Findings', report.findings.length), fact('Gaps', report.gaps.length)),
    done && element('p', { class: 'files' }, element('button', { type: 'button', onclick: file('archive', 'zip') }, 'Archive'), element('button', { type: 'button', onclick: file('training', 'jsonl') }, 'Training lines')),
  );
}

async function step(interaction, findings, image) {
  const frames = interaction.screenshots ?? [];
  const figure = async (relation, title) => {
    const frame = frames.find((candidate) => candidate.relation === relation);
    if (!frame) return element('figure', {}, element('div', { class: 'missing' }, `No frame ${relation}`), element('figcaption', {}, title));
    const address = await image(frame.hash).catch(() => null);
    const picture = address ? element('img', { src: address, alt: `${title}: ${interaction.pageContext?.title ?? ''}`, width: frame.width, height: frame.height }) : element('div', { class: 'missing' }, 'This frame is not stored');
    const lag = `${frame.lagMs > 0 ? '+' : ''}${Math.round(frame.lagMs)} ms`;
    return element('figure', {}, element('div', { class: 'frame' }, picture, relation === 'before' && address && drawAction(interaction, frame.viewport)), element('figcaption', {}, title, element('small', {}, lag)));
  };
  const selectors = (interaction.selectors?.reliability ?? []).slice(0, 8).map((selector) => element('tr', {}, element('td', {}, selector.kind), element('td', {}, element('code', {}, selector.selector)), element('td', { class: 'number' }, selector.score.toFixed(2))));
  return element(
    'article',
    {},
    element('h2', {}, describe(interaction)),
    element('p', { class: 'address' }, interaction.pageContext?.title, element('code', {}, interaction.pageContext?.url)),
    element('div', { class: 'pair' }, await figure('before', 'Before'), await figure('after', 'After')),
    findings.length > 0 && element('ul', { class: 'findings' }, ...findings.map((finding) => element('li', { class: finding.severity }, element('b', {}, finding.rule), ' ', finding.message))),
    selectors.length > 0 && element('details', { open: true }, element('summary', {}, `Selectors (${selectors.length})`), element('div', { class: 'scroll' }, element('table', {}, element('tbody', {}, ...selectors)))),
  );
}
