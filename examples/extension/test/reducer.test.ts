// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { RawEvent } from '../src/capture/raw.ts';
import { type Action, Reducer } from '../src/capture/reducer.ts';

let clock: number;
let actions: Action<number>[];
let retyped: string[];
let reacted: boolean;
let scroll: { x: number; y: number };
let reducer: Reducer<number>;
let button: HTMLElement;
let field: HTMLInputElement;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<form><label>Size <input type="radio" id="choice"></label><input id="field"><textarea></textarea><select><option>A</option></select></form><button id="button" aria-haspopup="menu"><b>Go</b></button>';
  [button, field] = [document.getElementById('button')!, document.getElementById('field') as HTMLInputElement];
  [clock, actions, retyped, reacted, scroll] = [1_000, [], [], false, { x: 0, y: 0 }];
  reducer = new Reducer<number>({
    moment: () => clock, emit: (action) => actions.push(action), retype: (type) => retyped.push(type), hasReacted: () => reacted, scrollOf: () => scroll, now: () => clock,
    later: (task, ms) => { setTimeout(task, ms); },
  });
});

const play = (type: string, target: Element, more: Partial<RawEvent> = {}) => {
  clock += more.at ?? 20;
  reducer.take({ type, isTrusted: true, target, innermost: target, point: { x: 5, y: 5 }, button: 0, detail: 1, ...more, at: clock });
};
const key = (name: string, target: Element, keys = [name]) => play('keydown', target, { key: name, keys });
const wait = (ms: number) => { clock += ms; vi.advanceTimersByTime(ms); };
const press = (target: Element, more: Partial<RawEvent> = {}) => {
  play('pointerdown', target, more);
  play('pointerup', target, more);
  play('click', target, more);
};
const told = () => actions.map(({ type }) => type);

test('a click begins when it was pressed', () => {
  press(button);
  expect(actions).toMatchObject([{ type: 'click', at: 1_020, moment: 1_020, details: { button: 'left', isTrusted: true } }]);
});

test('a click on a label is one click, although the browser makes two', () => {
  const label = document.querySelector('label')!;
  press(label);
  play('click', document.getElementById('choice')!, { detail: 1 });
  expect(told()).toEqual(['click']);
});

test('what a script does in the wake of a person is not another action; what it does alone is', () => {
  press(button);
  play('click', field, { isTrusted: false, at: 5 });
  expect(told()).toEqual(['click']);
  wait(1_000);
  play('click', field, { isTrusted: false });
  expect(actions[1]).toMatchObject({ type: 'click', confidence: 0.5, details: { isTrusted: false } });
});

test('a double click is the first click told anew', () => {
  press(button);
  press(button, { detail: 2 });
  play('dblclick', button, { detail: 2 });
  expect(told()).toEqual(['click']);
  expect(retyped).toEqual(['doubleClick']);
});

test('typing is one input, told when the person goes on', () => {
  for (const letter of 'mug') {
    key(letter, field);
    play('input', field, { inputType: 'insertText' });
  }
  expect(told()).toEqual([]);
  press(button);
  expect(told()).toEqual(['input', 'click']);
  expect(actions[0]).toMatchObject({ at: 1_020, moment: 1_020, value: 'field', details: { rawEvents: 6 } });
});

test('moving through a text changes nothing and is no input', () => {
  key('ArrowLeft', field);
  key('End', field);
  press(button);
  expect(told()).toEqual(['click']);
});

test('Enter that sends a form is a submission, and the button the browser presses for it is not', () => {
  key('m', field);
  play('input', field);
  key('Enter', field);
  play('click', button, { detail: 0, at: 1 });
  play('submit', document.querySelector('form')!, { at: 1 });
  wait(5);
  expect(told()).toEqual(['input', 'submit']);
  expect(actions[1]).toMatchObject({ target: field, details: { keys: ['Enter'] } });
});

test('keys are told with their modifiers, repeats once, and copying by its own event', () => {
  key('Escape', button);
  wait(1);
  key('s', button, ['Control', 's']);
  key('s', button, ['Control', 's']);
  wait(1);
  key('Shift', button);
  key('c', field, ['Control', 'c']);
  wait(1);
  expect(actions.map(({ details }) => details.keys)).toEqual([['Escape'], ['Control', 's'], ['Control', 's']]);
});

test('opening a list and choosing is one selection', () => {
  const list = document.querySelector('select')!;
  press(list);
  play('change', list);
  expect(told()).toEqual(['select']);
  expect(actions[0]).toMatchObject({ at: 1_020, value: 'field' });
});

test('opening a list without choosing was still a click', () => {
  press(document.querySelector('select')!);
  press(button);
  expect(told()).toEqual(['click', 'click']);
});

test('the click with which a list answers a choice is nobody’s', () => {
  const list = document.querySelector('select')!;
  press(list);
  wait(900);
  play('change', list);
  play('click', list, { detail: 0 });
  expect(told()).toEqual(['select']);
});

test('choosing by an arrow key is a selection and no key', () => {
  const list = document.querySelector('select')!;
  key('ArrowDown', list);
  play('change', list, { at: 1 });
  wait(5);
  expect(told()).toEqual(['select']);
});

test('a gesture of the wheel is one scroll from where the page rested', () => {
  play('wheel', button);
  scroll = { x: 0, y: 300 };
  play('scroll', document.documentElement);
  play('wheel', button);
  scroll = { x: 0, y: 500 };
  play('scroll', document.documentElement);
  wait(260);
  wait(260);
  expect(actions).toMatchObject([{ type: 'scroll', details: { scrollX: 0, scrollY: 500 } }]);
});

test('a page that scrolls by itself did nothing for the person', () => {
  scroll = { x: 0, y: 700 };
  play('scroll', document.documentElement);
  wait(600);
  expect(told()).toEqual([]);
  play('wheel', button);
  scroll = { x: 0, y: 900 };
  wait(300);
  wait(300);
  expect(actions).toMatchObject([{ type: 'scroll', details: { scrollY: 200 } }]);
});

test('a field that scrolls back when the person presses elsewhere was not scrolled; the bar of a page was', () => {
  play('pointerdown', button);
  scroll = { x: -160, y: 0 };
  play('scroll', field);
  play('pointerup', button);
  play('click', button);
  wait(400);
  expect(told()).toEqual(['click']);
  play('pointerdown', document.documentElement);
  scroll = { x: 0, y: 240 };
  play('scroll', document.documentElement);
  wait(400);
  expect(told()).toEqual(['click', 'scroll']);
});

test('a space in a text does not make the page’s own scrolling the person’s', () => {
  key(' ', field);
  play('input', field);
  scroll = { x: 0, y: 80 };
  play('scroll', document.documentElement);
  wait(600);
  reducer.flush();
  expect(told()).toEqual(['input']);
});

test('pressing, moving far and letting go is a drag with its path', () => {
  play('pointerdown', button);
  play('pointermove', button, { point: { x: 60, y: 5 } });
  play('pointerup', button, { point: { x: 120, y: 5 } });
  wait(1);
  expect(actions).toMatchObject([{ type: 'drag', details: { path: [{ x: 5, y: 5 }, { x: 60, y: 5 }, { x: 120, y: 5 }] } }]);
});

test('a hand that slips a little still clicks', () => {
  play('pointerdown', button);
  play('pointerup', button, { point: { x: 25, y: 5 } });
  play('click', button, { at: 0 });
  wait(1);
  expect(told()).toEqual(['click']);
});

test('a pasted text is a paste and not typing as well', () => {
  reducer.paste({ type: 'paste', at: clock, isTrusted: true, target: field, innermost: field }, 'secret');
  play('input', field, { inputType: 'insertFromPaste' });
  press(button);
  expect(actions).toMatchObject([{ type: 'paste', value: { pasted: 'secret' } }, { type: 'click' }]);
});

test('hovering matters only where the page reacts', () => {
  play('pointerover', button);
  wait(500);
  expect(told()).toEqual([]);
  play('pointerover', field);
  reacted = true;
  play('pointerover', button);
  wait(500);
  expect(told()).toEqual(['hover']);
});
