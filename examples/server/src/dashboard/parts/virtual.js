// A list of any length: only the rows in sight are in the document.

import { html, useEffect, useLayoutEffect, useRef, useState } from '../ui.js';

const MARGIN = 8;

/**
 * @param {{
 *   count: number, height: number, row: (index: number) => any, label: string, columns?: any, role?: string,
 *   selected?: number, onNearEnd?: () => void, className?: string, total?: number,
 * }} properties `height` is that of every row, in CSS pixels; `total` is -1 while it is not known
 */
export function Virtual({ count, height, row, label, columns, selected, onNearEnd, className = '', total = count, role = 'table' }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [view, setView] = useState({ top: 0, size: 800 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, size: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || selected === undefined || selected < 0) return;
    const head = element.querySelector('.virtual-head')?.clientHeight ?? 0;
    const top = selected * height;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height + head > element.scrollTop + element.clientHeight) element.scrollTop = top + height + head - element.clientHeight;
  }, [selected, height]);
  const first = Math.max(0, Math.floor(view.top / height) - MARGIN);
  const last = Math.min(count, Math.ceil((view.top + view.size) / height) + MARGIN);
  useEffect(() => {
    if (onNearEnd && last >= count - 60) onNearEnd();
  }, [last, count, onNearEnd]);
  const rows = [];
  for (let index = first; index < last; index += 1) rows.push(row(index));
  const isTable = role === 'table';
  return html`<div ref=${box} class=${`virtual ${className}`} role=${role} aria-label=${label} aria-rowcount=${isTable ? total : undefined} tabindex=${isTable ? 0 : undefined}>
    ${columns && html`<div class="virtual-head" role="rowgroup">${columns}</div>`}
    <div class="virtual-body" role=${isTable ? 'rowgroup' : 'presentation'} style=${{ height: `${count * height}px` }}>
      <div role="presentation" style=${{ transform: `translateY(${first * height}px)` }}>${rows}</div>
    </div>
  </div>`;
}
