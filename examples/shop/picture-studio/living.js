import { ballFill, faceFill, floorShadow, roundFill, shine, stitches, tone } from './brush.js';

const around = (count, at) => Array.from({ length: count }, (_, index) => at(index, (index * 360) / count)).join('');

const clock = (color) => `<defs>${faceFill('rim', color)}${ballFill('dial', '#f7f3ea')}</defs>
  <circle cx="318" cy="318" r="206" fill="#2a2117" opacity=".4" filter="url(#softer)"/>
  <g filter="url(#wood)"><circle cx="300" cy="290" r="206" fill="url(#rim)"/></g><circle cx="300" cy="290" r="180" fill="${tone(color, -0.45)}"/><circle cx="302" cy="294" r="176" fill="#f6f1e6"/>
  <g stroke="#2c2a27">${around(60, (index, turn) => `<path d="M300 130v${index % 5 ? 8 : 20}" stroke-width="${index % 5 ? 2 : 6}" transform="rotate(${turn} 300 290)"/>`)}</g>
  <g font-family="DejaVu Sans" font-size="36" fill="#2c2a27" text-anchor="middle"><text x="300" y="194">12</text><text x="420" y="303">3</text><text x="300" y="414">6</text><text x="180" y="303">9</text></g>
  <g stroke-linecap="round"><path d="M300 290L224 240" stroke="#2c2a27" stroke-width="13"/><path d="M300 290L384 184" stroke="#2c2a27" stroke-width="8"/><path d="M300 330L300 150" stroke="#c6452f" stroke-width="3"/></g>
  <circle cx="300" cy="290" r="11" fill="#2c2a27"/><circle cx="300" cy="290" r="4" fill="#c6452f"/>${shine('M158 200c30-50 70-78 110-88', 9, 0.5)}`;

const vase = (color) => `<defs>${roundFill('body', color)}</defs>
  ${floorShadow(300, 512, 96, 18)}
  <g fill="none" stroke="#a38b5d" stroke-width="4"><path d="M296 200C280 120 240 90 220 40M302 200c0-80 10-120 20-170M308 200c30-70 60-90 96-130"/></g>
  <g fill="#c9ad6f">${[[220, 44, -30], [236, 78, -50], [322, 32, 6], [316, 76, 30], [402, 72, 40], [372, 106, 64], [256, 112, -20], [344, 140, 50]].map(([x, y, turn]) => `<ellipse cx="${x}" cy="${y}" rx="9" ry="28" transform="rotate(${turn} ${x} ${y})"/>`).join('')}</g>
  <g filter="url(#stone)"><path d="M258 192h84c0 60 90 96 90 186 0 66-40 100-62 128-10 12-130 12-140 0-22-28-62-62-62-128 0-90 90-126 90-186z" fill="url(#body)"/></g>
  <g fill="none" stroke="${tone(color, -0.4)}" stroke-width="4" opacity=".55"><path d="M276 210c-4 60-74 100-74 170 0 60 26 96 46 126M292 210c-2 60-38 100-38 170 0 60 14 100 22 132M308 210c2 60 38 100 38 170 0 60-14 100-22 132M324 210c4 60 74 100 74 170 0 60-26 96-46 126M300 210v304"/></g>
  <ellipse cx="300" cy="192" rx="43" ry="12" fill="${tone(color, 0.2)}"/><ellipse cx="300" cy="194" rx="34" ry="8" fill="${tone(color, -0.6)}"/>${shine('M222 330c-10 40-6 80 14 114', 12, 0.4)}`;

const cushion = (color) => `<defs>${ballFill('body', color)}</defs>
  ${floorShadow(300, 506, 190, 22)}
  <g transform="rotate(-6 300 320)"><g filter="url(#fabric)"><path d="M112 140c60 26 316 26 376 0 22-8 30 6 22 26-22 60-22 252 0 312 8 22-2 34-22 26-60-24-316-24-376 0-20 8-30-4-22-26 22-60 22-252 0-312-8-20 0-34 22-26z" fill="url(#body)"/></g>
  ${stitches('M126 164c70 20 280 20 348 0-16 70-16 260 0 314-70-18-280-18-348 0 16-60 16-250 0-314z', tone(color, 0.6))}
  <g fill="none" stroke="${tone(color, -0.4)}" stroke-width="9" opacity=".4" filter="url(#edge)"><path d="M116 150c40 50 60 80 80 96M486 150c-40 50-60 80-80 96M116 490c30-40 50-60 70-76M486 490c-30-40-50-60-70-76"/></g>
  <g stroke="${tone(color, 0.42)}" stroke-width="5" opacity=".55"><path d="M140 260h322M138 290h326M138 320h326M138 350h326"/></g></g>`;

const fern = (color) => {
  const frond = (turn, length) => `<g transform="translate(300 330) rotate(${turn})"><path d="M0 0Q8 ${-length / 2} 0 ${-length}" stroke="#3f6b38" stroke-width="5" fill="none"/>
    ${Array.from({ length: 11 }, (_, at) => {
      const y = -24 - (at * (length - 24)) / 11;
      const reach = 40 * (1 - at / 13);
      const leaf = (side) => `<path d="M0 ${y}q${side * reach * 0.6} ${-22} ${side * reach} ${-6}q${-side * reach * 0.4} ${16} ${-side * reach} 8z" fill="${tone('#4f8444', at % 2 ? 0.14 : -0.06)}"/>`;
      return leaf(1) + leaf(-1);
    }).join('')}</g>`;
  return `<defs>${roundFill('pot', color)}</defs>${floorShadow(300, 512, 112, 18)}
  ${[[-82, 190], [82, 186], [-60, 230], [62, 226], [-40, 256], [38, 252], [-18, 276], [16, 280], [0, 262]].map(([turn, length]) => frond(turn, length)).join('')}
  <g filter="url(#stone)"><path d="M196 344h208l-26 150c-4 22-152 22-156 0z" fill="url(#pot)"/></g><path d="M188 324h224q8 0 6 10l-4 22q-2 8-10 8H196q-8 0-10-8l-4-22q-2-10 6-10z" fill="url(#pot)"/>
  <path d="M192 366c30 10 186 10 216 0" fill="none" stroke="#000" opacity=".18" stroke-width="6"/><ellipse cx="300" cy="508" rx="104" ry="14" fill="${tone(color, -0.2)}"/>${shine('M232 384l10 90', 10, 0.35)}`;
};

const chair = (color) => `<defs>${faceFill('seat', color)}${faceFill('back', tone(color, 0.05))}${roundFill('arm', '#b98a56')}</defs>
  ${floorShadow(310, 536, 210, 18)}
  <g stroke-linecap="round" stroke="#8a6236" stroke-width="20"><path d="M170 440l-26 92M462 440l30 92M216 430l-8 70M420 430l10 70"/></g>
  <g filter="url(#fabric)"><path d="M172 120c6-44 280-44 288 0 12 80 14 170 6 256H168c-10-86-10-176 4-256z" fill="url(#back)"/>
  <path d="M146 368c0-34 340-34 340 0v60c0 36-340 36-340 0z" fill="url(#seat)"/></g>
  <path d="M168 372c60-14 240-14 298 0" stroke="${tone(color, -0.45)}" stroke-width="8" fill="none" opacity=".7" filter="url(#edge)"/>
  <g fill="none" stroke="${tone(color, -0.35)}" stroke-width="4" opacity=".7"><path d="M252 92v256M318 90v258M384 92v256"/></g>
  ${stitches('M156 398c60 20 260 20 320 0', tone(color, 0.6))}
  <g stroke-linecap="round" fill="none"><path d="M132 470V322q0-22 22-24l60-6" stroke="url(#arm)" stroke-width="24"/><path d="M500 470V322q0-22-22-24l-60-6" stroke="#8a6236" stroke-width="24"/><path d="M126 466V320q0-22 24-28" stroke="#e6c08c" stroke-width="4"/></g>`;

export const living = {
  'LV-501': { draw: clock, detail: '250 110 240 240' },
  'LV-502': { draw: vase, detail: '180 150 260 260' },
  'LV-503': { draw: cushion, detail: '90 120 260 260' },
  'LV-504': { draw: fern, detail: '160 160 280 280' },
  'LV-505': { draw: chair, detail: '110 230 270 270' },
};
