// One training: its figures, its curve, what the service reported, and what recorded steps say of the model.

import { counted, number, percent, when, words } from '../lib/format.js';
import { html } from '../ui.js';
import { Curve } from './curve.js';

/** @typedef {import('../lib/types.js').Training} Training */

const BADGES = { succeeded: 'good', failed: 'bad', cancelled: 'warn', paused: 'warn' };

/** Whether nothing more will come. @param {Training} training */
export const isOver = ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status);

/** @param {{ training: Training }} properties */
export function TrainingCard({ training }) {
  const { run, status, model, baseModel, service, job, beganAt, error, events, losses, evaluation } = training;
  const heading = `training-${job}`;
  return html`<section class="card training" aria-labelledby=${heading}>
    <header>
      <h2 id=${heading} class="truncate" title=${run}>${model ?? baseModel}</h2>
      <span class=${`badge ${BADGES[/** @type {keyof typeof BADGES} */ (status)] ?? 'info live'}`}>${words(status)}</span>
      <span class="faint number push">${when(beganAt)}</span>
    </header>
    ${error && html`<p class="body problem">The service gave up: <code>${error}</code></p>`}
    <div class="halves">
      <div class="body"><dl class="facts">
        <dt>Begun from</dt><dd>${baseModel} at ${service}</dd>
        <dt>Job</dt><dd><code>${job}</code></dd>
        <dt>Made of</dt><dd>${counted(training.sessions, 'session')}, ${counted(training.lines, 'line')}, ${number(training.tokensAPass)} tokens a pass</dd>
        <dt>Cost</dt><dd>${cost(training)}</dd>
        <dt>Figures</dt><dd>${figures(training)}</dd>
        <dt>Evaluation</dt><dd>${evaluation ? html`${percent(evaluation.success)} of ${counted(evaluation.steps, 'step')} right (${percent(evaluation.low)} to ${percent(evaluation.high)}), ${when(evaluation.at)}; report in <code>${evaluation.report}</code>` : html`<span class="faint">Not evaluated here yet</span>`}</dd>
      </dl></div>
      <div class="body">${losses.length > 1 ? html`<${Curve} losses=${losses} />` : html`<p class="hint">${isOver(training) ? 'The service told no figures by step.' : 'The curve comes with the end of the job.'}</p>`}</div>
    </div>
    ${events.length > 0 && html`<details class="body"><summary>${counted(events.length, 'event')}: ${events[events.length - 1].message}</summary><ol class="lines">${events.map(({ at, message }) => html`<li><span class="faint number">${when(at)}</span> ${message}</li>`)}</ol></details>`}
  </section>`;
}

/** @param {Training} training */
function cost({ estimate }) {
  if (!estimate) return html`<span class="faint">No price is known for this model</span>`;
  return `about $${estimate.usd.toFixed(2)} for ${counted(estimate.epochs, 'pass', 'passes')}, by the price of ${estimate.asOf}`;
}

/** @param {Training} training */
function figures({ metrics }) {
  const known = [
    metrics.steps ? counted(metrics.steps, 'step') : '',
    metrics.trainedTokens ? `${number(metrics.trainedTokens)} tokens trained on` : '',
    metrics.trainingLoss == null ? '' : `loss ${metrics.trainingLoss.toFixed(3)}`,
    metrics.validationLoss == null ? '' : `validation loss ${metrics.validationLoss.toFixed(3)}`,
    metrics.tokenAccuracy == null ? '' : `${percent(metrics.tokenAccuracy)} of tokens right`,
  ].filter(Boolean);
  return known.length > 0 ? known.join(', ') : html`<span class="faint">None yet</span>`;
}
