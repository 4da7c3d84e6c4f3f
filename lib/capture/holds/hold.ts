import type { MadeEvent } from '../made-event.js';

/** The events of one `hold()`. They are recorded only if its function succeeds. */
export class Hold {
  /** `state`, `owner` and `outer` are public, because a hold of another copy of this package may be in between. */
  state: 'open' | 'kept' | 'dropped' = 'open';
  outer: Hold | undefined;
  #events: MadeEvent[] = [];
  #isMixed = false;
  #needsCommit = false;

  /** @param around the current hold of the running code, of any application */
  constructor(
    /** Two applications may run in one process: each holds its own events only. */
    readonly owner: object,
    around: object | undefined,
  ) {
    this.outer = around as Hold | undefined;
    this.#forgetEnded();
  }

  /** The hold of `owner` that decides about an event made inside `hold`, if any. It also decides about work that outlives it. */
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

  /** Its end must wait for the commit of its events. */
  get needsCommit(): boolean {
    return this.#needsCommit;
  }

  requireCommit(): void {
    this.#needsCommit = true;
  }

  add(event: MadeEvent): void {
    const last = this.#events.at(-1);
    if (last !== undefined && last.turn! > event.turn!) this.#isMixed = true;
    this.#events.push(event);
  }

  /** Ends it. @returns its events in the order of their calls, with those of inner holds in their places */
  end(outcome: 'kept' | 'dropped'): readonly MadeEvent[] {
    const outer = outcome === 'kept' ? Hold.of(this.outer, this.owner) : undefined;
    if (outer !== undefined && this.#needsCommit) {
      outer.requireCommit();
      this.#needsCommit = false;
    }
    const events = this.#events;
    this.#events = [];
    if (this.#isMixed) events.sort((one, other) => one.turn! - other.turn!);
    this.state = outcome;
    this.#forgetEnded();
    return events;
  }

  /** Otherwise, work that restarts itself within a hold would keep a chain of all its ended holds. */
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
