import type { EventCall } from './event-call.js';
import type { MadeEvent } from './event-maker.js';

/** An event that waits for the end of a hold. */
export interface HeldEvent {
  readonly made: MadeEvent;
  readonly call: EventCall;
  /** Which of all that were held it was: what an inner hold lets go has its place among the outer's. */
  readonly turn: number;
}

/** Events that wait until what surrounds them has come to its end: they have happened only if it succeeds. */
export class Hold {
  /** Somebody wants to know when its events are safe. */
  durable = false;
  #waiting: HeldEvent[] = [];
  #isMixed = false;
  /** Public, as are `owner` and `outer`, because a hold of another copy of this package may stand in between. */
  state: 'open' | 'kept' | 'dropped' = 'open';
  outer: Hold | undefined;

  /** @param around what the running code is held by already, of whatever application */
  constructor(
    /** Two applications may run in one process: each holds its own events only. */
    readonly owner: object,
    around: object | undefined,
  ) {
    this.outer = around as Hold | undefined;
    this.#forgetEnded();
  }

  /**
   * What an event of `owner` that is made in here has to wait for; undefined for nothing. What goes on after the end of a
   * hold shares its fate.
   */
  static of(hold: object | undefined, owner: object): Hold | undefined {
    let nearest = hold as Hold | undefined;
    while (nearest !== undefined && (nearest.owner !== owner || nearest.state === 'kept')) {
      nearest = nearest.outer;
    }
    return nearest;
  }

  get isDropped(): boolean {
    return this.state === 'dropped';
  }

  add(event: HeldEvent): void {
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.turn > event.turn) this.#isMixed = true;
    this.#waiting.push(event);
  }

  /** Ends it. @returns what had waited */
  end(outcome: 'kept' | 'dropped'): readonly HeldEvent[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (this.#isMixed) waiting.sort((one, other) => one.turn - other.turn);
    this.state = outcome;
    this.#forgetEnded();
    return waiting;
  }

  /** Work that starts itself again from within a hold, for ever, would else keep all the holds that it ever had. */
  #forgetEnded(): void {
    while (
      this.outer !== undefined &&
      (this.outer.state === 'kept' ||
        (this.isDropped && this.outer.isDropped && this.outer.owner === this.owner))
    ) {
      this.outer = this.outer.outer;
    }
  }
}
