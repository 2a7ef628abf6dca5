/**
 * A Playwright locator for a described element, tried with Playwright itself. It does not reach into closed shadow roots.
 * @param {import('playwright-core').Frame} frame
 */
export async function playwrightSelector(frame, described) {
  if (described.isInClosedRoot) return;
  const { element, selectors } = described;
  for (const { code, locator } of proposals(frame, element)) {
    const matches = await locator.count();
    if (matches === 0) continue;
    const isSame = matches === 1 && await locator.evaluate((found) => found === globalThis.codesightCapture.described());
    if (!isSame) continue;
    const score = code.includes(').') ? 0.8 : 0.84;
    const shadowHosts = selectors.shadowHosts ?? [];
    const all = [{ kind: selectors.reliability[0].kind, value: selectors.primary, ...(shadowHosts.length && { shadowHosts }) }, ...selectors.alternatives];
    // Best first: it takes its place by its score, the first if it is the best.
    const better = selectors.reliability.filter((each) => each.score >= score).length;
    all.splice(better, 0, { kind: 'playwright', value: code, ...(shadowHosts.length && { shadowHosts }) });
    selectors.reliability.splice(better, 0, { selector: code, kind: 'playwright', score, matches });
    selectors.primary = all[0].value;
    selectors.alternatives = all.slice(1);
    return;
  }
}

/** @type {('dialog' | 'main' | 'navigation' | 'banner')[]} */
const landmarks = ['dialog', 'main', 'navigation', 'banner'];

const quote = (/** @type {string} */ text) => `'${text.replace(/['\\]/g, '\\$&')}'`;

/** @param {import('playwright-core').Frame} frame */
function* proposals(frame, { tag, role, name, text, attributes, inputType }) {
  const title = attributes?.title;
  const isField = ['input', 'textarea', 'select'].includes(tag);
  if (role && name) yield { code: `getByRole(${quote(role)}, { name: ${quote(name)}, exact: true })`, locator: frame.getByRole(role, { name, exact: true }) };
  if (isField && name && inputType) yield { code: `getByLabel(${quote(name)}, { exact: true })`, locator: frame.getByLabel(name, { exact: true }) };
  if (title) yield { code: `getByTitle(${quote(title)}, { exact: true })`, locator: frame.getByTitle(title, { exact: true }) };
  if (text && !isField) {
    yield { code: `locator(${quote(tag)}).filter({ hasText: ${quote(text)} })`, locator: frame.locator(tag).filter({ hasText: text }) };
    yield { code: `getByText(${quote(text)}, { exact: true })`, locator: frame.getByText(text, { exact: true }) };
  }
  if (!role || !name) return;
  for (const landmark of landmarks) {
    yield {
      code: `getByRole(${quote(landmark)}).getByRole(${quote(role)}, { name: ${quote(name)}, exact: true })`,
      locator: frame.getByRole(landmark).getByRole(role, { name, exact: true }),
    };
  }
}
