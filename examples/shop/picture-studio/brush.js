/** Small drawing vocabulary shared by all products: light comes from the upper left, the canvas is 600 x 600. */

const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** Moves a color towards white (amount > 0) or black (amount < 0); amount is -1 to 1. */
export function tone(hex, amount) {
  const target = amount > 0 ? 255 : 0;
  const mixed = channels(hex).map((value) => Math.round(value + (target - value) * Math.abs(amount)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

const stop = (offset, color) => `<stop offset="${offset}" stop-color="${color}"/>`;

const stops = (pairs) => pairs.map(([offset, color]) => stop(offset, color)).join('');

/** A round body seen from the side: dark edges, a highlight left of the middle. */
export const roundFill = (id, hex) => `<linearGradient id="${id}">${stops([
  [0, tone(hex, -0.38)], [0.16, tone(hex, -0.05)], [0.32, tone(hex, 0.3)], [0.5, hex], [0.8, tone(hex, -0.28)], [1, tone(hex, -0.5)],
])}</linearGradient>`;

export const ballFill = (id, hex) => `<radialGradient id="${id}" cx=".36" cy=".3" r=".8">${stops([
  [0, tone(hex, 0.45)], [0.35, tone(hex, 0.1)], [0.7, tone(hex, -0.18)], [1, tone(hex, -0.5)],
])}</radialGradient>`;

/** A flat face under soft light from above. */
export const faceFill = (id, hex) => `<linearGradient id="${id}" x2=".35" y2="1">${stops([
  [0, tone(hex, 0.2)], [0.5, hex], [1, tone(hex, -0.25)],
])}</linearGradient>`;

/** Textures multiply noise into the shape they are applied to; every seed is fixed so that a rerun gives the same picture. */
const texture = (id, frequency, octaves, strength) => `<filter id="${id}" x="-5%" y="-5%" width="110%" height="110%">
  <feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="${octaves}" seed="7"/>
  <feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  ${strength} 0 0 0 -${strength * 0.38}"/>
  <feComposite in2="SourceAlpha" operator="in" result="grain"/>
  <feMerge><feMergeNode in="SourceGraphic"/><feMergeNode in="grain"/></feMerge>
</filter>`;

const blur = (id, amount) =>
  `<filter id="${id}" x="-60%" y="-60%" width="220%" height="220%"><feGaussianBlur stdDeviation="${amount}"/></filter>`;

const sharedDefinitions = [
  texture('fabric', '0.35 0.4', 2, 0.75),
  texture('wood', '0.008 0.22', 3, 0.95),
  texture('stone', '0.6', 2, 0.6),
  texture('leather', '0.09', 3, 0.55),
  blur('soft', 9), blur('softer', 22), blur('edge', 2.2),
].join('');

/** Contact shadow on the floor: a dark core inside a wide, faint pool. */
export const floorShadow = (x, y, halfWidth, halfHeight = 20) => `
  <ellipse cx="${x + 22}" cy="${y + 4}" rx="${halfWidth * 1.22}" ry="${halfHeight * 1.5}" fill="#2b2117" opacity=".22" filter="url(#softer)"/>
  <ellipse cx="${x + 6}" cy="${y}" rx="${halfWidth}" ry="${halfHeight * 0.7}" fill="#1d150d" opacity=".5" filter="url(#soft)"/>`;

/** Highlight: a blurred white stroke along a path. */
export const shine = (path, width = 8, opacity = 0.5) =>
  `<path d="${path}" fill="none" stroke="#fff" stroke-width="${width}" stroke-linecap="round" opacity="${opacity}" filter="url(#edge)"/>`;

export const stitches = (path, color = '#fff', opacity = 0.45) =>
  `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="7 5" opacity="${opacity}"/>`;

/** The studio: a wall and a floor in the tint of the category, a vignette, and the product in front. */
export function studio(product, tint, crop = '0 0 600 600') {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${crop}" width="560" height="560"><defs>${sharedDefinitions}
    <linearGradient id="wall" x2=".3" y2="1">${stops([[0, tone(tint, 0.45)], [1, tint]])}</linearGradient>
    <linearGradient id="ground" x2="0" y2="1">${stops([[0, tone(tint, -0.1)], [0.35, tone(tint, 0.12)], [1, tone(tint, 0.35)]])}</linearGradient>
    <radialGradient id="vignette" cx=".45" cy=".42" r=".8">${stops([[0.55, 'rgba(0,0,0,0)'], [1, 'rgba(40,28,16,.2)']])}</radialGradient></defs>
    <rect width="600" height="600" fill="url(#wall)"/>
    <rect y="432" width="600" height="168" fill="url(#ground)"/>
    <rect y="422" width="600" height="22" fill="${tone(tint, -0.06)}" opacity=".7" filter="url(#soft)"/>
    ${product}<rect width="600" height="600" fill="url(#vignette)"/></svg>`;
}
