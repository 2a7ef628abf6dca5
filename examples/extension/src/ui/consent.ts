import { browser } from 'wxt/browser';
import { ask } from '../messages.ts';
import { giveConsent, hasPrivacyControl, purposes, readConsent, withdrawConsent } from '../session/consent.ts';
import { managedSettings } from '../session/settings.ts';
import { brand, h, show } from './dom.ts';

const recorded = ['what you click, type, choose and scroll', 'pictures of the page before and after, with private places covered', 'the parts of the page around what you act on'];
const never = ['passwords, security codes and one-time codes: they never leave the page', 'what you write into personal fields: it is replaced by a placeholder such as <NAME>', 'anything while you paused, in other tabs, or on sites you exclude'];

/** Plain words first, choices second, one button. Also the place to look it up again, and to take it back. */
export async function runConsent(): Promise<void> {
  const [consent, { consentNote }] = await Promise.all([readConsent(), managedSettings()]);
  const main = document.querySelector('main') ?? document.body.appendChild(h('main', { class: 'page' }));
  const text = h('section', { class: 'card stack', id: 'text' },
    h('p', {}, 'You choose when it runs. You press start, do your task, press finish. While it runs, the recorder’s button shows REC.'),
    consentNote ? h('p', {}, consentNote) : undefined,
    h('h2', {}, 'Recorded'), h('ul', {}, recorded.map((line) => h('li', {}, line))),
    h('h2', {}, 'Never recorded'), h('ul', {}, never.map((line) => h('li', {}, line))),
    h('h2', {}, 'Yours to change'), h('p', {}, 'You can pause, finish or delete a recording at any time, and take this agreement back on this page. Taking it back stops the recording and withdraws what was sent.'));
  show(main, brand(), h('h1', {}, 'Lend us your eyes for a task'), h('p', { class: 'quiet' }, 'This extension records how a person does a task in the browser, so that an assistant can learn it. Please read on and decide; it takes a minute.'), text,
    ...(consent ? given(consent.purposes, consent.givenAt) : choices(text)));
}

function choices(text: HTMLElement): Node[] {
  const control = hasPrivacyControl();
  const boxes = purposes.map(({ key, title, text: words, isOptional }) => {
    const isRefused = control && key === 'sharing';
    return h('label', { class: 'choice' }, h('input', { type: 'checkbox', name: 'purpose', value: key, id: `purpose-${key}`, disabled: isRefused }), h('span', {}, h('b', {}, title, isOptional && h('span', { class: 'quiet small' }, ' optional')), words));
  });
  const problem = h('p', { class: 'notice warning', role: 'alert', hidden: true }, 'Tick “Training” to agree: a recording that may not be used for anything would be made for nothing.');
  const agree = async () => {
    const chosen = [...document.querySelectorAll<HTMLInputElement>('[name=purpose]:checked')].map(({ value }) => value);
    problem.hidden = chosen.includes('training');
    if (!problem.hidden) return;
    await giveConsent(chosen, `${text.textContent} ${boxes.map(({ textContent }) => textContent).join(' ')}`);
    await runConsent();
  };
  return [
    h('fieldset', {}, h('legend', {}, 'You agree to'), ...boxes),
    ...(control ? [h('p', { class: 'notice', role: 'status' }, h('b', {}, 'Opt-out request honored'), 'Your browser sends Global Privacy Control. Sharing is switched off and stays off.')] : []),
    problem,
    h('div', { class: 'row' }, h('button', { id: 'agree', class: 'primary', click: () => void agree() }, 'I agree'), h('button', { id: 'decline', click: () => void window.close() }, 'Not now')),
    h('p', { class: 'small quiet' }, 'Without your agreement nothing is recorded.'),
  ];
}

function given(agreed: string[], at: number): Node[] {
  const withdraw = async () => {
    const { recording, waiting } = await ask('recorder.view', {});
    for (const { key } of [...(recording ? [recording] : []), ...waiting]) await ask('recorder.delete', { key });
    await withdrawConsent();
    await runConsent();
  };
  const titles = purposes.filter(({ key }) => agreed.includes(key)).map(({ title }) => title).join(', ');
  return [
    h('section', { class: 'card stack', role: 'status' }, h('h2', {}, 'You agreed'), h('p', {}, `On ${new Date(at).toLocaleDateString()}, to: ${titles}.`),
      h('p', {}, 'Next: open the page of your task and press the recorder’s button.'),
      h('div', { class: 'row' }, h('button', { id: 'options', class: 'primary', click: () => void browser.runtime.openOptionsPage() }, 'Set up the server'), h('button', { id: 'withdraw', class: 'danger', click: () => void withdraw() }, 'Take it back'))),
  ];
}
