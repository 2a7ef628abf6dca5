import { goal } from './session.js';
import { frameMediaType } from './frames.js';
import { sha256 } from './wire-file.js';

/** What the invented person was shown and agreed to. */
const consentText = 'Your clicks, typing, page contents and pictures of the pages of this shop are recorded to train models.';

/** How the recording begins. Consent lies before everything, at a fixed time. @param {string} browser @param {string} shop */
export const sessionStart = (browser, shop) => ({
  key: 'shopping-session',
  // A script moves the mouse and presses the keys: real input, but nobody's own decisions.
  sessionType: /** @type {const} */ ('automated'),
  goal: { text: goal, site: shop, taskId: 'shop-lamp-and-mugs' },
  consent: {
    subject: 'scripted-person', textVersion: '1', purposes: ['training'], givenAt: Date.UTC(2026, 8, 1, 9), evidenceHash: sha256(consentText),
  },
  capture: { name: 'normal', audio: false, frameMediaType, recorder: 'shop-recorder 1', browser },
});
