import { runOffscreen } from '../../src/session/offscreen.ts';

runOffscreen();
