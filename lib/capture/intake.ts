import type { EventBuffer } from '../buffer/event-buffer.js';
import type { LifecycleStream } from '../observe/lifecycle.js';
import { countReason, type ReasonCounts, reasonCounts } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Clock } from '../host/clock.js';
import type { KeyWindow } from './idempotency/key-window.js';
import type { Declined } from './routing/lane-door.js';
import type { MadeEvent } from './made-event.js';
import { isChoice, type RefusalLog } from './refusal-log.js';
import type { Router } from './routing/router.js';
import type { Verdict } from './verdict.js';

/** The parts of the intake. */
export interface IntakeSetup {
  readonly router: Router;
  readonly keys: KeyWindow;
  readonly buffer: EventBuffer;
  readonly refusals: RefusalLog;
  readonly lifecycle: LifecycleStream;
  readonly clock: Clock;
}

/** Stores made events: decides their lanes, offers them to the buffer, and remembers their keys. */
export class Intake {
  /** By lane: accepted events that its destination or the buffer declined. */
  readonly #declined = new Map<string, ReasonCounts>();
  #afterEach: (() => void) | undefined;

  constructor(private readonly setup: IntakeSetup) {
    for (const lane of setup.router.all) this.#declined.set(lane, reasonCounts());
  }

  /** Accepted events that did not enter a lane, by reason. */
  declined(lane: string): ReasonCounts {
    return reasonCounts(this.#declined.get(lane));
  }

  /** Saves after each further event, because the process ends. */
  saveEach(save: () => void): void {
    this.#afterEach = save;
  }

  store(made: MadeEvent): Verdict {
    const { router, buffer, keys, lifecycle, clock, refusals } = this.setup;
    const { size, keyed, owner } = made;
    const { id } = made.event;
    if (keyed === true && keys.has(id)) return { id, state: 'duplicate', event: made.event };
    const { event = made.event, routes, declined, withheld } = router.route(made);
    for (const each of declined) refusals.declinedHere(each, event, routes.length > 0);
    if (routes.length === 0) return this.#withoutLane(declined, event);
    const full = buffer.offer(event, size, routes, withheld);
    if (full !== undefined) {
      const { reason, lanes } = full;
      if (lanes.length === routes.length) {
        refusals.refused(refusals.names.of(event), reason);
        return { state: 'rejected', reason, event };
      }
      for (const lane of lanes) this.#count(lane, full);
    }
    for (const each of declined) this.#count(each.lane, each);
    // Only now, because a key may be used again if the buffer rejected its event.
    if (keyed === true) keys.remember(id, owner);
    this.#afterEach?.();
    if (lifecycle.observed) lifecycle.emit({ type: 'accepted', at: clock.now(), event });
    return { id, state: 'accepted', event };
  }

  #count(lane: string, { reason }: Pick<Declined, 'reason'>): void {
    countReason(this.#declined.get(lane)!, reason);
  }

  /** All its lanes declined it. If the application withheld it from each, it is suppressed. */
  #withoutLane(declined: readonly Declined[], event: TrackingEvent): Verdict {
    const { refusals } = this.setup;
    const first = declined.find((each) => !isChoice(each)) ?? declined[0];
    if (first === undefined) {
      refusals.refused(refusals.names.of(event), 'no_destination');
      return { state: 'rejected', reason: 'no_destination', event };
    }
    const { reason } = first;
    if (isChoice(first)) return { state: 'suppressed', reason, event };
    refusals.declined(first, event);
    return { state: 'rejected', reason, event };
  }
}
