const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Full jitter: many recorders that lost the same server do not come back at the same moment. */
export const backoffMs = (attempt: number, random: () => number): number =>
  Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16)));

/** Codes after which the same connection attempt can only fail again, until a person changed something. */
const hopeless = new Set(['unsupported-protocol', 'unauthenticated', 'consent-missing', 'stale-epoch']);

export const isWorthReconnecting = (code: string): boolean => !hopeless.has(code);
