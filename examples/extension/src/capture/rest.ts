const QUIET_MS = 120;
const SETTLE_WITHIN_MS = 1_200;
const ARRIVED_QUIET_MS = 350;
const ARRIVE_WITHIN_MS = 2_200;

/** The action whose consequences are awaited. */
export interface Awaited {
  at: number;
  isArrival: boolean;
}

/** Waits until the page comes to rest after a change, but not for ever: some pages never do. */
export class Rest {
  #timer?: ReturnType<typeof setTimeout>;

  constructor(private readonly awaited: () => Awaited | undefined, private readonly rested: () => void) {}

  /** Something changed, or a person acted: the quiet has to begin anew. */
  await(): void {
    clearTimeout(this.#timer);
    const awaited = this.awaited();
    const isArrival = awaited?.isArrival ?? false;
    // A page that never rests is taken as it is after a while; one that is only arriving is given more time.
    const isLate = awaited !== undefined && Date.now() - awaited.at > (isArrival ? ARRIVE_WITHIN_MS : SETTLE_WITHIN_MS);
    const isLoading = isArrival && document.readyState !== 'complete';
    this.#timer = setTimeout(() => (isLoading && !isLate ? this.await() : this.rested()), isLate ? 0 : isArrival ? ARRIVED_QUIET_MS : QUIET_MS);
  }
}
