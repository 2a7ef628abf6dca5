const causes: { [navigation: string]: string } = { reload: 'reload', back_forward: 'history' };

/** How the person came to this page, and the moves of a page that changes its address without being loaded anew. */
export class Addresses {
  #address = '';
  #isWatching = false;

  constructor(private readonly moved: (cause: string) => void) {}

  arrivalCause(): string {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return causes[entry?.type ?? ''] ?? 'link';
  }

  watch(): void {
    this.#address = location.href;
    if (this.#isWatching) return;
    this.#isWatching = true;
    const navigation = (globalThis as { navigation?: EventTarget }).navigation;
    navigation?.addEventListener('currententrychange', (event) => {
      if (location.href === this.#address) return;
      this.#address = location.href;
      const kind = (event as Event & { navigationType?: string }).navigationType;
      this.moved(kind === 'traverse' ? 'history' : 'route');
    });
  }
}
