// One dataset: its parts, what a training service would say of them, and what was left out.

import { api } from '../lib/api.js';
import { bytes, counted, number, when, words } from '../lib/format.js';
import { Dialog } from '../parts/dialog.js';
import { Icon } from '../parts/icon.js';
import { html, useState } from '../ui.js';

/** @param {{ dataset: import('../lib/types.js').Dataset, onChanged: () => void }} properties */
export function DatasetCard({ dataset, onChanged }) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState('');
  const heading = `dataset-${dataset.id}`;
  const remove = async () => {
    setAsking(false);
    await api.send('DELETE', `/v1/datasets/${dataset.id}`).then(onChanged, (error) => setProblem(error.message));
  };
  return html`<section class="card dataset" aria-labelledby=${heading}>
    <header>
      <h2 id=${heading} class="truncate">${dataset.recipe.name}</h2>
      <span class="faint number push">${when(dataset.madeAt)} · ${dataset.madeBy}</span>
      <button type="button" class="button small danger" onClick=${() => setAsking(true)}>Delete<span class="visually-hidden"> ${dataset.recipe.name}</span></button>
    </header>
    ${problem && html`<p class="body problem" role="alert">${problem}</p>`}
    <div class="table-box" role="region" tabindex="0" aria-label=${`Parts of ${dataset.recipe.name}`}><table class="table">
      <thead><tr><th scope="col">Part</th><th scope="col">Verdict</th><th scope="col" class="end">Lines</th><th scope="col" class="end">Size</th><th scope="col" class="end">Tokens a pass</th><th scope="col"><span class="visually-hidden">File</span></th></tr></thead>
      <tbody>${dataset.parts.map((part) => html`<tr>
        <td><b>${words(part.part)}</b></td>
        <td><span class=${`badge ${part.accepted ? 'good' : 'bad'}`}>${part.accepted ? 'Would be taken' : counted(part.errors, 'error')}</span>${part.warnings > 0 && html` <span class="badge warn">${counted(part.warnings, 'warning')}</span>`}</td>
        <td class="end number">${number(part.lines)}</td>
        <td class="end number soft">${bytes(part.bytes)}</td>
        <td class="end number soft">${number(part.tokens)}</td>
        <td class="end"><a class="button small" href=${`/v1/datasets/${dataset.id}/${part.part}`} download><${Icon} name="download" size=${14} />Lines<span class="visually-hidden"> of ${words(part.part)}, ${dataset.recipe.name}</span></a></td>
      </tr>`)}</tbody>
    </table></div>
    ${dataset.parts.some((part) => part.findings.length > 0) && html`<details class="body"><summary>What the rules say</summary><ul class="lines">${dataset.parts.flatMap((part) => part.findings.map((finding) => html`<li><span class="badge bare">${words(part.part)}</span><code>${finding}</code></li>`))}</ul></details>`}
    <p class="body hint">${contents(dataset)}</p>
    ${asking && html`<${Dialog} title="Delete this dataset" onClose=${() => setAsking(false)} footer=${html`<button type="button" class="button" onClick=${() => setAsking(false)}>Keep</button><button type="button" class="button danger" onClick=${remove}>Delete</button>`}>
      <p>The files of ${dataset.recipe.name} are deleted. The sessions stay, and the dataset can be made anew.</p>
    <//>`}
  </section>`;
}

/** @param {import('../lib/types.js').Dataset} dataset */
function contents({ sessions, leftOut, recipe }) {
  const left = [
    [leftOut.withoutConsent, 'without consent to training'],
    [leftOut.byReview, 'by review'],
    [leftOut.withoutLines, 'without a line'],
  ].filter(([count]) => Number(count) > 0);
  const said = left.length === 0 ? 'none left out' : `left out: ${left.map(([count, why]) => `${number(Number(count))} ${why}`).join(', ')}`;
  const kept = `${recipe.minQuality ? `quality ${recipe.minQuality} or more, ` : ''}${recipe.acceptedOnly ? 'accepted ones only, ' : ''}split by ${recipe.splitBy}`;
  return `${counted(sessions, 'session')}, ${said}; ${kept}.`;
}
