// Icons: one stroke, 16 by 16. Decoration: whoever uses one says in words what it stands for.

import { html } from '../ui.js';

const PATHS = {
  sessions: 'M2.500 4.500h11M2.500 8h11M2.500 11.500h7',
  review: 'M2.500 8.500l3.200 3.200L13.500 4',
  datasets: 'M8 2.200c3 0 5.200.8 5.200 1.900S11 6 8 6 2.800 5.200 2.800 4.100 5 2.200 8 2.200ZM2.800 4.100V8c0 1.100 2.200 1.900 5.200 1.900s5.200-.8 5.200-1.900V4.100M2.800 8v3.900c0 1.100 2.200 1.900 5.200 1.900s5.200-.8 5.200-1.900V8',
  training: 'M2.500 12.500l3.500-4 2.500 2.500 5-6.500M10.500 4.500h3v3',
  privacy: 'M8 1.800l5 2v3.700c0 3.200-2 5.500-5 6.700-3-1.200-5-3.500-5-6.700V3.800l5-2Z',
  storage: 'M2.500 3.500h11v3.800h-11zM2.500 8.700h11v3.800h-11zM5 5.400h.01M5 10.600h.01',
  audit: 'M4 1.800h6l2.500 2.500v9.900H4zM6.200 7h4M6.200 9.500h4M6.200 4.500h1.500',
  theme: 'M8 2.500a5.500 5.500 0 1 0 0 11zM8 2.500a5.500 5.500 0 0 1 0 11',
  leave: 'M9.500 2.500h-6v11h6M7 8h7m-2.500-2.500L14 8l-2.500 2.500',
  keyboard: 'M1.800 4h12.400v8H1.800zM4 6.500h.01M6.500 6.500h.01M9 6.500h.01M11.500 6.500h.01M5 9.500h6',
  download: 'M8 2.500v7.500m-3-3 3 3 3-3M2.800 13.200h10.400',
  left: 'M10 3.500 5.500 8l4.500 4.500',
  right: 'M6 3.500 10.500 8 6 12.500',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 2.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9ZM10.400 10.400l3.100 3.100',
  alert: 'M8 2.300 14.300 13H1.700L8 2.300ZM8 6.500v3M8 11.300h.01',
  mask: 'M2 8h12M4 5.500h8M4 10.500h8',
  click: 'M5.500 5.500l7.500 3-3.300 1.200L8.500 13l-3-7.500ZM5 2v1.300M2 5h1.300M2.900 2.900l.9.900',
  input: 'M2 4.500h12v7H2zM5 6.800v2.400',
  scroll: 'M8 2.500v11M5.500 5 8 2.500 10.500 5M5.500 11 8 13.500 10.500 11',
  key: 'M3 3h10v10H3zM6 6.500h4M6 9.500h4',
  navigation: 'M2.500 8h10M9 4.500 12.500 8 9 11.500',
  select: 'M2.500 4h11v8h-11zM6 7l2 2 2-2',
  other: 'M4 8h.01M8 8h.01M12 8h.01',
  gap: 'M2 8h2.500M6.800 8h2.400M11.500 8H14',
  flag: 'M4 14V2.500h7.500L9.800 5.300l1.700 2.700H4',
  plus: 'M8 3v10M3 8h10',
  check: 'M3 8.500l3 3L13 4.500',
};

/** @param {{ name: string, size?: number }} properties */
export function Icon({ name, size = 16 }) {
  const path = PATHS[/** @type {keyof typeof PATHS} */ (name)] ?? PATHS.other;
  return html`<svg width=${size} height=${size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${path} /></svg>`;
}

/** The icon of an interaction type. @param {string} type */
export function iconOf(type) {
  const icons = { click: 'click', doubleClick: 'click', input: 'input', change: 'input', select: 'select', key: 'key', scroll: 'scroll', drag: 'scroll', navigation: 'navigation', submit: 'navigation', tabSwitch: 'navigation' };
  return icons[/** @type {keyof typeof icons} */ (type)] ?? 'other';
}
