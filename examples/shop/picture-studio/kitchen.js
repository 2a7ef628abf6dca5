import { ballFill, faceFill, floorShadow, roundFill, shine, tone } from './brush.js';

const mug = (color) => `<defs>${roundFill('body', color)}${roundFill('bare', '#b8a184')}${roundFill('inner', tone(color, -0.3))}</defs>
  ${floorShadow(290, 482, 130)}
  <path d="M400 262c92-16 104 128 8 142" fill="none" stroke="${tone(color, -0.3)}" stroke-width="30"/>
  <path d="M400 258c86-12 96 122 8 136" fill="none" stroke="${color}" stroke-width="20"/>
  ${shine('M412 258c52-4 64 58 40 100', 5)}
  <g filter="url(#stone)"><path d="M162 190c0 110 2 200 16 268 6 32 216 32 222 0 14-68 16-158 16-268z" fill="url(#body)"/>
  <path d="M172 416c2 16 4 28 6 42 6 32 216 32 222 0 2-12 4-26 6-42-20 24-214 24-234 0z" fill="url(#bare)"/></g>
  <ellipse cx="289" cy="190" rx="127" ry="34" fill="${tone(color, 0.25)}"/>
  <ellipse cx="289" cy="194" rx="113" ry="27" fill="url(#inner)"/>
  <ellipse cx="292" cy="205" rx="96" ry="17" fill="#3c2416"/><ellipse cx="270" cy="202" rx="40" ry="6" fill="#7a5233" opacity=".7"/>
  ${shine('M206 246c2 60 4 110 10 150', 12, 0.35)}`;

const kettle = (color) => `<defs>${roundFill('body', color)}${roundFill('lid', tone(color, 0.08))}${roundFill('grip', '#5a3c28')}</defs>
  ${floorShadow(320, 486, 150)}
  <path d="M222 430C120 430 142 236 62 222" fill="none" stroke="${tone(color, -0.35)}" stroke-width="24"/>
  <path d="M222 424C126 424 148 230 66 216" fill="none" stroke="${tone(color, 0.12)}" stroke-width="12"/>
  <path d="M414 262c20-90 120-84 122 20 0 70-12 110-18 144" fill="none" stroke="url(#grip)" stroke-width="30" stroke-linecap="round"/>
  <path d="M230 262c-20 60-48 130-40 200 4 34 256 34 260 0 8-70-20-140-40-200z" fill="url(#body)"/>
  <ellipse cx="320" cy="262" rx="91" ry="22" fill="${tone(color, -0.25)}"/>
  <path d="M238 258c6-44 158-44 164 0 0 20-164 20-164 0z" fill="url(#lid)"/>
  <rect x="312" y="196" width="16" height="28" fill="${tone(color, -0.3)}"/><circle cx="320" cy="188" r="22" fill="url(#grip)"/>
  <circle cx="356" cy="246" r="15" fill="#f3efe6" stroke="#8b8b8b" stroke-width="3"/><path d="M356 246l6-9" stroke="#b3302a" stroke-width="3"/>
  ${shine('M252 290c-18 50-34 100-30 160', 14, 0.4)}`;

const skillet = (color) => `<defs>${ballFill('pan', color)}${ballFill('well', tone(color, 0.1))}</defs>
  ${floorShadow(270, 470, 230, 34)}
  <path d="M440 400l128 62c22 12 12 44-14 36l-142-52z" fill="${tone(color, -0.15)}"/>
  <ellipse cx="548" cy="474" rx="13" ry="8" fill="#c9bda8"/>
  <g filter="url(#stone)"><path d="M52 366c-14-10-22-10-26-22 12-8 26 0 34 0 40-110 380-110 420 0 10 0 22-6 32 2-6 10-16 12-26 20-6 150-424 150-434 0z" fill="url(#pan)"/></g>
  <ellipse cx="270" cy="358" rx="206" ry="84" fill="${tone(color, 0.28)}"/>
  <ellipse cx="270" cy="364" rx="194" ry="76" fill="${tone(color, -0.4)}"/>
  <g filter="url(#stone)"><ellipse cx="270" cy="384" rx="170" ry="56" fill="url(#well)"/></g>
  ${shine('M130 368c30-34 90-48 150-48', 7, 0.35)}
  <path d="M300 402c40-30 80 0 50 18-30 14-70 6-50-18z" fill="#f7f1e3"/><circle cx="330" cy="408" r="13" fill="#eeb42f"/>
  <path d="M206 380l26-16M214 396l26-16" stroke="#56733c" stroke-width="7" stroke-linecap="round"/>`;

const casserole = (color) => `<defs>${roundFill('pot', color)}${roundFill('lid', tone(color, 0.05))}${ballFill('knob', '#d8c9a8')}</defs>
  ${floorShadow(300, 480, 205, 24)}
  <rect x="56" y="306" width="70" height="34" rx="17" fill="${tone(color, -0.3)}"/><rect x="474" y="306" width="70" height="34" rx="17" fill="${tone(color, -0.45)}"/>
  <path d="M96 296c0 60 4 110 22 152 14 40 350 40 364 0 18-42 22-92 22-152z" fill="url(#pot)"/>
  <path d="M86 288c0-14 428-14 428 0 0 26-428 26-428 0z" fill="${tone(color, -0.4)}"/>
  <path d="M92 280c10-96 406-96 416 0 0 24-416 24-416 0z" fill="url(#lid)"/>
  <ellipse cx="300" cy="214" rx="64" ry="12" fill="${tone(color, -0.22)}"/>
  <rect x="286" y="184" width="28" height="30" fill="#a8987a"/><ellipse cx="300" cy="178" rx="38" ry="18" fill="url(#knob)"/>
  ${shine('M150 262c20-34 70-44 110-46', 9, 0.55)}${shine('M140 330c4 40 8 70 16 96', 14, 0.35)}
  <path d="M108 340c90 22 294 22 384 0" fill="none" stroke="${tone(color, -0.25)}" stroke-width="4" opacity=".7"/>`;

const board = (color) => `<defs>${faceFill('face', color)}</defs>
  ${floorShadow(300, 474, 190, 26)}
  <g transform="rotate(-7 300 300)">
  <path d="M150 128q0-26 26-26h248q26 0 26 26v344q0 26-26 26H176q-26 0-26-26z" fill="${tone(color, -0.45)}" transform="translate(10 10)"/>
  <g filter="url(#wood)"><path d="M150 128q0-26 26-26h248q26 0 26 26v344q0 26-26 26H176q-26 0-26-26z" fill="url(#face)"/></g>
  <rect x="172" y="180" width="256" height="296" rx="16" fill="none" stroke="${tone(color, -0.4)}" stroke-width="7"/>
  <rect x="172" y="184" width="256" height="296" rx="16" fill="none" stroke="${tone(color, 0.3)}" stroke-width="2"/>
  <rect x="240" y="126" width="120" height="28" rx="14" fill="${tone(color, -0.6)}"/><rect x="243" y="133" width="117" height="22" rx="11" fill="#ded3c1"/>
  <circle cx="260" cy="330" r="46" fill="#c53b2c"/><circle cx="246" cy="316" r="13" fill="#e98a7a" opacity=".8"/><path d="M244 290l16 10 18-12-14 18z" fill="#4f7a3c"/>
  <ellipse cx="344" cy="390" rx="38" ry="36" fill="#d14a34"/><ellipse cx="344" cy="390" rx="30" ry="28" fill="#e58a66"/><path d="M344 366v48M322 390h44" stroke="#c9503a" stroke-width="6"/></g>`;

export const kitchen = {
  'KT-101': { draw: mug, detail: '150 130 300 300' },
  'KT-102': { draw: kettle, detail: '210 150 290 290' },
  'KT-103': { draw: skillet, detail: '120 270 300 300' },
  'KT-104': { draw: casserole, detail: '150 130 300 300' },
  'KT-105': { draw: board, detail: '180 240 280 280' },
};
