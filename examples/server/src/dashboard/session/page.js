// One session: the timeline, the steps, the frames of a step, and everything about it.

import { api } from '../lib/api.js';
import { counted, duration, when, words } from '../lib/format.js';
import { Frames } from '../lib/frames.js';
import { useKeys } from '../lib/keys.js';
import { setQuery, useRoute } from '../lib/route.js';
import { Icon } from '../parts/icon.js';
import { Meter } from '../parts/meter.js';
import { Empty, Failed, Loading } from '../parts/states.js';
import { STATUS_WORDS } from '../sessions/page.js';
import { Bar } from '../shell.js';
import { html, useCallback, useEffect, useMemo, useState } from '../ui.js';
import { useLater, usePlace, useSession } from './data.js';
import { Inspector } from './inspector.js';
import { useReviewing } from './reviewing.js';
import { Stage } from './stage.js';
import { Steps } from './steps.js';
import { Timeline } from './timeline.js';

/** @type {[string, string][]} */
const TRAIL = [['#/sessions', 'Sessions']];
const SEVERITIES = ['info', 'warning', 'error'];

/** @param {{ id: string }} properties */
export function SessionPage({ id }) {
  const { value, error, live, again } = useSession(id);
  const frames = useMemo(() => new Frames(id), [id]);
  useEffect(() => () => frames.close(), [frames]);
  if (error) return html`<${Bar} title="Session" trail=${TRAIL} /><main id="main" tabindex="-1"><${Failed} error=${error} again=${again} /></main>`;
  if (!value) return html`<${Bar} title="Session" trail=${TRAIL} /><main id="main" tabindex="-1"><${Loading} what="Loading the session" /></main>`;
  return html`<${Viewer} key=${id} ...${value} live=${live} frames=${frames} />`;
}

/** @param {import('./data.js').Loaded & { live: any, frames: Frames }} properties */
function Viewer({ session, report, steps, live, frames }) {
  const { query } = useRoute();
  const reviewing = useReviewing(session.id);
  const isProcessed = Boolean(session.archiveUrl);
  const [understanding] = useLater(`/v1/sessions/${session.id}/understanding`, isProcessed, isProcessed);
  const [view, setView] = useState('before');
  const [masks, setMasks] = useState(false);
  const asked = Number(query.get('step'));
  // A live session is followed to its end until somebody chooses a step.
  const current = asked ? Math.max(0, steps.findIndex((step) => step.seq >= asked)) : live ? steps.length - 1 : 0;
  const step = steps[current];
  const place = usePlace(session.id, step?.kind === 'interaction' ? step.seq : undefined);
  const tab = query.get('tab') ?? 'action';
  const worst = useMemo(() => worstBySeq(report), [report]);
  const open = useCallback((/** @type {number} */ index) => steps[index] && setQuery({ step: String(steps[index].seq) }), [steps]);
  const openSeq = useCallback((/** @type {number} */ seq) => setQuery({ step: String(seq) }), []);
  /** @param {number} way */
  const move = (way) => open(Math.max(0, Math.min(steps.length - 1, current + way)));
  useEffect(() => {
    // The frames that come next are fetched before they are asked for.
    const next = steps[current + 1];
    if (next?.before) frames.address(next.before.hash).catch(() => {});
  }, [current, steps]);

  const nextFinding = () => {
    const found = steps.findIndex((one, index) => index > current && worst.has(one.seq));
    if (found >= 0) open(found);
  };
  useKeys({
    ArrowRight: () => move(1),
    ArrowDown: () => move(1),
    j: () => move(1),
    ArrowLeft: () => move(-1),
    ArrowUp: () => move(-1),
    k: () => move(-1),
    Home: () => open(0),
    End: () => open(steps.length - 1),
    b: () => setView('before'),
    a: () => setView('after'),
    c: () => setView('compare'),
    m: () => setMasks((shown) => !shown),
    f: nextFinding,
    y: () => reviewing.decide({ kind: 'verdict', verdict: 'accepted', reasons: [] }),
    n: () => reviewing.decide({ kind: 'verdict', verdict: 'rejected', reasons: [] }).then(() => setQuery({ tab: 'review' })),
    u: () => reviewing.decide({ kind: 'verdict', verdict: 'undecided', reasons: [] }),
    x: () => step && reviewing.decide({ kind: 'step', seq: step.seq, mark: reviewing.marks.get(step.seq) === 'wrong' ? 'none' : 'wrong' }),
    i: () => {
      setQuery({ tab: 'review' });
      setTimeout(() => document.getElementById('relabel')?.focus(), 0);
    },
  });

  return html`<${Bar} title=${session.goal?.text || 'Without a goal'} trail=${TRAIL}><${Head} session=${session} report=${report} reviewing=${reviewing} /><//>
    <main id="main" tabindex="-1" class="viewer">
      <${Facts} session=${session} report=${report} live=${live} steps=${steps.length} />
      ${steps.length === 0
        ? session.status === 'active'
          ? html`<${Empty} icon="other" title="Nothing recorded yet">Steps appear here as soon as they are durable.<//>`
          : html`<${Empty} icon="gap" title="No steps">Nothing of this session could be used.<//>`
        : html`<${Timeline} steps=${steps} current=${current} onOpen=${open} frames=${frames} worst=${worst} intents=${understanding?.intents ?? []} />
            <div class="panes">
              <${Steps} steps=${steps} current=${current} onOpen=${open} start=${steps[0].at} worst=${worst} marks=${reviewing.marks} />
              <${Stage} step=${step} place=${place} frames=${frames} view=${view} onView=${setView} masks=${masks} onMasks=${() => setMasks(!masks)} total=${steps.length} index=${current} onMove=${move} />
              <${Inspector} session=${session} report=${report} step=${step} place=${place} understanding=${understanding} reviewing=${reviewing} tab=${tab} onTab=${(/** @type {string} */ chosen) => setQuery({ tab: chosen })} onOpen=${openSeq} />
            </div>`}
    </main>`;
}

/** The worst severity at each place. @param {import('../lib/types.js').QualityReport} report */
function worstBySeq(report) {
  /** @type {Map<number, string>} */
  const worst = new Map();
  for (const finding of report.findings ?? []) {
    const seq = finding.place?.seq;
    if (seq == null || finding.severity === 'info') continue;
    if (SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(worst.get(seq) ?? 'info')) worst.set(seq, finding.severity);
  }
  return worst;
}

/** @param {{ session: any, report: any, reviewing: import('./reviewing.js').Reviewing }} properties */
function Head({ session, reviewing }) {
  const mine = reviewing.you ? reviewing.verdicts.get(reviewing.you)?.decision : undefined;
  const verdict = mine?.kind === 'verdict' ? mine.verdict : undefined;
  const isDone = session.status === 'completed';
  /** @param {string} path @param {string} extension */
  const file = (path, extension) => () => api.download(`/v1/sessions/${session.id}/${path}`, `${session.id}.${extension}`);
  return html`${isDone &&
    html`<button type="button" class="button small good" aria-pressed=${verdict === 'accepted'} onClick=${() => reviewing.decide({ kind: 'verdict', verdict: verdict === 'accepted' ? 'undecided' : 'accepted', reasons: [] })}><${Icon} name="check" size=${14} /><span class="wide">Accept</span></button>
      <button type="button" class="button small bad" aria-pressed=${verdict === 'rejected'} onClick=${() => reviewing.decide({ kind: 'verdict', verdict: verdict === 'rejected' ? 'undecided' : 'rejected', reasons: [] })}><${Icon} name="close" size=${14} /><span class="wide">Reject</span></button>
      <button type="button" class="button small icon-phone" onClick=${file('archive', 'zip')}><${Icon} name="download" size=${14} /><span class="wide">Archive</span></button>
      ${session.consent.purposes.includes('training') && html`<button type="button" class="button small icon-phone" onClick=${file('training', 'jsonl')}><${Icon} name="download" size=${14} /><span class="wide">Lines</span></button>`}`}`;
}

/** @param {{ session: any, report: any, live: any, steps: number }} properties */
function Facts({ session, report, live, steps }) {
  const isDone = session.status === 'completed';
  const findings = (report.findings ?? []).length;
  const gaps = (report.gaps ?? []).reduce((/** @type {number} */ sum, /** @type {any} */ gap) => sum + (gap.count ?? 0), 0);
  const score = isDone ? session.qualityScore : report.score?.overall;
  return html`<div class="facts-bar" role="status">
    <span class=${`badge ${session.status} ${session.status === 'active' ? 'live' : ''}`}>${STATUS_WORDS[session.status] ?? session.status}</span>
    ${score > 0 && html`<span class="row"><span class="faint">Quality</span><${Meter} score=${score} label="Quality" /></span>`}
    <span><b class="number">${steps}</b> <span class="faint">${steps === 1 ? 'step' : 'steps'}</span></span>
    <span><b class="number">${findings}</b> <span class="faint">${findings === 1 ? 'finding' : 'findings'}</span></span>
    ${gaps > 0 && html`<span><b class="number">${gaps}</b> <span class="faint">missing</span></span>`}
    ${session.duration != null && html`<span class="wide"><span class="faint">Length</span> ${duration(session.duration)}</span>`}
    <span class="wide"><span class="faint">Began</span> ${when(session.startTime)}</span>
    <span class="wide"><span class="faint">By</span> ${session.collector}</span>
    ${session.outcome && html`<span class="wide"><span class="faint">Collector says</span> ${words(session.outcome)}</span>`}
    ${live && !isDone && html`<span class="push soft">${liveWords(live)}</span>`}
    ${session.errors?.length > 0 && html`<span class="push problem">${session.errors.at(-1).message}</span>`}
  </div>`;
}

/** @param {any} update */
function liveWords(update) {
  switch (update.type) {
    case 'stored':
      return `${counted(update.through, 'place')} durable${update.rejected ? `, ${update.rejected} refused` : ''}`;
    case 'frame':
      return 'A frame arrived';
    case 'sealed':
      return 'The recording ended; it is being processed';
    default:
      return 'Following';
  }
}
