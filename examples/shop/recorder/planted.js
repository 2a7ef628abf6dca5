import { planted } from './person-data.js';

/** Every text in a value, with its place; positions in lists are left out. @param {unknown} value @param {string} place @returns {Generator<[string, string]>} */
function* textsIn(value, place = '') {
  if (typeof value === 'string') yield [place, value];
  else if (Array.isArray(value)) for (const each of value) yield* textsIn(each, `${place}[]`);
  else if (value && typeof value === 'object') for (const [key, each] of Object.entries(value)) yield* textsIn(each, place ? `${place}.${key}` : key);
}

/** Where the planted values really are in a recording: one entry for each value and surface. */
export function plantedIn(messages) {
  const texts = messages.flatMap(({ text }) => (text?.interactions ?? []).flatMap((interaction) => [...textsIn(interaction)]));
  return planted.flatMap(({ value, kind, foundBy }) => {
    const surfaces = new Set(texts.filter(([, text]) => text.includes(value)).map(([place]) => place));
    return [...surfaces].sort().map((surface) => ({ value, kind, surface, foundBy }));
  });
}
