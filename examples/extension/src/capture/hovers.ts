import type { RawEvent } from './raw.ts';
import type { Sink } from './reducer.ts';

const HOVER_MS = 500;
/** What pages react to when the pointer rests on it. */
const reactive = '[aria-haspopup], nav a, nav button, [role=menuitem], summary, [data-tooltip], [aria-describedby]';

/** Tells a pointer that rests on something, and the page that reacts to it, from one that only passes. */
export class Hovers<Moment> {
  #over?: { target: Element; moment: Moment };

  constructor(private readonly sink: Sink<Moment>, private readonly hovered: (raw: RawEvent, moment: Moment, durationMs: number) => void) {}

  entered(raw: RawEvent): void {
    if (raw.pointerType === 'touch' || this.#over?.target === raw.target) return;
    this.forget();
    if (!raw.target.matches(reactive)) return;
    const over = { target: raw.target, moment: this.sink.moment(raw.target, true) };
    this.#over = over;
    this.sink.later(() => {
      if (this.#over !== over || !this.sink.hasReacted(over.moment)) return;
      this.forget();
      this.hovered(raw, over.moment, HOVER_MS);
    }, HOVER_MS);
  }

  forget(): void {
    this.#over = undefined;
  }
}
