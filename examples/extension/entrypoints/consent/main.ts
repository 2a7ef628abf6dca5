import { runConsent } from '../../src/ui/consent.ts';

void runConsent();
