// What a dataset is to be made of.

import { api } from '../lib/api.js';
import { Dialog } from '../parts/dialog.js';
import { html, useState } from '../ui.js';

/** @param {{ onClose: () => void, onBegun: () => void }} properties */
export function RecipeForm({ onClose, onBegun }) {
  const [recipe, setRecipe] = useState({ name: '', minQuality: '0', validation: '10', test: '10', splitBy: 'task', acceptedOnly: false });
  const [problem, setProblem] = useState('');
  /** @param {string} field */
  const typed = (field) => (/** @type {any} */ event) => setRecipe((before) => ({ ...before, [field]: event.target.type === 'checkbox' ? event.target.checked : event.target.value }));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    try {
      await api.send('POST', '/v1/datasets', {
        name: recipe.name.trim(),
        minQuality: Number(recipe.minQuality),
        validation: Number(recipe.validation) / 100,
        test: Number(recipe.test) / 100,
        splitBy: recipe.splitBy,
        acceptedOnly: recipe.acceptedOnly,
      });
      onBegun();
    } catch (error) {
      setProblem(/** @type {Error} */ (error).message);
    }
  };
  /** @param {string} field @param {string} label */
  const share = (field, label) => html`<div class="field"><label for=${field}>${label}</label><input id=${field} class="input" type="number" min="0" max="90" step="1" required value=${recipe[/** @type {'validation' | 'test'} */ (field)]} onInput=${typed(field)} /></div>`;
  return html`<${Dialog} title="New dataset" onClose=${onClose} footer=${html`<button type="button" class="button" onClick=${onClose}>Cancel</button><button type="submit" form="recipe" class="button primary">Make it</button>`}>
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    <form id="recipe" class="recipe" onSubmit=${submit}>
      <div class="field wide"><label for="name">Name; no names of people</label><input id="name" class="input" required maxlength="80" pattern="[A-Za-z0-9 ._\\-]+" autocomplete="off" value=${recipe.name} onInput=${typed('name')} /></div>
      <div class="field"><label for="minQuality">Quality of at least</label><input id="minQuality" class="input" type="number" min="0" max="100" step="1" required value=${recipe.minQuality} onInput=${typed('minQuality')} /></div>
      <div class="field"><label for="splitBy">Never in two parts</label><select id="splitBy" class="input" value=${recipe.splitBy} onChange=${typed('splitBy')}><option value="task">the same task</option><option value="site">the same site</option><option value="person">the same person</option></select></div>
      ${share('validation', 'For validation, %')}
      ${share('test', 'For the test, %')}
      <label class="wide row"><input type="checkbox" checked=${recipe.acceptedOnly} onChange=${typed('acceptedOnly')} />Only sessions that a reviewer accepted</label>
    </form>
    <p class="hint">Sessions that a reviewer rejected, and those of people who do not agree to training, are left out in any case.</p>
  <//>`;
}
