import { brands, categories } from '../catalog/catalog.js';
import { h } from '../dom.js';
import { ordered } from '../theme.js';

const group = (title, ...content) => h('fieldset', { class: 'filter' }, h('legend', { class: 'filter-title' }, title), content);

const choice = (type, name, value, label, checked) => h('label', { class: 'choice' },
  h('input', { type, name, value, checked }), h('span', {}, label));

const amount = (name, label, value) => h('label', { class: 'amount' }, h('span', { class: 'amount-label' }, label),
  h('input', { class: 'control', type: 'number', name, min: '0', step: '1', inputmode: 'numeric', placeholder: '$', value }));

/** The filter form; `onChange` gets the parts of the query that it decides. */
export function filterForm(query, onChange) {
  const read = () => {
    const values = new FormData(form);
    const number = (name) => (values.get(name) ? Number(values.get(name)) : undefined);
    onChange({
      category: values.get('category'), brands: values.getAll('brand'), min: number('min'), max: number('max'), rating: number('rating'),
    });
  };
  const form = h('form', {
    class: 'filters', id: 'filters', 'aria-label': 'Filters', on: { change: read, submit: (event) => { event.preventDefault(); read(); } },
  }, ordered([2, 0, 3, 1],
    group('Category', choice('radio', 'category', '', 'All', !query.category),
      categories.map(({ key, label }) => choice('radio', 'category', key, label, query.category === key))),
    group('Price', h('div', { class: 'amounts' }, amount('min', 'From', query.min), amount('max', 'To', query.max))),
    group('Brand', brands.map((brand) => choice('checkbox', 'brand', brand, brand, query.brands.includes(brand)))),
    group('Customer rating', choice('radio', 'rating', '', 'Any', query.rating === undefined),
      [4.7, 4.5, 4].map((least) => choice('radio', 'rating', least, `${least} and up`, query.rating === least)))));
  return form;
}
