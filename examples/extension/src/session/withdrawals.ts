import { browser } from 'wxt/browser';
import { readSettings } from './settings.ts';

/** Tells the server of each withdrawal it does not know of yet. Safe to call at any time and as often as wanted. */
export async function sendWithdrawals(): Promise<void> {
  const { withdrawals = [] } = await browser.storage.local.get<{ withdrawals?: string[] }>('withdrawals');
  for (const subject of withdrawals) {
    if (!(await isTold(subject))) return;
    const { withdrawals: left = [] } = await browser.storage.local.get<{ withdrawals?: string[] }>('withdrawals');
    await browser.storage.local.set({ withdrawals: left.filter((name) => name !== subject) });
  }
}

async function isTold(subject: string): Promise<boolean> {
  const { serverUrl, token } = await readSettings();
  try {
    const address = withdrawalUrl(serverUrl, subject);
    const answer = await fetch(address, { method: 'POST', headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) });
    // Who was never heard of, or is erased already, has nothing left to withdraw.
    return answer.ok || answer.status === 404 || answer.status === 403;
  } catch {
    return false;
  }
}

/** The recording socket's address leads to the request's: `ws://host/v1/stream` to `http://host/v1/subjects/…`. */
export const withdrawalUrl = (serverUrl: string, subject: string): string =>
  `${serverUrl.replace(/^ws/, 'http').replace(/\/v1\/stream\/?$/, '')}/v1/subjects/${encodeURIComponent(subject)}/withdrawal`;
