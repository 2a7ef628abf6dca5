import { h } from '../dom.js';
import { themedSheet } from '../theme.js';

const styles = themedSheet(`
  :host { display: inline-block; }
  .stepper { display: flex; border: 1px solid #b9b1a4; border-radius: 8px; background: #fff; overflow: hidden; }
  .step { width: 42px; height: 42px; border: 0; background: #fff; color: #1f2a24; font-family: inherit; font-size: 18px; font-weight: 600; line-height: 1; cursor: pointer; }
  .step:hover { background: #f1ece3; }
  .step:disabled { color: #b5b0a7; cursor: default; background: #fff; }
  .step:focus-visible, .number:focus-visible { outline: 3px solid #2f5d50; outline-offset: -3px; }
  .number { width: 44px; border: 0; border-inline: 1px solid #e4ddd2; text-align: center; font: inherit; color: #1f2a24; background: #fff; }
`);

/**
 * A number with a minus and a plus button, in an OPEN shadow root: scripts reach inside through `shadowRoot`.
 * Fires `change` when the person changed the number; `max` and `label` are attributes.
 */
class QuantityStepper extends HTMLElement {
  #number = h('input', { class: 'number', inputmode: 'numeric', autocomplete: 'off', on: { change: () => this.#choose(Number(this.#number.value)) } });
  #less = h('button', { class: 'step', type: 'button', 'aria-label': 'Decrease quantity', on: { click: () => this.#choose(this.value - 1) } }, '−');
  #more = h('button', { class: 'step', type: 'button', 'aria-label': 'Increase quantity', on: { click: () => this.#choose(this.value + 1) } }, '+');

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styles];
    root.append(h('div', { class: 'stepper', role: 'group' }, this.#less, this.#number, this.#more));
  }

  connectedCallback() {
    this.#number.setAttribute('aria-label', this.getAttribute('label') ?? 'Quantity');
    this.value = this.value;
  }

  get value() {
    return Number(this.getAttribute('value') ?? 1);
  }

  set value(wanted) {
    const largest = Number(this.getAttribute('max') ?? 10);
    const value = Number.isInteger(wanted) ? Math.min(largest, Math.max(1, wanted)) : this.value;
    this.setAttribute('value', value);
    this.#number.value = value;
    this.#less.disabled = value <= 1;
    this.#more.disabled = value >= largest;
  }

  #choose(wanted) {
    this.value = wanted;
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

customElements.define('quantity-stepper', QuantityStepper);
