import { browser } from 'wxt/browser';
import type { NoticeLevel } from '../protocol.ts';

export interface Notice {
  code: string;
  level: NoticeLevel;
  message: string;
  at: number;
  count: number;
}

const most = 12;

export async function readNotices(): Promise<Notice[]> {
  const { notices = [] } = await browser.storage.local.get<{ notices?: Notice[] }>('notices');
  return notices;
}

/** Tells the person something; the same thing again is counted, not repeated. */
export async function raise(code: string, level: NoticeLevel, message: string): Promise<void> {
  const notices = await readNotices();
  const count = (notices.find((notice) => notice.code === code)?.count ?? 0) + 1;
  await write([{ code, level, message, at: Date.now(), count }, ...notices.filter((notice) => notice.code !== code)].slice(0, most));
}

/** What a notice was about is over. */
export async function settle(code: string): Promise<void> {
  const notices = await readNotices();
  if (notices.some((notice) => notice.code === code)) await write(notices.filter((notice) => notice.code !== code));
}

const write = (notices: Notice[]) => browser.storage.local.set({ notices });
