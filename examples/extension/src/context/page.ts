import { idOf } from '../capture/tree.ts';
import { maskUrl } from '../privacy/address.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import { markSelector, safeText } from '../privacy/elements.ts';
import type { FormSummary, PageContext, PageStructure, SectionSummary } from '../protocol.ts';
import { tellableText } from '../privacy/text.ts';
import { boxOf, viewportBox } from './boxes.ts';
import { pageKindOf } from './kind.ts';
import { productsOf } from './products.ts';

export const interactiveSelector = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=checkbox], [role=radio], [role=tab], [role=menuitem], [role=option], [role=switch], [contenteditable=true], [tabindex]:not([tabindex="-1"])';

const sectionKinds: { [selector: string]: string } = {
  'header, [role=banner]': 'banner', 'nav, [role=navigation]': 'navigation', 'main, [role=main]': 'main', '[role=search], search': 'search',
  'aside, [role=complementary]': 'complementary', 'footer, [role=contentinfo]': 'contentinfo', 'dialog[open], [role=dialog]': 'dialog', 'ul, ol, [role=list]': 'list', 'table, [role=table], [role=grid]': 'table',
};
const allSections = Object.keys(sectionKinds).join(', ');
const mostSections = 30;
const fewestItems = 3;

/** What changes with every scroll and every action; read at the moment of the action. */
export function momentContext(): Pick<PageContext, 'scroll' | 'viewport' | 'documentHeight'> {
  return {
    scroll: { x: Math.round(scrollX), y: Math.round(scrollY) },
    viewport: { width: innerWidth, height: innerHeight, devicePixelRatio },
    documentHeight: document.documentElement?.scrollHeight ?? 0,
  };
}

/** What describes the page as a whole; read when the page is at rest and used until it changes. */
export function pageOverview(dictionary: PersonalDictionary): Pick<PageContext, 'url' | 'title' | 'language' | 'pageStructure' | 'products'> {
  const products = productsOf(document, dictionary);
  return {
    url: maskUrl(location.href, dictionary),
    title: safeText(document.title, dictionary, 200),
    language: document.documentElement?.lang || null,
    pageStructure: structureOf(dictionary, products.length),
    products,
  };
}

function structureOf(dictionary: PersonalDictionary, products: number): PageStructure {
  const heading = document.querySelector('h1');
  const interactive = [...document.querySelectorAll(interactiveSelector)];
  return {
    heading: heading ? safeText(tellableText(heading), dictionary, 120) : null,
    interactiveElements: interactive.length,
    nodes: document.getElementsByTagName('*').length,
    pageKind: pageKindOf(document, location.href, products),
    forms: [...document.forms].slice(0, 10).map((form) => formSummary(form, dictionary)),
    sections: sectionsOf(dictionary, interactive),
  };
}

function formSummary(form: HTMLFormElement, dictionary: PersonalDictionary): FormSummary {
  const fields = [...form.elements].filter((element): element is HTMLInputElement => 'value' in element && !['hidden', 'submit', 'button'].includes((element as HTMLInputElement).type) && element.localName !== 'button' && element.localName !== 'output');
  const name = form.getAttribute('aria-label') || form.getAttribute('name') || idOf(form);
  return {
    name: name ? safeText(name, dictionary, 60) : null,
    fields: fields.length,
    filled: fields.filter(isFilled).length,
    required: fields.filter((field) => field.required).length,
  };
}

export const isFilled = (field: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): boolean =>
  field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio') ? field.checked : field.value !== '';

function sectionsOf(dictionary: PersonalDictionary, interactive: Element[]): SectionSummary[] {
  const found: SectionSummary[] = [];
  const seen = viewportBox();
  for (const element of document.querySelectorAll(allSections)) {
    if (found.length >= mostSections) break;
    const kind = Object.entries(sectionKinds).find(([selector]) => element.matches(selector))?.[1] ?? 'main';
    const items = kind === 'list' || kind === 'table' ? element.children.length : interactive.filter((each) => element.contains(each)).length;
    if (items < (kind === 'list' ? fewestItems : 1) || element.matches(markSelector)) continue;
    const box = boxOf(element);
    // Only what is near enough to matter has its place told; the rest is counted.
    const isNear = box.y < seen.height * 2 && box.y + box.height > -seen.height;
    const heading = element.querySelector('h1, h2, h3, legend, caption');
    const label = element.getAttribute('aria-label') ?? (heading && tellableText(heading));
    found.push({ kind, items, label: label ? safeText(label, dictionary, 80) : null, ...(isNear && { box }) });
  }
  return found;
}

