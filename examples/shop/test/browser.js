import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const usualPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Launches the installed Chromium, or gives `undefined` when there is none. `CHROMIUM` names another one. */
export async function openBrowser(args = []) {
  const executablePath = [process.env.CHROMIUM, ...usualPlaces].find((path) => path && existsSync(path));
  if (!executablePath) return undefined;
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...args] });
}
