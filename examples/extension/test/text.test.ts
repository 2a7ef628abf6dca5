// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest';
import { PersonalDictionary } from '../src/privacy/dictionary.ts';
import { isPlain, safeText } from '../src/privacy/elements.ts';
import { tellableText } from '../src/privacy/text.ts';

let known: PersonalDictionary;

beforeEach(() => {
  known = new PersonalDictionary('salt', []);
  known.learn('Jane Quillfeather', 'NAME');
});

function place(html: string): Element {
  document.body.innerHTML = `<main>${html}</main>`;
  return document.querySelector('main')!;
}

const told = (html: string) => safeText(tellableText(place(html)), known, 200);

describe('text that is told', () => {
  test.each([
    ['<b>Deliver to</b><span>Jane Quillfeather</span><button>Change</button>', /^Deliver to<NAME_[A-Z2-7]{4}> Change$/],
    ['<p>Hi, Jane</p><p>Sign out</p>', /^Hi, <NAME_[A-Z2-7]{4}> Sign out$/],
    ['<p>Hi, <b>J</b>ane!</p>', /^Hi, <NAME_[A-Z2-7]{4}>!$/],
    ['<span>to</span><em>Quillfeather</em><i>12</i>', /^to<NAME_[A-Z2-7]{4}>12$/],
  ])('what only the eye keeps apart is recognised: %s', (html, masked) => expect(told(html)).toMatch(masked));

  test('words and prices stay as they are read', () => {
    expect(told('<p>Stone<b>ware</b> mug</p><p><span>$</span><span>1.</span><sup>99</sup></p>')).toBe('Stoneware mug $1.99');
  });

  test('places that ask to be left alone, and what people write, are left out', () => {
    expect(told('<p>Before <i data-private>secret</i> after</p><textarea>secret</textarea><div contenteditable>secret</div>')).toBe('Before after');
  });

  test('a selector must not hang on a text in which a name is hidden by its neighbour', () => {
    const glued = place('<button><span>Jane</span><span>Sign out</span></button>').firstElementChild!;
    expect(isPlain(glued.textContent!, known)).toBe(true);
    expect(isPlain(tellableText(glued), known)).toBe(false);
  });
});
