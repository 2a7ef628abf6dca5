/** Put into a page as a script, so that selectors are made and resolved without any extension around them. */
import { finder } from '@medv/finder';
import { PersonalDictionary } from '../src/privacy/dictionary.ts';
import { buildSelectors } from '../src/selectors/build.ts';
import { fingerprintOf } from '../src/selectors/fingerprint.ts';
import { resolve } from '../src/selectors/resolve.ts';
import { interactiveSelector } from '../src/context/page.ts';

const dictionary = new PersonalDictionary('survival', []);

interface Numbered extends Element { birth?: number }

function everything(root: Document | ShadowRoot): Element[] {
  const inner = [...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? everything(element.shadowRoot) : []));
  return [...root.querySelectorAll(interactiveSelector), ...inner];
}

(globalThis as any).selectorLab = {
  /** Every element a person could act on, with its number, its selectors, and what finder alone says. */
  record: () => everything(document).filter((element) => element.checkVisibility()).map((element) => {
    let alone = '';
    try {
      alone = finder(element, element.getRootNode() instanceof ShadowRoot ? { root: (element.getRootNode() as ShadowRoot).firstElementChild! } : {});
    } catch { /* it gave up: then it finds nothing */ }
    return { birth: (element as Numbered).birth, what: `${element.localName} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 30)}`, selectors: buildSelectors(element, { dictionary }).set, fingerprint: fingerprintOf(element, dictionary), alone, isInShadow: element.getRootNode() instanceof ShadowRoot };
  }),
  find: (recorded: any) => {
    const found = resolve(document, recorded.selectors, recorded.fingerprint);
    return found && { birth: (found.element as Numbered).birth, by: found.by };
  },
  findAlone: ({ alone }: { alone: string }) => {
    try {
      const found = alone ? document.querySelectorAll<Numbered>(alone) : [];
      return found.length === 1 ? { birth: found[0]!.birth } : undefined;
    } catch {
      return undefined;
    }
  },
};
