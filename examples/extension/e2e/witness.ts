import type { BrowserContext, Page } from 'playwright-core';
import type { InteractionData } from '../src/protocol.ts';

/** What stood in the page when a person acted, told by the page itself and not by the recorder. */
export interface Testimony {
  /** The root the target stood in, as HTML with the target marked; a fresh one for each action. */
  html: string;
  /** Whether the target stood in a root the page cannot look into. */
  hidden: boolean;
  at: number;
}

const mark = 'witness-target';

/** Lets every page testify at each pointer press, key and wheel turn, before anything reacts. */
export async function installWitness(context: BrowserContext): Promise<Testimony[]> {
  const heard: Testimony[] = [];
  await context.exposeBinding('testify', (_, testimony: Testimony) => { heard.push(testimony); });
  await context.addInitScript((marker) => {
    const meant = 'a[href], button, input:not([type=hidden]), select, textarea, summary, label, [role=button], [role=link], [role=checkbox], [role=radio], [role=tab], [role=menuitem], [role=option], [role=switch], [tabindex]:not([tabindex="-1"])';
    const testify = (event: Event) => {
      let target = event.composedPath()[0] as Element;
      if (!(target instanceof Element)) target = document.documentElement;
      target = target.closest(meant) ?? target;
      const root = target.getRootNode() as Document | ShadowRoot;
      const way: number[] = [];
      for (let at: Element | null = target; at && at.parentNode; at = at.parentElement) way.unshift([...at.parentNode.children].indexOf(at));
      const copy = root instanceof ShadowRoot ? document.createElement('div') : (root.cloneNode(true) as Document);
      if (root instanceof ShadowRoot) copy.append(...[...root.children].map((child) => child.cloneNode(true)));
      let place: Element | Document = copy;
      for (const index of way) place = place.children[index]!;
      if (place instanceof Element) place.setAttribute(marker, '');
      const html = copy instanceof Document ? copy.documentElement.outerHTML : copy.innerHTML;
      // The time of the event, not of its handling: a busy machine may handle it much later.
      (window as any).testify({ html, hidden: target.localName === 'newsletter-box', at: Math.round(Date.now() - performance.now() + event.timeStamp) });
    };
    for (const type of ['pointerdown', 'keydown', 'wheel']) addEventListener(type, testify, { capture: true, passive: true });
  }, mark);
  return heard;
}

/** How many of these interactions have a selector that finds exactly their element, as the page itself tells; the others are printed. */
export async function countResolved(page: Page, interactions: InteractionData[], heard: Testimony[]): Promise<{ resolved: number; hidden: number }> {
  let [resolved, hidden] = [0, 0];
  for (const interaction of interactions) {
    if (interaction.element?.shadowRoot === 'closed') {
      hidden += 1;
      if ((interaction.selectors?.alternatives?.length ?? 0) > 0) resolved += 1;
      continue;
    }
    // The same event was seen by both, so both tell its time, but for the rounding of two clocks.
    const testimony = heard.filter(({ at }) => Math.abs(at - interaction.timestamp) <= 3);
    const found = await Promise.all(testimony.map((each) => resolves(page, interaction, each)));
    if (found.some(Boolean)) resolved += 1;
    else console.log('no selector resolves:', interaction.type, interaction.element?.tag, interaction.element?.name, interaction.selectors, testimony.length);
  }
  return { resolved, hidden };
}

/** Whether any selector that plain DOM interfaces understand finds the marked element and nothing else. */
async function resolves(page: Page, interaction: InteractionData, { html }: Testimony): Promise<boolean> {
  const selectors = [{ kind: interaction.selectors?.reliability?.[0]?.kind ?? '', value: interaction.selectors?.primary ?? '' }, ...(interaction.selectors?.alternatives ?? [])];
  const isShadow = (interaction.element?.shadowRoot ?? null) !== null;
  return page.evaluate(({ html: text, selectors: all, isShadow: inShadow, marker }) => {
    const parsed = new DOMParser().parseFromString(text, 'text/html');
    const wanted = parsed.querySelector(`[${marker}]`);
    const find = ({ kind, value }: { kind: string; value: string }): Element[] => {
      if (['test-id', 'id', 'name', 'css-path', 'placeholder'].includes(kind)) return [...parsed.querySelectorAll(value)];
      if (kind === 'xpath' && !inShadow) {
        const result = parsed.evaluate(value, parsed, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
        return Array.from({ length: result.snapshotLength }, (_, at) => result.snapshotItem(at) as Element);
      }
      return [];
    };
    return all.some((selector) => {
      const found = find(selector);
      return found.length === 1 && found[0] === wanted;
    });
  }, { html, selectors, isShadow, marker: mark });
}
