type Attributes = { [name: string]: string | boolean | number | undefined | EventListener };
type Child = Node | string | false | undefined;

/** Builds an element. Functions are listeners; what is false or undefined is left out. Text is never read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: (Child | Child[])[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child): child is Node | string => child !== false && child !== undefined));
  return element;
}

/** Replaces what is shown without taking the focus away from a control that is still there. */
export function show(place: Element, ...content: (Node | string)[]): void {
  const focused = document.activeElement?.id;
  place.replaceChildren(...content);
  if (focused) document.getElementById(focused)?.focus();
}

export const brand = (isRecording = false) => h('div', { class: 'brand' }, h('span', { class: `mark${isRecording ? ' on' : ''}`, 'aria-hidden': 'true' }), 'CodeSight Recorder');
