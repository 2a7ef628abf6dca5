import { runOptions } from '../../src/ui/options.ts';

void runOptions();
