import { ballFill, faceFill, floorShadow, roundFill, shine, tone } from './brush.js';

const dots = (x, y, columns, rows, gap, radius, color) => Array.from({ length: columns * rows }, (_, at) =>
  `<circle cx="${x + (at % columns) * gap}" cy="${y + Math.floor(at / columns) * gap}" r="${radius}" fill="${color}"/>`).join('');

const headphones = (color) => `<defs>${roundFill('cup', color)}${faceFill('band', tone(color, -0.1))}${ballFill('pad', '#2b2826')}</defs>
  ${floorShadow(300, 500, 190, 18)}
  <path d="M126 330C110 60 490 60 474 330" fill="none" stroke="${tone(color, -0.45)}" stroke-width="38"/>
  <path d="M126 326C110 56 490 56 474 326" fill="none" stroke="url(#band)" stroke-width="26"/>
  <path d="M176 190C230 104 370 104 424 190" fill="none" stroke="#2b2826" stroke-width="26" stroke-linecap="round"/>
  ${shine('M146 236C170 150 240 112 290 110', 7, 0.5)}
  <rect x="110" y="270" width="32" height="80" rx="10" fill="#b9bcc0"/><rect x="458" y="270" width="32" height="80" rx="10" fill="#8d9094"/>
  <g filter="url(#leather)"><rect x="166" y="312" width="56" height="182" rx="28" fill="url(#pad)"/><rect x="378" y="312" width="56" height="182" rx="28" fill="url(#pad)"/></g>
  <rect x="92" y="308" width="92" height="190" rx="44" fill="url(#cup)"/><rect x="416" y="308" width="92" height="190" rx="44" fill="url(#cup)"/>
  ${shine('M116 350c-6 40-4 80 6 112', 9, 0.4)}<circle cx="462" cy="404" r="20" fill="none" stroke="${tone(color, 0.35)}" stroke-width="3"/>`;

const speaker = (color) => `<defs>${roundFill('case', color)}${roundFill('rim', '#2a2b2d')}</defs>
  ${floorShadow(300, 500, 150)}
  <g filter="url(#fabric)"><path d="M164 150v310c0 52 272 52 272 0V150z" fill="url(#case)"/></g>
  <path d="M160 446v26c0 50 280 50 280 0v-26c0 50-280 50-280 0z" fill="url(#rim)"/>
  <path d="M160 146v20c0 50 280 50 280 0v-20z" fill="url(#rim)"/><ellipse cx="300" cy="144" rx="140" ry="40" fill="#3a3b3e"/>
  <ellipse cx="300" cy="142" rx="104" ry="27" fill="${tone(color, -0.25)}"/><ellipse cx="300" cy="141" rx="60" ry="14" fill="${tone(color, 0.15)}"/>
  <rect x="252" y="306" width="96" height="28" rx="14" fill="#f2efe8" opacity=".92"/>
  <path d="M270 320h20M280 310v20M310 320h24" stroke="#333" stroke-width="4"/>
  <path d="M436 190c44 10 44 80 0 96" fill="none" stroke="#2a2b2d" stroke-width="12"/>${shine('M206 210v210', 14, 0.22)}`;

const earbuds = (color) => {
  const bud = (x, y, turn) => `<g transform="translate(${x} ${y}) rotate(${turn})"><rect x="-13" y="0" width="26" height="104" rx="13" fill="url(#stem)"/>
    <ellipse cx="0" cy="-6" rx="40" ry="36" fill="url(#bud)"/><ellipse cx="-26" cy="-20" rx="17" ry="20" fill="#55585c"/><rect x="-4" y="34" width="5" height="34" rx="2" fill="${tone(color, -0.35)}"/></g>`;
  return `<defs>${ballFill('bud', color)}${roundFill('stem', color)}${ballFill('shell', color)}</defs>
  ${floorShadow(300, 494, 170, 24)}
  <path d="M150 330C150 180 450 180 450 330z" fill="url(#shell)"/><path d="M172 330C180 220 420 220 428 330z" fill="${tone(color, -0.55)}"/>
  ${bud(228, 250, -12)}${bud(372, 246, 10)}
  <path d="M142 336h316c12 90-30 156-158 156S130 426 142 336z" fill="url(#shell)"/><path d="M142 336h316" stroke="${tone(color, -0.4)}" stroke-width="4"/>
  <rect x="270" y="350" width="60" height="8" rx="4" fill="${tone(color, -0.3)}"/><circle cx="300" cy="410" r="6" fill="#55b878"/>${shine('M184 380c6 34 24 62 48 78', 12, 0.5)}`;
};

const turntable = (color) => `<defs>${faceFill('top', color)}${ballFill('record', '#1c1c1e')}${roundFill('metal', '#c8cacc')}</defs>
  ${floorShadow(300, 488, 240, 26)}
  <path d="M50 440l50-196h400l50 196z" fill="${tone(color, -0.1)}"/><g filter="url(#wood)"><path d="M50 436l50-196h400l50 196z" fill="url(#top)"/></g>
  <path d="M50 436h500v34q0 14-14 14H64q-14 0-14-14z" fill="${tone(color, -0.42)}"/><path d="M50 436h500" stroke="${tone(color, 0.3)}" stroke-width="3"/>
  <ellipse cx="256" cy="344" rx="168" ry="86" fill="#9a9c9f"/><ellipse cx="256" cy="338" rx="168" ry="86" fill="url(#record)"/>
  <g fill="none" stroke="#3b3b3f" stroke-width="1.5"><ellipse cx="256" cy="338" rx="150" ry="77"/><ellipse cx="256" cy="338" rx="132" ry="67"/><ellipse cx="256" cy="338" rx="114" ry="58"/><ellipse cx="256" cy="338" rx="96" ry="49"/><ellipse cx="256" cy="338" rx="80" ry="41"/></g>
  <path d="M256 338L120 288a168 86 0 0 1 60-27zM256 338l136 50a168 86 0 0 1-60 27z" fill="#fff" opacity=".1"/>
  <ellipse cx="256" cy="338" rx="52" ry="27" fill="#d0593a"/><ellipse cx="256" cy="338" rx="30" ry="15" fill="#eab26a"/><ellipse cx="256" cy="337" rx="5" ry="3" fill="#ddd"/>
  <ellipse cx="466" cy="290" rx="34" ry="18" fill="#5e6063"/><rect x="452" y="250" width="28" height="38" rx="10" fill="url(#metal)"/>
  <path d="M466 258L440 380l-58 22" fill="none" stroke="#d9dbdd" stroke-width="9" stroke-linejoin="round"/><rect x="362" y="390" width="36" height="18" rx="5" fill="#2b2c2e" transform="rotate(-20 380 399)"/>
  <circle cx="106" cy="460" r="13" fill="url(#metal)"/><circle cx="146" cy="460" r="8" fill="#d9dbdd"/>`;

const radio = (color) => `<defs>${faceFill('case', color)}${faceFill('dial', '#f6f0df')}${ballFill('knob', '#e7dfcf')}</defs>
  ${floorShadow(300, 486, 220, 22)}
  <path d="M420 176L500 44" stroke="#a9abad" stroke-width="6" stroke-linecap="round"/>
  <path d="M170 176c0-70 260-70 260 0" fill="none" stroke="#8b6a45" stroke-width="18"/>
  <rect x="76" y="180" width="456" height="300" rx="46" fill="${tone(color, -0.4)}"/><rect x="68" y="172" width="456" height="300" rx="46" fill="url(#case)"/>
  <rect x="94" y="200" width="236" height="244" rx="28" fill="${tone(color, -0.22)}"/>${dots(116, 222, 13, 13, 16.4, 4.2, tone(color, -0.62))}
  <rect x="352" y="206" width="146" height="78" rx="14" fill="url(#dial)" stroke="${tone(color, -0.35)}" stroke-width="4"/>
  <path d="M368 250h114M376 240v10M396 236v14M416 240v10M436 236v14M456 240v10M476 236v14" stroke="#6f675a" stroke-width="3"/><path d="M430 216v56" stroke="#c8402f" stroke-width="4"/>
  <circle cx="390" cy="350" r="34" fill="url(#knob)"/><circle cx="466" cy="350" r="26" fill="url(#knob)"/><path d="M390 350l14-22M466 350l-6-18" stroke="#6f675a" stroke-width="5"/>
  <g fill="#f2ead9">${[0, 1, 2, 3, 4, 5].map((at) => `<rect x="${354 + at * 25}" y="408" width="19" height="26" rx="6"/>`).join('')}</g>${shine('M112 186h200', 7, 0.6)}`;

export const audio = {
  'AU-301': { draw: headphones, detail: '70 250 260 260' },
  'AU-302': { draw: speaker, detail: '150 90 280 280' },
  'AU-303': { draw: earbuds, detail: '150 160 290 290' },
  'AU-304': { draw: turntable, detail: '270 200 270 270' },
  'AU-305': { draw: radio, detail: '290 180 260 260' },
};
