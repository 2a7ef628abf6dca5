// The dashboard of a real server in a real browser. One server and one browser serve all suites, one file each in `suites`.

import { after, before, describe, test } from 'node:test';
import { datasets } from './suites/datasets.js';
import { hostile } from './suites/hostile.js';
import { described } from './suites/interface.js';
import { live } from './suites/live.js';
import { reviewing } from './suites/reviewing.js';
import { signingIn } from './suites/sign-in.js';
import { speed } from './suites/speed.js';
import { viewer } from './suites/viewer.js';
import { training } from './suites/training.js';
import { views } from './suites/views.js';
import { missing, sessionsOf, startBrowser, startDemo } from './support.js';

if (missing) {
  console.log(`SKIPPED the dashboard in a browser: ${missing}`);
  test('the dashboard in a browser', { skip: missing });
} else {
  /** @type {any} */
  const it = {};
  describe('dashboard', () => {
    before(async () => {
      it.server = await startDemo();
      it.browser = await startBrowser();
      it.demo = (await sessionsOf(it.server, it.server.token))[0].id;
    });
    after(async () => {
      await it.browser?.close();
      await it.server?.stop();
    });
    signingIn(it);
    training(it);
    views(it);
    viewer(it);
    datasets(it);
    described(it);
    reviewing(it);
    live(it);
    hostile(it);
    speed(it);
  });
}
