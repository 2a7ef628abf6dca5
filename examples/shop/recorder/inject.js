import { readFile } from 'node:fs/promises';

/** In the order they build on each other. */
const parts = ['shadow', 'names', 'geometry', 'sensitive', 'selectors', 'context', 'changes', 'events', 'describe'];

/** The capture script as one text. Its parts share one scope, which is closed to the page. */
export async function captureScript() {
  const sources = await Promise.all(parts.map((part) => readFile(new URL(`page/${part}.js`, import.meta.url), 'utf8')));
  return `(() => {\n${sources.join('\n')}\n})();`;
}
