import type { Rect, Redaction } from '../protocol.ts';

const PAD = 3;
export const mediaTypes = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const;
export type FrameFormat = keyof typeof mediaTypes;
const qualities: { [mediaType: string]: number } = { 'image/jpeg': 0.92, 'image/webp': 0.9 };

/** Covers each box, a little generously: text casts light on the pixels around it. */
export function paint(context: OffscreenCanvasRenderingContext2D, redactions: Redaction[], scale: number): void {
  context.fillStyle = '#000';
  for (const { box } of redactions) {
    context.fillRect(Math.floor((box.x - PAD) * scale), Math.floor((box.y - PAD) * scale), Math.ceil((box.width + 2 * PAD) * scale), Math.ceil((box.height + 2 * PAD) * scale));
  }
}

export const encode = (canvas: OffscreenCanvas, mediaType: string): Promise<Blob> => canvas.convertToBlob({ type: mediaType, quality: qualities[mediaType] });

/** Every box of either reading, once: between the two something may have moved. */
export function union(...lists: Redaction[][]): Redaction[] {
  const byPlace = new Map(lists.flat().map((redaction) => [placeOf(redaction.box), redaction]));
  return [...byPlace.values()].map(({ box, reason }) => ({ box: whole(box), reason }));
}

export function isSame(a: Redaction[], b: Redaction[]): boolean {
  const places = new Set(a.map(({ box }) => placeOf(box)));
  return places.size === new Set(b.map(({ box }) => placeOf(box))).size && b.every(({ box }) => places.has(placeOf(box)));
}

const placeOf = ({ x, y, width, height }: Rect) => [x, y, width, height].map(Math.round).join();
const whole = ({ x, y, width, height }: Rect): Rect => ({ x: Math.floor(x), y: Math.floor(y), width: Math.ceil(x + width) - Math.floor(x), height: Math.ceil(y + height) - Math.floor(y) });

export async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
