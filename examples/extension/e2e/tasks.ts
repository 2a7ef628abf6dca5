import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { pause } from './harness.ts';
import type { Person } from './person.ts';

/** Pages that others wrote, each a small task that judges by itself whether it was done: the package `miniwob` of PyPI. */
const places = [process.env.MINIWOB, process.env.CODESIGHT_CORPORA && join(process.env.CODESIGHT_CORPORA, 'miniwob/html'), fileURLToPath(new URL('../../../target/miniwob/miniwob/html', import.meta.url))];

/** The folder with the tasks; says aloud when there is none. */
export function findTasks(): string | undefined {
  const folder = places.find((place) => place && existsSync(join(place, 'miniwob/click-test.html')));
  if (!folder) console.log('SKIPPED: the tasks of miniwob, because they are neither in target/miniwob nor below CODESIGHT_CORPORA (pip install --target target/miniwob miniwob==1.1.0, or set MINIWOB to its folder html)');
  return folder;
}

/** Words in quotation marks in the sentence that sets the task. */
export const quoted = (query: string) => [...query.matchAll(/"([^"]*)"/g)].map(([, words]) => words!);
const button = (page: Page, name: string) => page.locator('#area').getByRole('button', { name, exact: true }).first();

async function tick(person: Person, query: string): Promise<void> {
  const wanted = /Select (.*) and click/.exec(query)![1]!;
  for (const name of wanted === 'nothing' ? [] : wanted.split(', ')) await person.click(person.page.locator('#boxes label', { hasText: new RegExp(`^\\s*${name}\\s*$`) }), name);
  await person.click(button(person.page, 'Submit'), 'submit');
}

async function search(person: Person, query: string): Promise<void> {
  const { page } = person;
  await person.type(page.locator('#search-text'), quoted(query)[0]!, 'words to search');
  await person.click(page.locator('#search'), 'search');
  const position = Number(/click the (\d+)/.exec(query)![1]) - 1;
  if (position >= 3) await person.click(page.locator('#pagination').getByText(String(Math.floor(position / 3) + 1), { exact: true }), 'another page of results');
  await person.click(page.locator('#page-content a').nth(position % 3), 'the result');
}

async function choose(person: Person, query: string): Promise<void> {
  const list = person.page.locator('#options');
  const names = await list.locator('option').allInnerTexts();
  const wanted = names.indexOf(/Select (.*) from the list/.exec(query)![1]!);
  for (let at = 0; at < wanted; at += 1) await person.choose(list, names[at + 1]!);
  await person.click(button(person.page, 'Submit'), 'submit');
}

async function enter(person: Person, fields: string[], values: string[], name: string): Promise<void> {
  for (const [at, field] of fields.entries()) await person.type(person.page.locator(field), values[at]!, field);
  await person.click(button(person.page, name), name);
}

/** How a person does each task, told what its sentence says. */
export const solutions: { [task: string]: (person: Person, query: string) => Promise<void> } = {
  'click-test': (person) => person.click(button(person.page, 'Click Me!'), 'the button'),
  'click-button': (person, query) => person.click(button(person.page, quoted(query)[0]!), 'the button'),
  'click-link': (person, query) => person.click(person.page.locator('#area .alink', { hasText: quoted(query)[0]! }).first(), 'the link'),
  'click-dialog': (person) => person.click(person.page.locator('.ui-dialog-titlebar-close'), 'the cross'),
  'click-tab': (person, query) => person.click(person.page.locator('#area li', { hasText: /Tab #\d/.exec(query)![0] }), 'the tab'),
  'click-checkboxes': tick,
  'click-option': tick,
  'click-collapsible': async (person) => {
    await person.click(person.page.locator('#area h3'), 'the section');
    await pause(700);
    await person.click(button(person.page, 'Submit'), 'submit');
  },
  'choose-list': choose,
  'enter-text': (person, query) => enter(person, ['#tt'], quoted(query), 'Submit'),
  'enter-password': (person, query) => enter(person, ['#password', '#verify'], [...quoted(query), ...quoted(query)], 'Submit'),
  'login-user': (person, query) => enter(person, ['#username', '#password'], quoted(query), 'Login'),
  'use-spinner': async (person, query) => {
    const wanted = Number(/Select (-?\d+)/.exec(query)![1]);
    for (let at = 0; at < Math.abs(wanted); at += 1) await person.click(person.page.locator(wanted > 0 ? '.ui-spinner-up' : '.ui-spinner-down'), 'one more');
    await person.click(button(person.page, 'Submit'), 'submit');
  },
  'search-engine': search,
};
