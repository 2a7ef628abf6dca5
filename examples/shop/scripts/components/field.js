import { h } from '../dom.js';

const emailShape = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/;

/** Checks give the sentence to show, or nothing when the value will do. */
export const checks = {
  filled: (message) => (value) => (value ? undefined : message),
  email: (value) => (emailShape.test(value) ? undefined : 'Enter an e-mail address, such as name@example.com.'),
  atLeast: (length, message) => (value) => (value.length >= length ? undefined : message),
  matches: (shape, message) => (value) => (shape.test(value) ? undefined : message),
};

function report(field, message) {
  const control = field.control;
  field.error.textContent = message ?? '';
  field.error.hidden = !message;
  if (message) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
}

/**
 * A label, a control and the place of its error. `tag` is `input`, `textarea` or `select` (then with `options`);
 * the other attributes go to the control. Gives `{ element, control, isValid }`.
 */
export function field({ name, label, hint, tag = 'input', options = [], check, width = 'full', ...attributes }) {
  const id = `field-${name}`;
  const choices = options.map((option) => h('option', { value: option }, option));
  const control = h(tag, {
    class: 'control', id, name, 'aria-describedby': `${id}-error`, ...(tag === 'input' && { type: 'text' }), ...attributes,
  }, choices);
  const error = h('p', { class: 'field-error', id: `${id}-error`, hidden: true });
  const made = {
    control,
    error,
    element: h('div', { class: `field field-${width}` },
      h('label', { class: 'field-label', for: id }, label, !check && tag !== 'select' && h('span', { class: 'field-optional' }, ' (optional)')),
      control, hint && h('p', { class: 'field-hint' }, hint), error),
    isValid() {
      const message = check?.(control.value.trim());
      report(made, message);
      return !message;
    },
  };
  // An error goes away while it is being mended, but a new one waits until the form is sent.
  control.addEventListener('input', () => { if (control.hasAttribute('aria-invalid')) made.isValid(); });
  return made;
}

/** Shows every error at once and moves to the first. */
export function allValid(fields) {
  const invalid = fields.filter((each) => !each.isValid());
  invalid[0]?.control.focus();
  return invalid.length === 0;
}
