// The action, drawn over the frame before it. Coordinates are CSS pixels of the frame's viewport.

import { svg } from './element.js';

export function drawAction(interaction, viewport) {
  const overlay = svg('svg', { viewBox: `0 0 ${viewport.width} ${viewport.height}`, class: 'action', 'aria-hidden': 'true' });
  const box = interaction.element?.box ?? interaction.visualContext?.box;
  if (box) overlay.append(svg('rect', { x: box.x - 2, y: box.y - 2, width: box.width + 4, height: box.height + 4, rx: 4, class: 'target' }));
  const at = interaction.coordinates ?? (box && { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  if (interaction.type === 'scroll') {
    const x = at?.x ?? viewport.width / 2;
    const y = at?.y ?? viewport.height / 2;
    const [right, down] = [interaction.action?.scrollX ?? 0, interaction.action?.scrollY ?? 0];
    const length = Math.hypot(right, down) || 1;
    const [dx, dy] = [(right / length) * 90, (down / length) * 90];
    overlay.append(svg('line', { x1: x, y1: y, x2: x + dx, y2: y + dy, class: 'arrow' }), svg('circle', { cx: x + dx, cy: y + dy, r: 9, class: 'point' }));
  } else if (at) {
    overlay.append(svg('circle', { cx: at.x, cy: at.y, r: 16, class: 'halo' }), svg('circle', { cx: at.x, cy: at.y, r: 6, class: 'point' }));
  }
  return overlay;
}

/** The action in words. */
export function describe(interaction) {
  const target = interaction.element?.name || interaction.element?.text || interaction.element?.role || interaction.element?.tag || '';
  const on = target ? ` “${target.slice(0, 60)}”` : '';
  const action = interaction.action ?? {};
  switch (interaction.type) {
    case 'click': return `Click${on}`;
    case 'doubleClick': return `Double click${on}`;
    case 'hover': return `Point at${on || ' the page'}`;
    case 'input': return `Type ${action.text ? `“${action.text.slice(0, 40)}” ` : ''}into${on || ' a field'}`;
    case 'select': return `Choose ${action.text ? `“${action.text.slice(0, 40)}” ` : ''}in${on || ' a list'}`;
    case 'key': return `Press ${(action.keys ?? []).join(' + ')}`;
    case 'scroll': return `Scroll ${Math.round(action.scrollY ?? 0)} px`;
    case 'navigation': return `Go to ${action.url ?? 'another page'}`;
    default: return `${interaction.type}${on}`;
  }
}
