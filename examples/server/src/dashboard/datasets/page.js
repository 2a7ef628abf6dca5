// Datasets: making one, how far it is, and those that are there with what a training service would say of them.

import { api } from '../lib/api.js';
import { counted, number } from '../lib/format.js';
import { useLoad } from '../lib/load.js';
import { Empty, Show } from '../parts/states.js';
import { Bar } from '../shell.js';
import { html, useEffect, useState } from '../ui.js';
import { DatasetCard } from './dataset.js';
import { RecipeForm } from './recipe.js';

const LOOK_AGAIN = 700;

export function DatasetsPage() {
  const loaded = useLoad((signal) => api.json('/v1/datasets', signal), []);
  const [making, setMaking] = useState(false);
  const running = (loaded.value?.builds ?? []).some((/** @type {any} */ build) => build.progress.state === 'running');
  useEffect(() => {
    if (!running || loaded.state === 'loading') return;
    const timer = setTimeout(loaded.again, LOOK_AGAIN);
    return () => clearTimeout(timer);
  }, [running, loaded.state]);
  return html`<${Bar} title="Datasets"><button type="button" class="button primary" onClick=${() => setMaking(true)}>New dataset</button><//>
    <main id="main" tabindex="-1">
      <${Show} loaded=${loaded}>
        ${(/** @type {{ datasets: import('../lib/types.js').Dataset[], builds: import('../lib/types.js').DatasetBuild[] }} */ { datasets, builds }) => html`<div class="page">
          <${Builds} builds=${builds} />
          ${datasets.length === 0 && !running
            ? html`<${Empty} icon="datasets" title="No dataset yet" action=${html`<button type="button" class="button" onClick=${() => setMaking(true)}>Make the first</button>`}>A dataset is the training lines of many sessions, split, judged by a training service's rules, and ready to be fetched.<//>`
            : datasets.map((dataset) => html`<${DatasetCard} key=${dataset.id} dataset=${dataset} onChanged=${loaded.again} />`)}
        </div>`}
      <//>
    </main>
    ${making && html`<${RecipeForm} onClose=${() => setMaking(false)} onBegun=${() => (setMaking(false), loaded.again())} />`}`;
}

/** Those under way, and the last one that came to nothing. @param {{ builds: import('../lib/types.js').DatasetBuild[] }} properties */
function Builds({ builds }) {
  const [last] = builds;
  const shown = builds.filter((build) => build.progress.state === 'running' || (build === last && build.progress.state === 'failed'));
  return html`<div role="status" class="stack">${shown.map(({ id, name, progress }) =>
    progress.state === 'failed'
      ? html`<p class="notice bad" key=${id}>${name} was not made: ${progress.detail}</p>`
      : html`<div class="card" key=${id}><div class="body stack">
          <p><b>${name}</b> <span class="soft">is being made</span> <span class="faint number">${told(progress)}</span></p>
          <progress class="progress" aria-label=${`How far ${name} is`} max=${Math.max(1, progress.total ?? 1)} value=${progress.done ?? 0}></progress>
        </div></div>`,
  )}</div>`;
}

/** @param {{ done?: number, total?: number }} progress */
function told({ done = 0, total = 0 }) {
  return total === 0 ? 'looking for sessions' : `${number(done)} of ${counted(total, 'session')} read`;
}
