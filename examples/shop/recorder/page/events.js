/** Raw events, told to the recorder one by one: a page that is left takes nothing with it. Never what was typed. */
const watchedEvents = ['pointerover', 'pointerdown', 'pointerup', 'click', 'keydown', 'keyup', 'input', 'change', 'wheel', 'submit', 'popstate'];

/** @param {Event} event */
function tellRaw(event) {
  const key = event instanceof KeyboardEvent && event.key.length > 1 ? event.key : undefined;
  const target = event.composedPath()[0];
  const isTarget = target instanceof Element && described !== undefined
    && (composedContains(described, target) || composedContains(target, described));
  globalThis.codesightRawEvent?.({ type: event.type, isTrusted: event.isTrusted, at: Date.now(), key, isTarget });
}

for (const type of watchedEvents) addEventListener(type, tellRaw, { capture: true, passive: true });
