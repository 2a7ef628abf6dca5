// Which sessions are listed. The choice stands in the address, so that it can be sent to somebody.

import { setQuery } from '../lib/route.js';
import { Segments } from '../parts/segments.js';
import { html } from '../ui.js';

/** @type {[string, string][]} */
const STATUSES = [['', 'All'], ['active', 'Recording'], ['processing', 'Processing'], ['completed', 'Completed'], ['failed', 'Failed']];
/** @type {[string, string][]} */
const QUALITIES = [['', 'Any quality'], ['50', '50 and better'], ['75', '75 and better'], ['90', '90 and better']];
/** @type {[string, string][]} */
const TIMES = [['', 'Any time'], ['1', 'Last 24 hours'], ['7', 'Last 7 days'], ['30', 'Last 30 days'], ['365', 'Last year']];
const DAY = 86_400_000;

/** The filters as the server's query. @param {URLSearchParams} query */
export function toServerQuery(query) {
  const wanted = new URLSearchParams();
  for (const [ours, theirs] of [['status', 'status'], ['quality', 'minQuality'], ['collector', 'collector']]) {
    const value = query.get(ours);
    if (value) wanted.set(theirs, value);
  }
  const days = Number(query.get('days'));
  // To the hour, so that the same filter is the same question for a while.
  if (days > 0) wanted.set('from', String(Math.floor((Date.now() - days * DAY) / 3_600_000) * 3_600_000));
  return wanted.toString();
}

/** @param {{ query: URLSearchParams }} properties */
export function Filters({ query }) {
  /** @param {string} name @param {string} label @param {[string, string][]} options */
  const select = (name, label, options) => html`<select class="input" aria-label=${label} value=${query.get(name) ?? ''} onChange=${(/** @type {any} */ event) => setQuery({ [name]: event.target.value })}>
    ${options.map(([value, words]) => html`<option value=${value} selected=${value === (query.get(name) ?? '')}>${words}</option>`)}
  </select>`;
  return html`<div class="filters" role="search" aria-label="Filter sessions">
    <${Segments} label="Status" options=${STATUSES} value=${query.get('status') ?? ''} onChange=${(/** @type {string} */ status) => setQuery({ status })} />
    ${select('quality', 'Quality', QUALITIES)} ${select('days', 'Began', TIMES)}
    <input class="input" type="search" placeholder="Collector" aria-label="Collector, by its whole name" value=${query.get('collector') ?? ''} onChange=${(/** @type {any} */ event) => setQuery({ collector: event.target.value.trim() })} />
    ${query.toString() && html`<button type="button" class="button plain" onClick=${() => setQuery({ status: null, quality: null, days: null, collector: null })}>Clear</button>`}
  </div>`;
}
