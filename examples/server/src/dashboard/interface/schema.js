// A schema in words: a type for what is small, a list of fields for what has fields.

import { html } from '../ui.js';

/** How deep fields of fields are told; a schema may contain itself. */
const DEEPEST = 3;

/** @param {{ schema: any, schemas: Record<string, any>, depth?: number }} properties */
export function Schema({ schema, schemas, depth = 0 }) {
  const named = schema?.$ref ? String(schema.$ref).split('/').at(-1) : undefined;
  const told = named ? (schemas[named] ?? {}) : (schema ?? {});
  const choices = told.oneOf ?? told.anyOf;
  if (depth >= DEEPEST) return html`<code>${named ?? typeOf(told)}</code>`;
  if (told.properties) {
    const needed = new Set(told.required ?? []);
    return html`${named && html`<code>${named}</code>`}<dl class="facts fields">
      ${Object.entries(told.properties).map(([name, one]) => html`<dt><code>${name}</code>${needed.has(name) && html` <span class="faint">needed</span>`}</dt><dd><${Schema} schema=${one} schemas=${schemas} depth=${depth + 1} /> <span class="soft">${/** @type {any} */ (one).description}</span></dd>`)}
    </dl>`;
  }
  if (told.items) return html`list of <${Schema} schema=${told.items} schemas=${schemas} depth=${depth} />`;
  if (choices) return html`${choices.map((/** @type {any} */ one, /** @type {number} */ at) => html`${at > 0 && ' or '}<${Schema} schema=${one} schemas=${schemas} depth=${depth + 1} />`)}`;
  return html`<code>${typeOf(told)}</code>`;
}

/** @param {any} schema */
function typeOf(schema) {
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  return schema.pattern ? `${type} ${schema.pattern}` : type;
}
