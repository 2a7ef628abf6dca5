import { runPopup } from '../../src/ui/popup.ts';

void runPopup();
