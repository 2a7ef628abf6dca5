// The frame around every page: the ways at the side, and what the keyboard can do.

import { go } from './lib/route.js';
import { isForPage, useKeys } from './lib/keys.js';
import { Dialog } from './parts/dialog.js';
import { Icon } from './parts/icon.js';
import { html, useEffect, useMemo, useState } from './ui.js';
import { waysFor } from './ways.js';

const THEMES = ['auto', 'light', 'dark'];
const GO_WITHIN = 1_500;

/** @param {string} theme */
function apply(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function useTheme() {
  const [theme, setTheme] = useState(() => localStorage.getItem('codesight.theme') ?? 'auto');
  useEffect(() => {
    apply(theme);
    localStorage.setItem('codesight.theme', theme);
  }, [theme]);
  return /** @type {[string, () => void]} */ ([theme, () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length])]);
}

/** `g`, then a letter within a moment: a page. Heard before any page hears its own keys. */
function useGoKeys(/** @type {[string, import('./ways.js').Way[]][]} */ groups) {
  useEffect(() => {
    const ways = new Map(groups.flatMap(([, ways]) => ways).map(({ key, page }) => [key, page]));
    let begun = -Infinity;
    /** @param {KeyboardEvent} event */
    const pressed = (event) => {
      if (!isForPage(event)) return;
      const page = event.timeStamp - begun < GO_WITHIN ? ways.get(event.key) : undefined;
      begun = event.key === 'g' ? event.timeStamp : -Infinity;
      if (page === undefined) return;
      event.preventDefault();
      go(`/${page}`);
    };
    document.addEventListener('keydown', pressed, true);
    return () => document.removeEventListener('keydown', pressed, true);
  }, [groups]);
}

/** A `bare` page needs the room: only icons stand at its side. @param {{ me: import('./lib/types.js').Me, section: string, bare?: boolean, onSignOut: () => void, children?: any }} properties */
export function Shell({ me, section, bare, onSignOut, children }) {
  const groups = useMemo(() => waysFor(me.roles), [me]);
  const [theme, nextTheme] = useTheme();
  const [help, setHelp] = useState(false);
  useGoKeys(groups);
  useKeys({ '?': () => setHelp(true) });
  return html`<div class=${bare ? 'shell bare' : 'shell'}>
    <nav class="side" aria-label="Pages">
      <a class="brand" href="#/sessions"><img src="/assets/icon.svg" alt="" />CodeSight</a>
      ${groups.map(
        ([group, ways]) => html`<h2 aria-hidden="true">${group}</h2>
          <ul aria-label=${group}>
            ${ways.map(({ page, words }) => html`<li><a class="way" title=${words} href=${`#/${page}`} aria-current=${page === section ? 'page' : undefined}><${Icon} name=${page} />${words}</a></li>`)}
          </ul>`,
      )}
      <div class="side-foot">
        <p class="who" title=${`${me.name} of ${me.tenant}: ${me.roles.join(', ')}`}><b class="truncate">${me.name}</b><span class="truncate">${me.tenant}</span></p>
        <button type="button" class="button plain icon" aria-label=${`Colours: ${theme}`} title=${`Colours: ${theme}`} onClick=${nextTheme}><${Icon} name="theme" /></button>
        <button type="button" class="button plain icon" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick=${() => setHelp(true)}><${Icon} name="keyboard" /></button>
        <button type="button" class="button plain icon" aria-label="Sign out" title="Sign out" onClick=${onSignOut}><${Icon} name="leave" /></button>
      </div>
    </nav>
    <div class="content">${children}</div>
    ${help && html`<${Shortcuts} onClose=${() => setHelp(false)} />`}
  </div>`;
}

/** The bar at the top of a page. @param {{ title: string, trail?: [string, string][], children?: any }} properties `trail` as address and words */
export function Bar({ title, trail = [], children }) {
  useEffect(() => {
    document.title = `${title} · CodeSight`;
  }, [title]);
  return html`<header class="bar">
    <div class="trail">
      ${trail.map(([address, words]) => html`<a href=${address}>${words}</a><${Icon} name="right" size=${12} />`)}
      <h1 title=${title}>${title}</h1>
    </div>
    <div class="row push">${children}</div>
  </header>`;
}

const SHORTCUTS = [
  [['j', 'k'], 'The next, the one before'],
  [['←', '→'], 'Steps of a session'],
  [['Enter'], 'Open what is chosen'],
  [['b', 'a', 'c'], 'The frame before, after, both compared'],
  [['m'], 'Show what was masked in the frame'],
  [['f'], 'The next step with a finding'],
  [['y', 'n', 'u'], 'Review: accept, reject, undecided'],
  [['x'], 'Review: mark the step as wrong'],
  [['i'], 'Review: say what the person was after'],
  [['g', 's'], 'Sessions; g r review, g d datasets, g t training, g p privacy, g o storage, g a audit'],
  [['?'], 'This help'],
];

/** @param {{ onClose: () => void }} properties */
function Shortcuts({ onClose }) {
  return html`<${Dialog} title="Keyboard shortcuts" onClose=${onClose}>
    <dl class="keys">
      ${SHORTCUTS.map(([keys, words]) => html`<dt>${/** @type {string[]} */ (keys).map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${words}</dd>`)}
    </dl>
  <//>`;
}
