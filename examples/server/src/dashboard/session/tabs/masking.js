// What was masked: boxes painted over in the frames, and values that stand-ins took the place of.

import { words } from '../../lib/format.js';
import { html } from '../../ui.js';
import { Facts, Nothing, Part } from './part.js';

const PLACEHOLDER = /<([A-Z][A-Z_]*)_[0-9A-Z]{4,8}>/g;

/** Placeholders in any text of the record, by type. @param {unknown} record */
export function placeholdersIn(record) {
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  for (const [whole, type] of JSON.stringify(record).matchAll(PLACEHOLDER)) found.set(type, (found.get(type) ?? new Set()).add(whole));
  return found;
}

/** @param {{ place: import('../../lib/types.js').Place, session: import('../../lib/types.js').Session }} properties */
export function MaskingTab({ place, session }) {
  const boxes = (place.screenshots ?? []).flatMap((frame) => (frame.redactions ?? []).map((one) => ({ ...one, relation: frame.relation })));
  const placeholders = [...placeholdersIn(place)];
  return html`<${Part} title="Painted over" count=${boxes.length}>
      ${boxes.length === 0
        ? html`<${Nothing}>No box of this step’s frames had to be painted over.<//>`
        : html`<ul class="lines">${boxes.map((box) => html`<li><span class="badge bare">${words(box.relation)}</span><span>${words(box.reason)}</span><span class="push number faint">${Math.round(box.box.width)} × ${Math.round(box.box.height)} at ${Math.round(box.box.x)}, ${Math.round(box.box.y)}</span></li>`)}</ul>`}
    <//>
    <${Part} title="Stand-ins" count=${placeholders.reduce((sum, [, all]) => sum + all.size, 0)}>
      ${placeholders.length === 0
        ? html`<${Nothing}>No personal value stands in this step.<//>`
        : html`<ul class="lines">${placeholders.map(([type, all]) => html`<li><span class="badge bare accent">${words(type)}</span><span class="standins">${[...all].map((one) => html`<code>${one}</code> `)}</span></li>`)}</ul>
            <p class="hint">The same value has the same stand-in within this session, and only there.</p>`}
    <//>
    <${Part} title="Policy">
      <${Facts} facts=${[
        ['Field', place.element?.fieldPolicy ? { drop: 'Nothing of its value is kept', pseudonymise: 'Its value is replaced by a stand-in', shape: 'Only the shape of its value is kept', keep: 'Its value is kept after detection' }[place.element.fieldPolicy] : undefined],
        ['Agreed to', session.consent.purposes.join(', ')],
        ['Consent text', session.consent.textVersion],
        ['Privacy control', session.consent.globalPrivacyControl ? 'The browser sent the signal' : undefined],
      ]} />
    <//>`;
}
