import { h } from '../dom.js';

const chosenIn = (group) => group.querySelector('input:checked')?.value;

/** Swatches; the first color is chosen. */
export function colorChoice(product, onChange) {
  const shown = h('span', { class: 'option-value' }, Object.keys(product.colors)[0]);
  const swatches = Object.entries(product.colors).map(([name, hex], at) => {
    const dot = h('span', { class: 'swatch-dot' });
    dot.style.background = hex;
    return h('label', { class: 'swatch', title: name },
      h('input', { class: 'hidden-input', type: 'radio', name: 'color', value: name, checked: at === 0, 'aria-label': name }), dot);
  });
  const element = h('fieldset', {
    class: 'option', on: { change: (event) => { shown.textContent = event.target.value; onChange(event.target.value); } },
  }, h('legend', { class: 'option-title' }, 'Color: ', shown), h('div', { class: 'option-row' }, swatches));
  return { element, value: () => chosenIn(element) };
}

/** Sizes; none is chosen at first, because nobody can guess it. */
export function sizeChoice(product) {
  const error = h('p', { class: 'field-error', role: 'alert', hidden: true }, 'Choose a size.');
  const pills = product.sizes.map((size) => h('label', { class: 'pill' },
    h('input', { class: 'hidden-input', type: 'radio', name: 'size', value: size }), h('span', { class: 'pill-text' }, size)));
  const element = h('fieldset', { class: 'option', on: { change: () => { error.hidden = true; } } },
    h('legend', { class: 'option-title' }, 'Size'), h('div', { class: 'option-row' }, pills), error);
  const value = () => chosenIn(element);
  return {
    element,
    value,
    isValid() {
      error.hidden = Boolean(value());
      return error.hidden;
    },
  };
}
