// What a model is taught by this step, and the line it is taught with.

import { percent } from '../../lib/format.js';
import { html, useState } from '../../ui.js';
import { Facts, Nothing, Part } from './part.js';

/** @param {{ seq: number, understanding: import('../../lib/types.js').Understanding | undefined, consented: boolean }} properties */
export function TrainingTab({ seq, understanding, consented }) {
  const [copied, setCopied] = useState(false);
  if (!consented) return html`<${Nothing}>The person did not agree to training: there are no lines.<//>`;
  if (!understanding) return html`<${Nothing}>Lines are made once the session is processed.<//>`;
  const one = understanding.lines.find((line) => line.seq === seq);
  if (!one) return html`<${Nothing}>No line is made of this step: it cannot be used, or is part of the one before.<//>`;
  const line = one.line;
  const copy = () => {
    navigator.clipboard?.writeText(line ?? '').then(() => setCopied(true), () => {});
    setTimeout(() => setCopied(false), 1_500);
  };
  return html`<${Part} title="Example">
      <${Facts} facts=${[['Worth', percent(one.trainingValue)], ['Complexity', percent(one.complexity)], ['Why', one.rationale]]} />
    <//>
    <${Part} title="Taught actions" count=${one.actions.length}>
      <ol class="lines">${one.actions.map((action) => html`<li><code>${JSON.stringify(action)}</code></li>`)}</ol>
    <//>
    ${line &&
    html`<${Part} title="Line">
      <div class="row"><span class="hint">OpenAI’s chat format, images by their path in the archive</span><button type="button" class="button small push" onClick=${copy}>${copied ? 'Copied' : 'Copy'}</button></div>
      <pre class="line" tabindex="0" aria-label="The training line">${pretty(line)}</pre>
    <//>`}`;
}

/** @param {string} line */
function pretty(line) {
  try {
    return JSON.stringify(JSON.parse(line), null, 2);
  } catch {
    return line;
  }
}
