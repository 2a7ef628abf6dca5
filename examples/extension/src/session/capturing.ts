import { browser } from 'wxt/browser';

/** Whether a recording runs. Pages read it when they are opened, without waking the worker. */
export async function isCapturing(): Promise<boolean> {
  try {
    return (await browser.storage.local.get<{ capturing?: boolean }>('capturing')).capturing === true;
  } catch {
    // An extension that was just updated or removed answers nobody any more.
    return false;
  }
}

export async function setCapturing(capturing: boolean): Promise<void> {
  if ((await isCapturing()) !== capturing) await browser.storage.local.set({ capturing });
}
