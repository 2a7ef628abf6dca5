import type { BrowserContext, CDPSession, Page } from 'playwright-core';

/** A stretch of the recorder's work in the page's main thread, in milliseconds; `at` counts from the start of the browser. */
export interface Work {
  at: number;
  wallMs: number;
  cpuMs: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  tdur?: number;
  args: { data?: { url?: string } };
}

/**
 * What the recorder does in a page, as the browser's own trace tells it. Besides the time that passed it has the time for
 * which the thread had a processor, which says the same on a busy machine as on an idle one.
 */
export class MainThread {
  readonly #events: TraceEvent[] = [];

  private constructor(private readonly session: CDPSession) {}

  static async watch(context: BrowserContext, page: Page): Promise<MainThread> {
    const session = await context.newCDPSession(page);
    const watched = new MainThread(session);
    session.on('Tracing.dataCollected', ({ value }) => watched.#events.push(...(value as unknown as TraceEvent[])));
    await session.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline', 'blink.user_timing'] }, transferMode: 'ReportEvents' });
    return watched;
  }

  /** Ends the trace; gives the work between each mark of the page and the next. */
  async between(mark: string): Promise<Work[][]> {
    const isOver = new Promise<void>((resolve) => { this.session.once('Tracing.tracingComplete', () => resolve()); });
    await this.session.send('Tracing.end');
    await isOver;
    const marks = this.#events.filter(({ name }) => name === mark).map(({ ts }) => ts).sort((a, b) => a - b);
    const work = this.#events.filter(({ name, ph, args }) => name === 'FunctionCall' && ph === 'X' && args.data?.url?.includes('/content-scripts/'));
    return marks.map((from, index) => work
      .filter(({ ts }) => ts >= from && ts < (marks[index + 1] ?? Infinity))
      .map(({ ts, dur = 0, tdur = dur }) => ({ at: ts / 1_000, wallMs: dur / 1_000, cpuMs: tdur / 1_000 })));
  }
}
