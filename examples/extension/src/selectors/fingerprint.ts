import { idOf, parentElementOf } from '../capture/tree.ts';
import { boxOf } from '../context/boxes.ts';
import { maskUrl } from '../privacy/address.ts';
import type { PersonalDictionary } from '../privacy/dictionary.ts';
import { isPlain, safeText } from '../privacy/elements.ts';
import { tellableText } from '../privacy/text.ts';
import type { ElementFingerprint } from '../protocol.ts';
import { indexedXpath, testIdAttributes } from './build.ts';
import { plainReader, type Reader } from './names.ts';

const copied = ['name', 'type', 'alt', 'placeholder', 'title', 'aria-label', 'value', ...testIdAttributes];

/** The properties by which people and programs recognise an element again when every selector broke. */
export function fingerprintOf(element: Element, dictionary: PersonalDictionary, isPrivate = false, reader: Reader = plainReader): ElementFingerprint {
  const box = boxOf(element);
  const properties: Record<string, string> = { tag: element.localName };
  const put = (name: string, value: string | null | undefined) => {
    if (value) properties[name] = safeText(value, dictionary, 120);
  };
  put('role', reader.role(element));
  put('id', idOf(element));
  put('class', element.getAttribute('class'));
  const isTyped = element instanceof HTMLInputElement && !['radio', 'checkbox', 'button', 'submit'].includes(element.type);
  if (!isPrivate) {
    for (const name of copied) if (name !== 'value' || !isTyped) put(name, element.getAttribute(name));
    const content = tellableText(element, 800);
    put('accessibleName', isPlain(content, dictionary) ? reader.name(element) : content);
    put('text', isTyped || element.localName === 'textarea' ? '' : tellableText(element, 200));
  }
  const href = element instanceof HTMLAnchorElement ? maskUrl(element.href, dictionary) : '';
  put('href', href);
  Object.assign(properties, { location: `${box.x},${box.y}`, area: String(box.width * box.height), shape: box.height > 0 ? (box.width / box.height).toFixed(2) : '0' });
  return {
    properties,
    indexedXpath: indexedXpath(element),
    isButton: element.matches('button, [role=button], input[type=submit], input[type=button], a[class*=btn], a[class*=button]'),
    neighbourText: isPrivate ? '' : safeText(neighbourText(element), dictionary, 200),
    siblingIndex: Math.max(0, [...(parentElementOf(element)?.children ?? [])].indexOf(element)),
  };
}

/** The words around an element: those of its nearest ancestor that says more than the element itself. */
function neighbourText(element: Element): string {
  const own = tellableText(element, 400);
  for (let at = parentElementOf(element), steps = 0; at && steps < 6; at = parentElementOf(at), steps += 1) {
    const length = at.textContent?.length ?? 0;
    if (length > 2_000) return '';
    const text = tellableText(at, 400);
    if (text.length > own.length + 2) return text;
  }
  return '';
}
