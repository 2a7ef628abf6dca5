import { defineContentScript } from 'wxt/utils/define-content-script';
import { PageRecorder } from '../src/capture/page-recorder.ts';
import { answer } from '../src/messages.ts';

export default defineContentScript({
  matches: ['<all_urls>'],
  allFrames: true,
  matchAboutBlank: true,
  matchOriginAsFallback: true,
  runAt: 'document_start',
  main() {
    const recorder = new PageRecorder();
    answer('page', {
      'page.orders': ({ orders }) => recorder.obey(orders),
      'page.moment': ({ recording, since }) => recorder.moment(recording, since),
      'page.flush': () => recorder.flush(),
      'page.selfTest': () => true,
    });
    recorder.start();
  },
});
