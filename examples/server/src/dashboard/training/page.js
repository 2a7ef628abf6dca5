// Trainings: which were begun, where each stands, and what came of it.

import { api } from '../lib/api.js';
import { useLoad } from '../lib/load.js';
import { Empty, Show } from '../parts/states.js';
import { Bar } from '../shell.js';
import { html, useEffect } from '../ui.js';
import { isOver, TrainingCard } from './training.js';

const LOOK_AGAIN = 5_000;

export function TrainingPage() {
  const loaded = useLoad((signal) => api.json('/v1/trainings', signal), []);
  const running = (loaded.value?.trainings ?? []).some((/** @type {import('../lib/types.js').Training} */ one) => !isOver(one));
  useEffect(() => {
    if (!running || loaded.state === 'loading') return;
    const timer = setTimeout(loaded.again, LOOK_AGAIN);
    return () => clearTimeout(timer);
  }, [running, loaded.state]);
  return html`<${Bar} title="Training" />
    <main id="main" tabindex="-1">
      <${Show} loaded=${loaded}>
        ${(/** @type {{ trainings: import('../lib/types.js').Training[] }} */ { trainings }) =>
          trainings.length === 0
            ? html`<${Empty} icon="training" title="No training yet">A training is begun by the command <code>codesight-server train --data-dir FOLDER ARCHIVE…</code>, which also tells how it goes.<//>`
            : html`<div class="page">${trainings.map((training) => html`<${TrainingCard} key=${training.run} training=${training} />`)}</div>`}
      <//>
    </main>`;
}
