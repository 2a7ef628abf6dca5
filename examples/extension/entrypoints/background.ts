import { defineBackground } from 'wxt/utils/define-background';
import { runWorker } from '../src/session/worker.ts';

export default defineBackground(runWorker);
