// How the element can be found again, how far each way can be trusted, and whether it was found when it was tried.

import { words } from '../../lib/format.js';
import { Meter } from '../../parts/meter.js';
import { html } from '../../ui.js';
import { Nothing, Part } from './part.js';

/** @param {{ place: import('../../lib/types.js').Place, tests: import('../../lib/types.js').SelectorTest[] }} properties */
export function SelectorsTab({ place, tests }) {
  const set = place.selectors;
  if (!set) return html`<${Nothing}>This step is not done to an element.<//>`;
  const tried = new Map(tests.map((test) => [test.selector, test]));
  const recorded = new Map((set.reliability ?? []).map((one) => [one.selector, one]));
  const kinds = new Map((set.alternatives ?? []).map((one) => [one.value, one.kind]));
  const known = [set.primary ?? '', ...kinds.keys(), ...recorded.keys(), ...tried.keys()].filter((selector) => selector !== '');
  const all = [...new Set(known)].map((selector) => {
    const test = tried.get(selector);
    const told = recorded.get(selector);
    return {
      selector,
      kind: test?.kind ?? told?.kind ?? kinds.get(selector) ?? (selector === set.xpath ? 'xpath' : 'css-path'),
      score: test?.score ?? told?.score,
      matches: test?.matches ?? told?.matches,
      found: test?.foundTarget,
      reasons: told?.reasons ?? [],
    };
  });
  all.sort((one, other) => (other.score ?? -1) - (one.score ?? -1));
  const survivors = all.filter((one) => one.found).length;
  return html`<${Part} title="Ways to find it" count=${all.length}>
    ${tests.length > 0 && html`<p class="hint">${survivors} of ${tests.length} found the element, alone, when they were tried on the recorded page.</p>`}
    <ol class="selectors">
      ${all.map(
        (one) => html`<li class=${one.selector === set.primary ? 'primary' : ''}>
          <div class="row">
            <span class="badge bare">${words(one.kind)}</span>
            ${one.selector === set.primary && html`<span class="badge bare accent">Best when recorded</span>`}
            <span class="push">${one.score !== undefined ? html`<${Meter} score=${one.score * 100} label="Reliability" />` : html`<span class="faint">not scored</span>`}</span>
          </div>
          <code>${one.selector}</code>
          <p class="hint">${[survival(one.found, one.matches), ...one.reasons.map(words)].filter(Boolean).join(' · ')}</p>
        </li>`,
      )}
    </ol>
  <//>`;
}

/** @param {boolean | undefined} found @param {number | null | undefined} matches */
function survival(found, matches) {
  if (matches === undefined || matches === null) return found === undefined ? 'Not tried' : found ? 'Found it' : 'Did not find it';
  const told = matches === 1 ? 'Matched one element' : `Matched ${matches} elements`;
  return found === false && matches > 0 ? `${told}, not this one alone` : told;
}
