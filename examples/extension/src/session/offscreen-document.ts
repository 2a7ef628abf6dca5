import { browser } from 'wxt/browser';
import { momentOf } from '../frames/camera.ts';
import { ask } from '../messages.ts';
import { raise, settle } from './notices.ts';
import type { Recording } from './recording.ts';

const VIDEO_FPS = 12;

/** Begins the video of the tab. The browser allows it only where the person pressed the recorder's button. */
export async function openVideo(recording: Recording, tab: number): Promise<void> {
  try {
    await open();
    const streamId = await browser.tabCapture.getMediaStreamId({ targetTabId: tab });
    const { viewport } = (await momentOf({ recording: recording.key, tab }))!;
    const [width, height] = [viewport.width, viewport.height].map((side) => Math.round(side * (viewport.devicePixelRatio ?? 1))) as [number, number];
    const { problem } = await ask('ring.start', { streamId, fps: VIDEO_FPS, width, height });
    if (problem) throw new Error(problem);
    await settle('ring-refused');
  } catch {
    await raise('ring-refused', 'warning', 'The browser did not allow the video of this tab, so pictures before actions will be missing. Press the recorder’s button on the page of your task and start again.');
  }
}

/** Begins to record what the person says; they said that they want this, and the browser asked them too. */
export async function openAudio(recording: Recording): Promise<void> {
  await open();
  const { problem } = await ask('audio.start', { recording: recording.key });
  if (problem) await raise('microphone-refused', 'warning', 'The microphone cannot be used, so what you say is not recorded. Allow it in the options, or switch it off there.');
  else await settle('microphone-refused');
}

/** Ends video and voice; what was said is in the outbox afterwards. */
export async function closeOffscreen(): Promise<void> {
  if (!(await browser.offscreen.hasDocument())) return;
  await ask('audio.stop', {}).catch(() => undefined);
  await browser.offscreen.closeDocument();
}

async function open(): Promise<void> {
  if (await browser.offscreen.hasDocument()) return;
  await browser.offscreen.createDocument({ url: 'offscreen.html', reasons: ['USER_MEDIA'], justification: 'Keeps the last pictures of the recorded tab, and records think-aloud audio.' });
}
