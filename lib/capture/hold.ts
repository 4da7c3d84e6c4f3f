import type { EventCall } from './event-call.js';
import type { MadeEvent } from './event-maker.js';

/** An event that waits for the end of a hold. */
export interface HeldEvent {
  readonly made: MadeEvent;
  readonly call: EventCall;
}

/** Events that wait until what surrounds them has come to its end: they have happened only if it succeeds. */
export class Hold {
  #state: 'open' | 'kept' | 'dropped' = 'open';
  #waiting: HeldEvent[] = [];
  /** Somebody wants to know when its events are safe. */
  durable = false;

  constructor(
    /** Two applications may run in one process: each holds its own events only. */
    private readonly owner: object,
    private readonly outer: Hold | undefined,
  ) {}

  /**
   * What an event of `owner` that is made in here has to wait for; undefined for nothing. What goes on after the end of a
   * hold shares its fate.
   */
  static of(hold: object | undefined, owner: object): Hold | undefined {
    let nearest = hold instanceof Hold ? hold : undefined;
    while (nearest !== undefined && (nearest.owner !== owner || nearest.#state === 'kept')) {
      nearest = nearest.outer;
    }
    return nearest;
  }

  get isDropped(): boolean {
    return this.#state === 'dropped';
  }

  add(event: HeldEvent): void {
    this.#waiting.push(event);
  }

  /** Ends it. @returns what had waited */
  end(outcome: 'kept' | 'dropped'): readonly HeldEvent[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#state = outcome;
    return waiting;
  }
}
