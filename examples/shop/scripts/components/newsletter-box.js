import { h } from '../dom.js';
import { themedSheet } from '../theme.js';
import { checks } from './field.js';

const styles = themedSheet(`
  :host { display: block; }
  .title { margin: 0 0 4px; font: 600 17px/1.3 Georgia, "DejaVu Serif", serif; color: #fff; }
  .text { margin: 0 0 12px; color: #d5ded8; }
  .row { display: flex; gap: 8px; }
  .address { flex: 1; min-width: 0; height: 42px; box-sizing: border-box; padding: 0 12px; border: 1px solid #7f978c; border-radius: 8px; background: #fff; color: #1f2a24; font: inherit; }
  .send { height: 42px; padding: 0 16px; border: 0; border-radius: 8px; background: #e9c46a; color: #1f2a24; font: inherit; font-weight: 600; cursor: pointer; }
  .send:hover { background: #f2d68f; }
  .address:focus-visible, .send:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
  .answer { margin: 10px 0 0; min-height: 21px; color: #fff; }
`);

/**
 * The newsletter form, in a CLOSED shadow root: scripts of the page see only the host. Its `data-state` is the one
 * thing that tells the outside what happened (`empty`, `refused` or `subscribed`).
 */
class NewsletterBox extends HTMLElement {
  connectedCallback() {
    if (this.dataset.state) return;
    this.dataset.state = 'empty';
    const address = h('input', { class: 'address', type: 'email', name: 'newsletter', autocomplete: 'email', placeholder: 'Your e-mail', 'aria-label': 'E-mail for the newsletter' });
    const answer = h('p', { class: 'answer', role: 'status' });
    const send = (event) => {
      event.preventDefault();
      const refusal = checks.email(address.value.trim());
      this.dataset.state = refusal ? 'refused' : 'subscribed';
      answer.textContent = refusal ?? `Thank you. We will write to ${address.value.trim()}.`;
    };
    const root = this.attachShadow({ mode: 'closed' });
    root.adoptedStyleSheets = [styles];
    root.append(
      h('p', { class: 'title' }, 'Letters, not noise'),
      h('p', { class: 'text' }, 'One letter a month: new makers, care tips, early offers.'),
      h('form', { novalidate: true, on: { submit: send } }, h('div', { class: 'row' }, address, h('button', { class: 'send' }, 'Subscribe'))),
      answer,
    );
  }
}

customElements.define('newsletter-box', NewsletterBox);
