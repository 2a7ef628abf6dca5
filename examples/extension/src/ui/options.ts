import { ask } from '../messages.ts';
import { managedSettings, readSettings, type Settings, writeSettings } from '../session/settings.ts';
import { brand, h, show } from './dom.ts';

const profiles: [Settings['captureProfile'], string, string][] = [
  ['normal', 'Normal', 'Pictures of the page at rest, at most two a second. Enough for most tasks.'],
  ['high-fidelity', 'High fidelity', 'A short memory of the tab’s video, so that the picture before each action is exact. Needs more memory.'],
  ['webp', 'Small pictures', 'As normal, in WebP: a quarter of the bytes to send. The archive of such a recording is nearly twice as large, so choose it only for slow connections.'],
  ['events-only', 'Actions only', 'No pictures at all.'],
];
const formats: [Settings['frameFormat'], string][] = [['png', 'PNG, exact (best for the archive)'], ['jpeg', 'JPEG, half the bytes to send']];

export async function runOptions(): Promise<void> {
  const [settings, managed] = await Promise.all([readSettings(), managedSettings()]);
  const isFixed = (name: keyof Settings) => name in managed;
  const main = document.querySelector('main') ?? document.body.appendChild(h('main', { class: 'page' }));
  const said = h('p', { role: 'status', class: 'small', id: 'said' });
  const connection = h('p', { role: 'status', class: 'small', id: 'connection' });
  const save = async (event: Event) => {
    event.preventDefault();
    const { values, problem } = read(form);
    if (problem) {
      said.className = 'notice warning';
      said.textContent = problem;
      return;
    }
    await writeSettings(values);
    said.className = 'notice';
    said.textContent = 'Saved.';
  };
  const form = h('form', { class: 'stack', novalidate: true, submit: (event) => void save(event) },
    h('section', { class: 'card stack' }, h('h2', {}, 'Server'),
      field('serverUrl', 'Address', 'url', settings.serverUrl, 'Begins with wss://, or ws:// on this computer. Your team tells you.', isFixed('serverUrl')),
      field('token', 'Token', 'password', settings.token, 'Says who you are to the server. Kept in this browser only.', isFixed('token')),
      h('div', { class: 'row' }, h('button', { type: 'button', id: 'check', click: () => void check(connection) }, 'Test the connection'), connection)),
    h('section', { class: 'card stack' }, h('h2', {}, 'Capture'),
      h('fieldset', { disabled: isFixed('captureProfile') }, h('legend', {}, 'Profile'), profiles.map(([value, title, text]) =>
        h('label', { class: 'choice' }, h('input', { type: 'radio', name: 'captureProfile', value, checked: settings.captureProfile === value }), h('span', {}, h('b', {}, title), text)))),
      h('div', { class: 'field' }, h('label', { for: 'frameFormat' }, 'Format of the pictures'),
        h('select', { id: 'frameFormat', name: 'frameFormat', disabled: isFixed('frameFormat') }, formats.map(([value, text]) => h('option', { value, selected: settings.frameFormat === value }, text)))),
      h('label', { class: 'choice' }, h('input', { type: 'checkbox', id: 'audio', name: 'audio', checked: settings.audio, change: (event) => void allowMicrophone(event.target as HTMLInputElement, said) }), h('span', {}, h('b', {}, 'Record what I say'), 'Thinking aloud helps to understand why you do something. Your voice is recorded while a recording runs.')),
      field('outboxMegabytes', 'Room for what is not sent yet, in megabytes', 'number', String(settings.outboxMegabytes), 'When it is full, older pictures are dropped and the recording says so. Actions are kept.', isFixed('outboxMegabytes'))),
    h('section', { class: 'card stack' }, h('h2', {}, 'Where it may record'),
      area('allowedDomains', 'Only these sites', settings.allowedDomains, 'One a line, such as shop.example. Empty means every site.', isFixed('allowedDomains')),
      area('deniedDomains', 'Never these sites', settings.deniedDomains, 'One a line, such as bank.example. Subdomains are included.', false)),
    Object.keys(managed).length > 0 && h('p', { class: 'notice' }, 'Some settings are set by your organisation and cannot be changed here.'),
    h('div', { class: 'row' }, h('button', { id: 'save', class: 'primary' }, 'Save'), said));
  show(main, brand(), h('h1', {}, 'Options'), form);
}

function field(name: keyof Settings, label: string, type: string, value: string, hint: string, disabled: boolean): HTMLElement {
  return h('div', { class: 'field' }, h('label', { for: name }, label), h('span', { class: 'hint', id: `${name}-hint` }, hint),
    h('input', { id: name, name, type, value, disabled, 'aria-describedby': `${name}-hint`, autocomplete: 'off', spellcheck: 'false', ...(type === 'number' && { min: 10, max: 5000 }) }));
}

function area(name: keyof Settings, label: string, values: string[], hint: string, disabled: boolean): HTMLElement {
  const text = h('textarea', { id: name, name, rows: 3, disabled, 'aria-describedby': `${name}-hint`, spellcheck: 'false' });
  text.value = values.join('\n');
  return h('div', { class: 'field' }, h('label', { for: name }, label), h('span', { class: 'hint', id: `${name}-hint` }, hint), text);
}

/** Reads the form; says what is wrong in the words of the form. Disabled fields are not read: they belong to the policy. */
function read(form: HTMLFormElement): { values: Partial<Settings>; problem?: string } {
  const data = new FormData(form);
  const lines = (name: string) => String(data.get(name) ?? '').split(/[\s,]+/).filter(Boolean);
  const values: Partial<Settings> = {};
  const serverUrl = data.get('serverUrl');
  if (serverUrl !== null) {
    if (serverUrl !== '' && !/^wss?:\/\/[^\s/]+/.test(String(serverUrl))) return { values, problem: 'The server address begins with wss:// or ws://.' };
    values.serverUrl = String(serverUrl).trim();
  }
  if (data.has('token')) values.token = String(data.get('token')).trim();
  if (data.has('captureProfile')) values.captureProfile = data.get('captureProfile') as Settings['captureProfile'];
  if (data.has('frameFormat')) values.frameFormat = data.get('frameFormat') as Settings['frameFormat'];
  values.audio = data.has('audio');
  if (data.has('outboxMegabytes')) {
    const megabytes = Number(data.get('outboxMegabytes'));
    if (!(megabytes >= 10 && megabytes <= 5_000)) return { values, problem: 'The room is between 10 and 5000 megabytes.' };
    values.outboxMegabytes = megabytes;
  }
  if (data.has('allowedDomains')) values.allowedDomains = lines('allowedDomains');
  values.deniedDomains = lines('deniedDomains');
  return { values };
}

/** The browser asks for the microphone only in a page the person sees. */
async function allowMicrophone(box: HTMLInputElement, said: HTMLElement): Promise<void> {
  if (!box.checked) return;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
  } catch {
    box.checked = false;
    said.className = 'notice warning';
    said.textContent = 'The browser did not allow the microphone.';
  }
}

async function check(said: HTMLElement): Promise<void> {
  said.className = 'small';
  said.textContent = 'Testing… Save first if you changed something.';
  const server = (await ask('recorder.selfTest', {})).find(({ name }) => name === 'Server');
  said.className = `notice ${server?.ok ? '' : 'warning'}`;
  said.textContent = server?.detail ?? 'The recorder did not answer.';
}
