import { defineConfig } from 'vitest/config';

const common = {
  // Waits are by condition; these only end what hangs. A machine with other things to do is given time.
  testTimeout: 600_000,
  hookTimeout: 120_000,
  disableConsoleIntercept: true,
};
/** Files whose figures are times: of two browsers that share a processor they would mean nothing. */
const alone = ['e2e/cost.test.ts', 'e2e/frames.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { test: { ...common, name: 'side by side', include: ['e2e/**/*.test.ts'], exclude: alone, maxWorkers: 3, sequence: { groupOrder: 1 } } },
      { test: { ...common, name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
});
