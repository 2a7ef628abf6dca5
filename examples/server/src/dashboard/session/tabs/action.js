// What was done, to what, and what changed afterwards.

import { duration, percent, words } from '../../lib/format.js';
import { html } from '../../ui.js';
import { Facts, Part } from './part.js';

/** @param {{ place: import('../../lib/types.js').Place, step: import('../../lib/types.js').Step }} properties */
export function ActionTab({ place, step }) {
  const { action = {}, element, coordinates, userContext, stateChanges = [] } = place;
  return html`<${Part} title="Action">
      <${Facts} facts=${[
        ['Kind', words(place.type)],
        ['Text', action.text && html`<q>${action.text}</q>`],
        ['Keys', action.keys?.length && action.keys.map((key) => html`<kbd>${key}</kbd> `)],
        ['Scrolled', (action.scrollX || action.scrollY) && `${Math.round(action.scrollX ?? 0)} right, ${Math.round(action.scrollY ?? 0)} down (CSS px)`],
        ['To', action.url && html`<code>${action.url}</code>`],
        ['Cause', action.cause && words(action.cause)],
        ['At', coordinates && html`<span class="number">${Math.round(coordinates.x)}, ${Math.round(coordinates.y)}</span>`],
        ['Took', action.durationMs != null && duration(action.durationMs)],
        ['After the last', step.durationMs == null && place.derived?.sincePreviousMs == null ? null : duration(place.derived?.sincePreviousMs ?? userContext?.sincePreviousMs)],
        ['Hesitated', userContext?.hesitationMs != null && duration(userContext.hesitationMs)],
        ['Raw events', action.rawEvents],
        ['By a person', action.isTrusted == null ? null : action.isTrusted ? 'Yes, says the browser' : 'No, says the browser'],
        ['Sure', place.confidence != null && percent(place.confidence)],
        ['Why, in their words', userContext?.rationale && html`<q>${userContext.rationale}</q>`],
      ]} />
    <//>
    ${element &&
    html`<${Part} title="Element">
      <${Facts} facts=${[
        ['Tag', html`<code>${element.tag}${element.inputType ? `[${element.inputType}]` : ''}</code>`],
        ['Role', element.role],
        ['Name', element.name && html`<q>${element.name}</q>`],
        ['Text', element.text && element.text !== element.name && html`<q>${element.text}</q>`],
        ['Value', element.value && html`<code>${element.value}</code>`],
        ['Region', place.derived?.region && words(place.derived.region)],
        ['Frame of', element.frameOrigin && html`<code>${element.frameOrigin}</code>`],
        ['Shadow root', element.shadowRoot],
        ['State', [element.focused && 'focused', element.disabled && 'disabled', element.checked && 'checked'].filter(Boolean).join(', ')],
        ['Box', element.box && html`<span class="number">${Math.round(element.box.width)} × ${Math.round(element.box.height)} at ${Math.round(element.box.x)}, ${Math.round(element.box.y)}</span>`],
      ]} />
    <//>`}
    ${stateChanges.length > 0 &&
    html`<${Part} title="What changed" count=${stateChanges.length}>
      <ul class="changes">
        ${stateChanges.slice(0, 40).map(
          (change) => html`<li><span class="badge bare">${words(change.kind)}</span>${change.count && change.count > 1 ? html`<span class="number faint">×${change.count}</span>` : null}<code class="truncate">${change.target ?? change.property ?? ''}</code>${change.after != null ? html`<span class="truncate soft">${change.after}</span>` : null}</li>`,
        )}
      </ul>
    <//>`}`;
}
