import { type Surroundings, surroundings } from '../../identity/scope/request-scope.js';
import type { Verdict } from '../call-end.js';
import type { CallLog } from '../call-log.js';
import { Hold } from './hold.js';
import type { KeyWindow } from '../idempotency/key-window.js';
import type { MadeEvent } from '../made-event.js';

const MAX_EVENTS = 10_000;
/** Of their JSON. */
const MAX_UNITS = 32 * 1024 * 1024;

/** All held events of an application. They are in no buffer, so no other limit counts them. */
export class Holds {
  #count = 0;
  #units = 0;

  constructor(
    private readonly keys: KeyWindow,
    private readonly calls: CallLog,
  ) {}

  get count(): number {
    return this.#count;
  }

  open(): Hold {
    return new Hold(this, surroundings()?.hold);
  }

  /** The hold that decides about an event of the running code, if any. */
  around(here: Surroundings | undefined): Hold | undefined {
    return here?.hold === undefined ? undefined : Hold.of(here.hold, this);
  }

  /** The hold that the events of an ended one pass to, if any. */
  outside(hold: Hold): Hold | undefined {
    return Hold.of(hold.outer, this);
  }

  add(hold: Hold, made: MadeEvent): Verdict {
    const { event, size, keyed, owner } = made;
    const { id } = event;
    if (hold.isDropped) return { id, state: 'suppressed', reason: 'rolled_back', event };
    if (keyed === true && this.keys.has(id)) return { id, state: 'duplicate', event };
    if (this.#count >= MAX_EVENTS || this.#units + size > MAX_UNITS) {
      this.calls.holdFull(MAX_EVENTS, MAX_UNITS);
      return this.calls.refuse('buffer_full', event);
    }
    this.#count++;
    this.#units += size;
    if (owner !== undefined) this.keys.claim(id, owner);
    // Hashed now, because a held event must not keep plain data, or read another request after its own has ended.
    made.person?.();
    hold.add(made);
    return { id, state: 'held', hold };
  }

  /** Ends a hold. @returns its events, which are not held any more */
  end(hold: Hold, outcome: 'kept' | 'dropped'): readonly MadeEvent[] {
    const events = hold.end(outcome);
    for (const { event, size, owner } of events) {
      this.#count--;
      this.#units -= size;
      if (owner !== undefined) this.keys.unclaim(event.id);
    }
    return events;
  }
}
