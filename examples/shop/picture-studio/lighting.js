import { ballFill, faceFill, floorShadow, roundFill, shine, tone } from './brush.js';

/** Pool of warm light: drawn over the scene, brightest where the lamp is. */
const glow = (x, y, radius, opacity = 0.75) => `<defs><radialGradient id="glow${x}"><stop offset="0" stop-color="#fff3c9"/>
  <stop offset=".4" stop-color="#ffe29a" stop-opacity=".55"/><stop offset="1" stop-color="#ffd98a" stop-opacity="0"/></radialGradient></defs>
  <circle cx="${x}" cy="${y}" r="${radius}" fill="url(#glow${x})" opacity="${opacity}"/>`;

const deskLamp = (color) => `<defs>${roundFill('base', color)}${faceFill('shade', color)}</defs>
  ${glow(430, 350, 190)}${floorShadow(210, 490, 110)}
  <ellipse cx="210" cy="486" rx="104" ry="24" fill="${tone(color, -0.45)}"/><ellipse cx="210" cy="474" rx="104" ry="24" fill="url(#base)"/>
  <g stroke-linecap="round"><path d="M210 470L150 300" stroke="${tone(color, -0.3)}" stroke-width="15"/><path d="M207 466L148 302" stroke="${tone(color, 0.2)}" stroke-width="5"/>
  <path d="M150 300L338 168" stroke="${tone(color, -0.3)}" stroke-width="15"/><path d="M150 296L334 167" stroke="${tone(color, 0.2)}" stroke-width="5"/>
  <path d="M172 340L210 270M250 232l30-10" stroke="#9b9b98" stroke-width="4"/></g>
  <circle cx="150" cy="300" r="19" fill="#b9b6ae"/><circle cx="150" cy="300" r="8" fill="#77746d"/>
  <g transform="rotate(-24 372 206)"><ellipse cx="392" cy="304" rx="112" ry="26" fill="#fff0bd"/><ellipse cx="392" cy="306" rx="60" ry="13" fill="#fffdf0"/>
  <path d="M352 160h70l82 140c2 18-226 18-224 0z" fill="url(#shade)"/><rect x="356" y="132" width="62" height="34" rx="12" fill="${tone(color, -0.28)}"/>
  ${shine('M346 190l-42 96', 10, 0.45)}</g><circle cx="340" cy="170" r="17" fill="#b9b6ae"/>`;

const pendant = (color) => `<defs>${roundFill('dome', color)}${roundFill('cap', '#6b5a43')}</defs>
  ${glow(300, 380, 230)}
  <path d="M300 0v128" stroke="#3b352e" stroke-width="6"/><rect x="276" y="118" width="48" height="42" rx="8" fill="url(#cap)"/>
  <ellipse cx="300" cy="352" rx="190" ry="36" fill="#fff1c4"/><ellipse cx="300" cy="356" rx="96" ry="18" fill="#fffdf2"/>
  <path d="M110 352C116 214 210 156 300 156s184 58 190 196c-30 30-350 30-380 0z" fill="url(#dome)"/>
  <path d="M110 352c30 30 350 30 380 0" fill="none" stroke="${tone(color, -0.45)}" stroke-width="5"/>
  ${shine('M168 318c6-70 40-112 90-128', 15, 0.5)}
  <ellipse cx="300" cy="520" rx="210" ry="42" fill="#ffefc0" opacity=".55" filter="url(#softer)"/>`;

const floorLamp = (color) => `<defs>${roundFill('drum', tone(color, 0.12))}${roundFill('leg', '#bd9560')}</defs>
  ${glow(300, 190, 220, 0.6)}${floorShadow(300, 520, 150, 16)}
  <g stroke-linecap="round"><path d="M300 268L400 540" stroke="#7c5a34" stroke-width="17"/><path d="M300 268L196 540" stroke="#c69c66" stroke-width="17"/>
  <path d="M300 268L306 556" stroke="#a67d4b" stroke-width="18"/><path d="M191 536L294 270" stroke="#e3c08f" stroke-width="4"/></g>
  <circle cx="300" cy="276" r="20" fill="#42403c"/>
  <g filter="url(#fabric)"><path d="M196 96h208l26 166c0 26-260 26-260 0z" fill="url(#drum)"/></g>
  <ellipse cx="300" cy="96" rx="104" ry="16" fill="#fff6d8"/><path d="M182 244c30 20 206 20 236 0" fill="none" stroke="#fff0c0" stroke-width="10" opacity=".55" filter="url(#edge)"/>
  <path d="M300 262c40 60 64 60 64 110" fill="none" stroke="#5a544b" stroke-width="3"/><circle cx="364" cy="376" r="6" fill="#5a544b"/>`;

const lantern = (color) => `<defs>${roundFill('cap', color)}${roundFill('glass', '#f6eccb')}${roundFill('rod', '#777a7d')}</defs>
  ${glow(300, 330, 210, 0.65)}${floorShadow(300, 496, 112)}
  <path d="M204 210C204 70 396 70 396 210" fill="none" stroke="#6c6f73" stroke-width="9"/>
  <path d="M212 426h176l16 60c0 24-208 24-208 0z" fill="url(#cap)"/>
  <path d="M222 224h156v206c0 14-156 14-156 0z" fill="url(#glass)" opacity=".92"/>
  <rect x="282" y="258" width="36" height="150" rx="18" fill="#fffdf0"/><rect x="270" y="246" width="60" height="174" rx="30" fill="#ffe9a8" opacity=".6" filter="url(#soft)"/>
  <g fill="url(#rod)"><rect x="216" y="220" width="11" height="212"/><rect x="373" y="220" width="11" height="212"/><rect x="294" y="226" width="5" height="206" opacity=".5"/></g>
  <path d="M206 226c-4-60 50-82 94-82s98 22 94 82c-20 18-168 18-188 0z" fill="url(#cap)"/><rect x="272" y="122" width="56" height="28" rx="10" fill="${tone(color, -0.4)}"/>
  <circle cx="300" cy="462" r="17" fill="#2c2d2e"/><circle cx="300" cy="462" r="8" fill="#e8e4d8"/>${shine('M238 204c4-24 22-36 40-40', 8, 0.5)}`;

const mushroom = (color) => `<defs>${ballFill('cap', tone(color, 0.15))}${roundFill('stem', color)}</defs>
  ${glow(300, 290, 250, 0.7)}${floorShadow(300, 492, 122)}
  <path d="M262 300c6 80-20 120-64 172 0 36 204 36 204 0-44-52-70-92-64-172z" fill="url(#stem)"/>
  <path d="M190 306c40 44 180 44 220 0z" fill="#fff4cf"/>
  <path d="M112 296c4-120 96-178 188-178s184 58 188 178c0 34-376 34-376 0z" fill="url(#cap)"/>
  <path d="M116 304c40 26 328 26 368 0" fill="none" stroke="#fff3cd" stroke-width="12" opacity=".8" filter="url(#edge)"/>
  ${shine('M170 240c16-48 56-78 100-88', 16, 0.5)}<circle cx="300" cy="456" r="9" fill="#c9b98f"/>`;

export const lighting = {
  'LT-201': { draw: deskLamp, detail: '250 110 300 300' },
  'LT-202': { draw: pendant, detail: '150 110 280 280' },
  'LT-203': { draw: floorLamp, detail: '160 70 280 280' },
  'LT-204': { draw: lantern, detail: '180 120 260 260' },
  'LT-205': { draw: mushroom, detail: '120 110 300 300' },
};
