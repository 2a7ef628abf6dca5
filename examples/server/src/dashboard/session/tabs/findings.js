// What is to be known of this step, and of the session as a whole.

import { Meter } from '../../parts/meter.js';
import { words } from '../../lib/format.js';
import { html } from '../../ui.js';
import { Nothing, Part } from './part.js';

/** @typedef {import('../../lib/types.js').Finding} Finding */

/** @param {{ seq: number, report: import('../../lib/types.js').QualityReport, onOpen: (seq: number) => void }} properties */
export function FindingsTab({ seq, report, onOpen }) {
  const all = report.findings ?? [];
  const here = all.filter((finding) => finding.place?.seq === seq);
  const whole = all.filter((finding) => finding.place?.seq == null);
  const elsewhere = all.filter((finding) => finding.place?.seq != null && finding.place.seq !== seq);
  return html`<${Part} title="At this step" count=${here.length}>
      ${here.length > 0 ? html`<${List} findings=${here} />` : html`<${Nothing}>Nothing was found wrong here.<//>`}
    <//>
    ${whole.length > 0 && html`<${Part} title="Of the session" count=${whole.length}><${List} findings=${whole} /><//>`}
    ${report.score?.parts?.length
      ? html`<${Part} title="The score">
          <ul class="lines">${report.score.parts.map((part) => html`<li><span>${words(part.name)}</span><span class="faint number">${Math.round((part.weight ?? 0) * 100)} %</span><span class="push"><${Meter} score=${(part.score ?? 0) * 100} label=${words(part.name)} /></span></li>`)}</ul>
        <//>`
      : null}
    ${report.improvements?.length
      ? html`<${Part} title="To do better">
          <ul class="advice">${report.improvements.map((one) => html`<li>${one.advice}<span class="faint number"> +${one.points.toFixed(1)}</span></li>`)}</ul>
        <//>`
      : null}
    ${elsewhere.length > 0 && html`<${Part} title="At other steps" count=${elsewhere.length}><${List} findings=${elsewhere.slice(0, 100)} onOpen=${onOpen} /><//>`}`;
}

/** @param {{ findings: Finding[], onOpen?: (seq: number) => void }} properties */
function List({ findings, onOpen }) {
  return html`<ul class="findings">
    ${findings.map(
      (finding) => html`<li class=${finding.severity}>
        <div class="row"><span class=${`badge ${finding.severity}`}>${words(finding.severity)}</span><code>${finding.rule}</code>
          ${onOpen && finding.place?.seq != null && html`<button type="button" class="button plain small push" onClick=${() => onOpen(/** @type {number} */ (finding.place?.seq))}>Step ${finding.place.seq}</button>`}
        </div>
        <p>${finding.message}</p>
        ${finding.place?.field && html`<p class="hint"><code>${finding.place.field}</code></p>`}
      </li>`,
    )}
  </ul>`;
}
