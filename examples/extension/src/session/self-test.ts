import { browser } from 'wxt/browser';
import { askTab } from '../messages.ts';
import { PROTOCOL } from '../protocol.ts';
import { readServerMessage } from '../transport/wire.ts';
import { readSettings } from './settings.ts';

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

const WITHIN_MS = 4_000;

/** Do events, frames and the server answer? Asked before a person invests an hour in a recording. */
export async function selfTest(tab: number | undefined): Promise<Check[]> {
  return Promise.all([checkEvents(tab), checkFrames(tab), checkServer()]);
}

async function checkEvents(tab: number | undefined): Promise<Check> {
  const ok = tab !== undefined && (await askTab(tab, 'page.selfTest', {}, 0).catch(() => false));
  return { name: 'Events', ok, detail: ok ? 'This page answers.' : 'This page does not answer. Load it again; pages of the browser itself cannot be recorded.' };
}

async function checkFrames(tab: number | undefined): Promise<Check> {
  try {
    const { windowId } = await browser.tabs.get(tab ?? -1);
    const picture = await browser.tabs.captureVisibleTab(windowId, { format: 'jpeg', quality: 10 });
    return { name: 'Pictures', ok: picture.length > 100, detail: 'The browser gives pictures of this page.' };
  } catch (error) {
    const isQuota = String(error).includes('MAX_CAPTURE');
    return { name: 'Pictures', ok: isQuota, detail: isQuota ? 'The browser gives pictures of this page.' : 'The browser gives no picture of this page.' };
  }
}

async function checkServer(): Promise<Check> {
  const { serverUrl, token } = await readSettings();
  const name = 'Server';
  if (!serverUrl) return { name, ok: false, detail: 'No server is set. Enter its address in the options.' };
  return new Promise((resolve) => {
    const say = (ok: boolean, detail: string) => {
      resolve({ name, ok, detail });
      socket?.close();
    };
    let socket: WebSocket | undefined;
    try {
      socket = new WebSocket(serverUrl, [PROTOCOL]);
    } catch {
      return say(false, 'The server address is not usable. Correct it in the options.');
    }
    setTimeout(() => say(false, 'The server does not answer. Check its address and your connection.'), WITHIN_MS);
    socket.onerror = () => say(false, 'The server cannot be reached. Check its address and your connection.');
    socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL, token, client: { name: 'codesight-extension', version: browser.runtime.getManifest().version }, clock: Date.now() }));
    socket.onmessage = ({ data }) => {
      const message = readServerMessage(data);
      if (message?.type === 'welcome') say(true, 'The server answers and knows the token.');
      else if (message?.type === 'close') say(false, message.code === 'unauthenticated' ? 'The server refused the token. Correct it in the options.' : `The server refused (${message.code}).`);
      else say(false, 'Something answers there, but it is not CodeSight.');
    };
  });
}
