// The inspector: everything about one step, in tabs.

import { Tabs } from '../parts/tabs.js';
import { Loading } from '../parts/states.js';
import { html } from '../ui.js';
import { ReviewTab } from './review.js';
import { ActionTab } from './tabs/action.js';
import { FindingsTab } from './tabs/findings.js';
import { IntentTab } from './tabs/intent.js';
import { MaskingTab, placeholdersIn } from './tabs/masking.js';
import { PageTab } from './tabs/page.js';
import { Nothing } from './tabs/part.js';
import { SelectorsTab } from './tabs/selectors.js';
import { TrainingTab } from './tabs/training.js';

/**
 * @param {{
 *   session: import('../lib/types.js').Session, report: import('../lib/types.js').QualityReport, step: import('../lib/types.js').Step,
 *   place: import('../lib/types.js').Place | undefined, understanding: import('../lib/types.js').Understanding | undefined,
 *   reviewing: import('./reviewing.js').Reviewing, tab: string, onTab: (tab: string) => void, onOpen: (seq: number) => void,
 * }} properties
 */
export function Inspector({ session, report, step, place, understanding, reviewing, tab, onTab, onOpen }) {
  const findings = (report.findings ?? []).filter((finding) => finding.place?.seq === step.seq).length;
  const masks = place ? (place.screenshots ?? []).reduce((sum, frame) => sum + (frame.redactions?.length ?? 0), 0) + placeholdersIn(place).size : 0;
  const tabs = [
    { id: 'action', title: 'Action' },
    { id: 'findings', title: 'Findings', count: findings },
    { id: 'selectors', title: 'Selectors', count: place?.selectors?.reliability?.length },
    { id: 'page', title: 'Page' },
    { id: 'masking', title: 'Masking', count: masks },
    { id: 'intent', title: 'Intent' },
    { id: 'training', title: 'Training' },
    { id: 'review', title: 'Review', count: reviewing.reviews.length },
  ];
  const current = tabs.some((one) => one.id === tab) ? tab : 'action';
  return html`<section class="inspector" aria-label="Step">
    <${Tabs} tabs=${tabs} current=${current} onChange=${onTab} label="About the step">${content(current)}<//>
  </section>`;

  /** @param {string} which */
  function content(which) {
    if (which === 'findings') return html`<${FindingsTab} seq=${step.seq} report=${report} onOpen=${onOpen} />`;
    if (which === 'training') return html`<${TrainingTab} seq=${step.seq} understanding=${understanding} consented=${session.consent.purposes.includes('training')} />`;
    if (which === 'review') return html`<${ReviewTab} step=${step} reviewing=${reviewing} understanding=${understanding} />`;
    if (step.kind !== 'interaction') return html`<${Nothing}>${step.words}<//>`;
    if (!place) return html`<${Loading} />`;
    if (which === 'selectors') return html`<${SelectorsTab} place=${place} tests=${understanding?.selectorTests.filter((test) => test.seq === step.seq) ?? []} />`;
    if (which === 'page') return html`<${PageTab} place=${place} />`;
    if (which === 'masking') return html`<${MaskingTab} place=${place} session=${session} />`;
    if (which === 'intent') return html`<${IntentTab} place=${place} understanding=${understanding} relabelled=${reviewing.intentOf(step.seq)} report=${report} />`;
    return html`<${ActionTab} place=${place} step=${step} />`;
  }
}
