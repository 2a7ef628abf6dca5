// The page around the element: where it stands in the document, what is near, what the page declares.

import { number, words } from '../../lib/format.js';
import { html } from '../../ui.js';
import { Facts, Nothing, Part } from './part.js';

/** @param {{ place: import('../../lib/types.js').Place }} properties */
export function PageTab({ place }) {
  const page = place.pageContext;
  if (!page) return html`<${Nothing}>Nothing is known of the page.<//>`;
  const structure = page.pageStructure;
  return html`<${Part} title="Page">
      <${Facts} facts=${[
        ['Title', page.title],
        ['Address', page.url && html`<code>${page.url}</code>`],
        ['Kind', (place.derived?.pageKind ?? structure?.pageKind) && words(place.derived?.pageKind ?? structure?.pageKind ?? '')],
        ['Heading', structure?.heading],
        ['Viewport', page.viewport && `${page.viewport.width} × ${page.viewport.height} at ${page.viewport.devicePixelRatio ?? 1}×`],
        ['Scrolled', page.scroll && `${Math.round(page.scroll.y ?? 0)} of ${Math.round(page.documentHeight ?? 0)} px`],
        ['Nodes', structure?.nodes && number(structure.nodes)],
        ['To act on', structure?.interactiveElements && number(structure.interactiveElements)],
        ['Language', page.language],
      ]} />
    <//>
    ${page.domHierarchy && html`<${Part} title="Place in the document"><${Tree} place=${place} /><//>`}
    ${page.products?.length
      ? html`<${Part} title="Products the page declares" count=${page.products.length}>
          <ul class="lines">${page.products.map((product) => html`<li><span class="truncate">${product.name ?? product.sku ?? 'Without a name'}</span><span class="push number soft">${product.quantity ? `${product.quantity} × ` : ''}${product.price} ${product.currency}</span></li>`)}</ul>
        <//>`
      : null}
    ${structure?.sections?.length
      ? html`<${Part} title="Landmarks" count=${structure.sections.length}>
          <ul class="lines">${structure.sections.map((section) => html`<li><span class="badge bare">${words(section.kind)}</span><span class="truncate">${section.label}</span><span class="push number faint">${section.items || ''}</span></li>`)}</ul>
        <//>`
      : null}
    ${page.nearbyElements?.length
      ? html`<${Part} title="Nearby" count=${page.nearbyElements.length}>
          <ul class="lines">${page.nearbyElements.map((near) => html`<li class=${near.interactive ? '' : 'faint'}><code>${near.role ?? near.tag}</code><span class="truncate">${near.text}</span><span class="push number faint">${near.distance != null ? `${Math.round(near.distance)} px` : ''}</span></li>`)}</ul>
        <//>`
      : null}`;
}

/** From the document down to the element. @param {{ place: import('../../lib/types.js').Place }} properties */
function Tree({ place }) {
  const hierarchy = place.pageContext?.domHierarchy;
  const ancestors = [...(hierarchy?.ancestors ?? [])].reverse();
  const hidden = Math.max(0, (hierarchy?.depth ?? 0) - ancestors.length);
  return html`<ol class="tree">
    ${hidden > 0 && html`<li class="faint">… ${hidden} more above</li>`}
    ${ancestors.map((node, depth) => html`<li style=${{ paddingLeft: `${Math.min(depth, 14) * 0.7}rem` }}><code><b>${node.tag}</b>${node.id ? `#${node.id}` : ''}${(node.classes ?? []).slice(0, 3).map((name) => `.${name}`).join('')}</code>${node.role && html`<span class="faint">${node.role}</span>`}</li>`)}
    <li class="target" style=${{ paddingLeft: `${Math.min(ancestors.length, 14) * 0.7}rem` }}><code><b>${place.element?.tag ?? '?'}</b></code><span>${place.element?.name ?? ''}</span></li>
    <li class="faint" style=${{ paddingLeft: `${Math.min(ancestors.length + 1, 15) * 0.7}rem` }}>${hierarchy?.children ?? 0} children, ${hierarchy?.siblings ?? 0} siblings</li>
  </ol>`;
}
