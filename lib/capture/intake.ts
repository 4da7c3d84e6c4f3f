import type { EventBuffer } from '../buffer/event-buffer.js';
import type { LifecycleStream } from '../observe/lifecycle.js';
import { countReason, type Reason, type ReasonCounts, reasonCounts } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Clock } from '../host/clock.js';
import { type Declined, isChoice, Refusal, type Verdict } from './call-end.js';
import type { CallLog } from './call-log.js';
import type { KeyWindow } from './idempotency/key-window.js';
import type { MadeEvent } from './made-event.js';
import type { Router } from './routing/router.js';

/** Stores made events: decides their lanes, offers them to the buffer, and remembers their keys. */
export class Intake {
  /** By lane: accepted events that its destination or the buffer declined. */
  readonly #declined = new Map<string, ReasonCounts>();
  #afterEach: (() => void) | undefined;

  constructor(
    private readonly router: Router,
    private readonly keys: KeyWindow,
    private readonly buffer: EventBuffer,
    private readonly calls: CallLog,
    private readonly lifecycle: LifecycleStream,
    private readonly clock: Clock,
  ) {
    for (const lane of router.all) this.#declined.set(lane, reasonCounts());
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
    const { size, keyed, owner } = made;
    const { id } = made.event;
    if (keyed === true && this.keys.has(id)) return { id, state: 'duplicate', event: made.event };
    const { event = made.event, routes, declined, withheld } = this.router.route(made);
    for (const each of declined) this.calls.declinedHere(each, event, routes.length > 0);
    if (routes.length === 0) return this.#withoutLane(declined, event);
    const full = this.buffer.offer(event, size, routes, withheld);
    if (full !== undefined) {
      const { reason, lanes } = full;
      if (lanes.length === routes.length) return this.calls.refuse(reason, event);
      for (const lane of lanes) this.#count(lane, reason);
    }
    for (const { lane, reason } of declined) this.#count(lane, reason);
    // Only now, because a key may be used again if the buffer rejected its event.
    if (keyed === true) this.keys.remember(id, owner);
    this.#afterEach?.();
    if (this.lifecycle.observed) this.lifecycle.emit({ type: 'accepted', at: this.clock.now(), event });
    return { id, state: 'accepted', event };
  }

  #count(lane: string, reason: Reason): void {
    countReason(this.#declined.get(lane)!, reason);
  }

  /** All its lanes declined it. If the application withheld it from each, it is suppressed. */
  #withoutLane(declined: readonly Declined[], event: TrackingEvent): Verdict {
    const first = declined.find(({ reason }) => !isChoice(reason)) ?? declined[0];
    if (first === undefined) return this.calls.refuse('no_destination', event);
    const { reason } = first;
    if (!isChoice(reason)) this.calls.declined(first, event);
    return new Refusal(reason, undefined, event);
  }
}
