import { faceFill, floorShadow, roundFill, shine, stitches, tone } from './brush.js';

const backpack = (color) => `<defs>${roundFill('body', color)}${faceFill('pocket', tone(color, 0.06))}${roundFill('leather', '#8a5a35')}</defs>
  ${floorShadow(300, 516, 165, 20)}
  <path d="M236 90c0-50 128-50 128 0" fill="none" stroke="${tone(color, -0.5)}" stroke-width="16"/>
  <path d="M152 260c-44 60-44 160-24 226M448 260c44 60 44 160 24 226" fill="none" stroke="${tone(color, -0.5)}" stroke-width="24"/>
  <g filter="url(#leather)"><path d="M158 200c-20 90-24 200-10 280 8 46 296 46 304 0 14-80 10-190-10-280z" fill="url(#body)"/>
  <path d="M160 92h280c14 0 14 44 6 112-40 24-252 24-292 0-8-68-8-112 6-112z" fill="${tone(color, -0.14)}"/>
  <path d="M150 84q0-16 16-16h268q16 0 16 16v40q0 14-16 14H166q-16 0-16-14z" fill="url(#body)"/></g>
  <g filter="url(#leather)"><path d="M186 330q0-18 18-18h192q18 0 18 18v128q0 34-114 34t-114-34z" fill="url(#pocket)"/></g>
  ${stitches('M196 336v118c20 26 188 26 208 0V336', tone(color, 0.5))}
  <path d="M186 356h228" stroke="#3a322a" stroke-width="5"/><rect x="392" y="350" width="12" height="34" rx="5" fill="url(#leather)"/>
  <rect x="284" y="120" width="32" height="170" fill="url(#leather)"/><rect x="276" y="234" width="48" height="34" rx="6" fill="none" stroke="#d0b06a" stroke-width="7"/>
  <rect x="262" y="408" width="76" height="40" rx="5" fill="url(#leather)"/><path d="M276 428h48" stroke="#e0c596" stroke-width="3"/>${shine('M182 230c-10 60-14 130-10 190', 12, 0.22)}`;

const tote = (color) => `<defs>${faceFill('body', color)}</defs>
  ${floorShadow(300, 514, 165, 18)}
  <path d="M230 240C220 20 380 20 370 240" fill="none" stroke="${tone(color, -0.4)}" stroke-width="22"/>
  <g filter="url(#fabric)"><path d="M146 206c60 16 248 16 308 0l26 290c2 22-362 22-360 0z" fill="url(#body)"/></g>
  <path d="M146 206c60 16 248 16 308 0l3 30c-60 16-254 16-314 0z" fill="${tone(color, -0.16)}"/>${stitches('M143 240c60 16 254 16 314 0', tone(color, -0.5), 0.6)}
  <g filter="url(#fabric)"><path d="M214 300C200 90 230 60 300 60s100 30 86 240" fill="none" stroke="${tone(color, 0.05)}" stroke-width="24"/></g>
  <g fill="none" stroke="${tone(color, -0.5)}" stroke-width="2.5"><path d="M203 254h24v44h-24zM203 254l24 44M227 254l-24 44M374 254h24v44h-24zM374 254l24 44M398 254l-24 44"/></g>
  <g fill="#4f7a58"><path d="M300 452V350" stroke="#4f7a58" stroke-width="7"/><path d="M300 420c-56 0-66-34-70-56 40 0 66 18 70 56zM300 392c50-4 62-34 64-58-38 4-60 22-64 58zM300 360c-20-26-12-46 0-62 14 16 20 36 0 62z"/></g>
  <path d="M176 300c-8 60-12 120-14 180M420 280c10 80 14 130 18 200" stroke="${tone(color, -0.3)}" stroke-width="7" fill="none" opacity=".35" filter="url(#edge)"/>`;

const duffel = (color) => `<defs>${faceFill('body', color)}${faceFill('end', tone(color, -0.12))}</defs>
  ${floorShadow(300, 494, 245, 24)}
  <path d="M190 330C190 130 410 130 410 330" fill="none" stroke="#573619" stroke-width="20"/>
  <g filter="url(#leather)"><path d="M92 262c60-52 356-52 416 0 44 40 44 150 20 204-12 30-444 30-456 0-24-54-24-164 20-204z" fill="url(#body)"/>
  <path d="M92 262c44 40 44 156 12 218-20-4-30-8-32-14-24-54-24-164 20-204zM508 262c-44 40-44 156-12 218 20-4 30-8 32-14 24-54 24-164-20-204z" fill="url(#end)"/></g>
  <path d="M108 256c80-32 304-32 384 0" fill="none" stroke="#3c2a18" stroke-width="6"/><path d="M108 252c80-32 304-32 384 0" fill="none" stroke="#d3ad63" stroke-width="2" stroke-dasharray="4 3"/>
  <path d="M176 480V330C176 150 424 150 424 330v150" fill="none" stroke="#7c4d2b" stroke-width="22"/>${stitches('M176 476V330C176 156 424 156 424 330v146', '#e8c893', 0.6)}
  <rect x="262" y="184" width="76" height="36" rx="14" fill="#4f2f17"/><rect x="252" y="380" width="96" height="56" rx="8" fill="${tone(color, -0.25)}"/>${stitches('M260 388h80v40h-80z', '#f1dbb6')}
  ${shine('M126 300c-12 50-12 100-4 140', 11, 0.25)}`;

const suitcase = (color) => `<defs>${faceFill('shell', color)}${roundFill('metal', '#9a9ea3')}</defs>
  ${floorShadow(300, 540, 145, 16)}
  <path d="M244 96V36h112v60" fill="none" stroke="url(#metal)" stroke-width="12"/><rect x="236" y="24" width="128" height="24" rx="12" fill="#2b2d2f"/>
  <rect x="172" y="96" width="270" height="426" rx="36" fill="${tone(color, -0.45)}"/><rect x="160" y="90" width="270" height="426" rx="36" fill="url(#shell)"/>
  ${[0, 1, 2, 3, 4, 5, 6].map((at) => `<rect x="${186 + at * 33}" y="120" width="14" height="366" rx="7" fill="${tone(color, -0.16)}"/><rect x="${186 + at * 33}" y="120" width="4" height="366" rx="2" fill="${tone(color, 0.4)}"/>`).join('')}
  <rect x="252" y="84" width="88" height="18" rx="9" fill="#2b2d2f"/><rect x="418" y="270" width="22" height="70" rx="6" fill="#2b2d2f"/><g fill="#e5dfcf"><rect x="423" y="282" width="12" height="10"/><rect x="423" y="298" width="12" height="10"/><rect x="423" y="314" width="12" height="10"/></g>
  <rect x="262" y="300" width="66" height="26" rx="5" fill="#2b2d2f"/><path d="M274 313h42" stroke="#d9d4c6" stroke-width="4"/>
  <g fill="#1f2021"><rect x="184" y="512" width="40" height="32" rx="12"/><rect x="366" y="512" width="40" height="32" rx="12"/></g><g fill="#77797c"><circle cx="204" cy="536" r="8"/><circle cx="386" cy="536" r="8"/></g>${shine('M182 126q6-18 24-18h120', 7, 0.6)}`;

const sling = (color) => `<defs>${faceFill('body', color)}${faceFill('flap', tone(color, 0.08))}</defs>
  ${floorShadow(310, 500, 180, 20)}
  <path d="M150 330C110 90 330 20 470 96c80 50 60 170-4 244" fill="none" stroke="#26282a" stroke-width="26"/>${stitches('M158 330C124 100 330 34 462 106c70 44 50 150-6 226', '#8b8d90')}
  <rect x="420" y="92" width="52" height="36" rx="7" fill="#8f9296" transform="rotate(28 446 110)"/>
  <g filter="url(#leather)"><path d="M118 372c0-60 60-76 192-76s186 14 186 76c0 80-40 128-190 128s-188-48-188-128z" fill="url(#body)"/></g>
  <path d="M136 360c60-34 280-36 342-2" fill="none" stroke="#1e2021" stroke-width="8"/><path d="M136 357c60-34 280-36 342-2" fill="none" stroke="#c9c9c9" stroke-width="2" stroke-dasharray="4 3"/>
  <g filter="url(#leather)"><path d="M186 404q0-12 12-12h218q12 0 12 12c0 40-24 72-122 72s-120-32-120-72z" fill="url(#flap)"/></g>${stitches('M196 406c2 38 30 60 110 60s110-22 112-60', tone(color, 0.6))}
  <path d="M188 404h238" stroke="#1e2021" stroke-width="6"/><path d="M196 402l-22 30" stroke="#d8a23c" stroke-width="8" stroke-linecap="round"/>${shine('M152 380c6 40 24 66 52 84', 9, 0.25)}`;

export const bags = {
  'BG-401': { draw: backpack, detail: '170 190 270 270' },
  'BG-402': { draw: tote, detail: '170 200 260 260' },
  'BG-403': { draw: duffel, detail: '150 170 290 290' },
  'BG-404': { draw: suitcase, detail: '220 180 240 240' },
  'BG-405': { draw: sling, detail: '140 280 240 240' },
};
