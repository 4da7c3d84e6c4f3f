import type { EventBuffer } from '../buffer/event-buffer.js';
import { newId } from '../event/event-id.js';
import type { LifecycleStream } from '../event/lifecycle.js';
import { countReason, reasonCounts } from '../event/reasons.js';
import type { Reason, ReasonCounts } from '../event/reasons.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { captureMessages } from './capture.messages.js';
import { CapturedOptions } from './captured-options.js';
import type { CallOptions, EventCall } from './event-call.js';
import type { EventMaker, MadeEvent } from './event-maker.js';
import type { KeyWindow } from './key-window.js';
import type { Declined, Router } from './router.js';

/** What became of a call. */
export interface Verdict {
  /** Absent where the call was refused. */
  readonly id?: string;
  readonly state: 'accepted' | 'duplicate' | 'suppressed' | 'rejected';
  readonly reason?: Reason;
}

/** What the door works with. */
export interface DoorSetup {
  readonly enabled: boolean;
  readonly maker: EventMaker;
  readonly router: Router;
  readonly keys: KeyWindow;
  readonly buffer: EventBuffer;
  readonly clock: Clock;
  readonly log: Log;
  readonly lifecycle: LifecycleStream;
  /** The code that runs, such as `OrdersController.create`, where known. */
  readonly source: () => string | undefined;
}

const SUPPRESSIONS: ReadonlySet<Reason> = new Set([
  'disabled',
  'when',
  'redacted',
  'consent',
  'sampled',
  'rolled_back',
]);
const NO_OPTIONS: CallOptions = Object.freeze({});

/**
 * The one way in. Every call ends in exactly one counted state: accepted, duplicate, suppressed or rejected. Nothing here
 * throws, waits, or costs more than microseconds.
 */
export class Door {
  called = 0;
  accepted = 0;
  duplicate = 0;
  readonly rejected = reasonCounts();
  readonly suppressed = reasonCounts();
  /** By lane: what its destination or the buffer declined of the events that were accepted. */
  readonly declined = new Map<string, ReasonCounts>();
  #closed = false;

  constructor(private readonly setup: DoorSetup) {
    for (const lane of setup.router.all) this.declined.set(lane, reasonCounts());
  }

  /** From now on every call is rejected as `closed`. */
  close(): void {
    this.#closed = true;
  }

  accept(call: EventCall, options: CallOptions = NO_OPTIONS): Verdict {
    const { enabled, clock, maker } = this.setup;
    this.called++;
    if (!enabled) return { ...this.#suppress('disabled'), id: newId(clock.now()) };
    let source: string | undefined;
    try {
      const given = options ?? NO_OPTIONS;
      const captured = CapturedOptions.sourceOf(given);
      source = captured ?? this.setup.source();
      if (this.#closed) return this.#reject('closed', what(call, source));
      const made = maker.make(call, given, source, captured !== undefined);
      if (typeof made !== 'string') return this.#store(made, call);
      return SUPPRESSIONS.has(made) ? this.#suppress(made) : this.#reject(made, what(call, source));
    } catch (error) {
      // What was passed as options may throw wherever it is touched.
      return this.#reject('unserialisable', what(call, source), error);
    }
  }

  /** Counts a call that never became an event. */
  refuse(reason: Reason, source: string, error?: unknown): void {
    this.called++;
    if (!this.setup.enabled) this.#suppress('disabled');
    else if (SUPPRESSIONS.has(reason)) this.#suppress(reason);
    else this.#reject(reason, source, error);
  }

  #store({ event, size, keyed }: MadeEvent, call: EventCall): Verdict {
    const { router, buffer, keys, lifecycle, clock } = this.setup;
    const { id } = event;
    if (keyed && keys.has(id)) {
      this.duplicate++;
      return { id, state: 'duplicate' };
    }
    const { routes, declined } = router.route(event, size);
    if (routes.length === 0) {
      return this.#decline(declined, what(call, event.source));
    }
    const full = buffer.offer(event, size, routes);
    if (full !== undefined) {
      if (full.lanes.length === routes.length) return this.#reject(full.reason, what(call, event.source));
      for (const lane of full.lanes) countReason(this.declined.get(lane)!, full.reason);
    }
    for (const { lane, reason } of declined) countReason(this.declined.get(lane)!, reason);
    // Only now: a key whose event found no room may come again.
    if (keyed) keys.remember(id);
    this.accepted++;
    if (lifecycle.observed) lifecycle.emit({ type: 'accepted', at: clock.now(), event });
    return { id, state: 'accepted' };
  }

  #suppress(reason: Reason): Verdict {
    countReason(this.suppressed, reason);
    return { state: 'suppressed', reason };
  }

  /** Every destination that it was for declined it. */
  #decline([first]: readonly Declined[], about: string): Verdict {
    if (first === undefined) return this.#reject('no_destination', about);
    const { lane, reason } = first;
    countReason(this.rejected, reason);
    this.setup.log.warnOnce(`${reason} ${lane} ${about}`, () =>
      captureMessages.declined(about, lane, reason),
    );
    return { state: 'rejected', reason };
  }

  #reject(reason: Reason, about: string, error?: unknown): Verdict {
    countReason(this.rejected, reason);
    this.setup.log.warnOnce(`${reason} ${about}`, () => captureMessages.refused(about, reason, error));
    return { state: 'rejected', reason };
  }
}

/** How a call is named in a warning; never more of it than its name and place. */
function what({ type, name }: EventCall, source: string | undefined): string {
  const event = typeof name === 'string' && type === 'track' ? `event '${name.slice(0, 100)}'` : `${type}()`;
  return source === undefined ? event : `${event} of ${source}`;
}
