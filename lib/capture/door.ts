import type { EventBuffer } from '../buffer/event-buffer.js';
import { newId } from '../event/event-id.js';
import type { LifecycleStream } from '../event/lifecycle.js';
import { countReason, reasonCounts } from '../event/reasons.js';
import type { Reason, ReasonCounts } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { surroundings } from '../identity/request-scope.js';
import { membersOfUser } from '../identity/verified-user.js';
import { CallPlace } from './call-place.js';
import { captureMessages } from './capture.messages.js';
import { CapturedOptions } from './captured-options.js';
import type { CallOptions, EventCall } from './event-call.js';
import type { EventMaker, MadeEvent } from './event-maker.js';
import { Hold } from './hold.js';
import type { HeldEvent } from './hold.js';
import type { KeyWindow } from './key-window.js';
import type { Declined } from './lane-door.js';
import type { Router, Routing } from './router.js';
import type { Witness } from './witness.js';

/** What became of a call. */
export interface Verdict {
  /** Absent where the call was refused. */
  readonly id?: string;
  readonly state: 'accepted' | 'held' | 'duplicate' | 'suppressed' | 'rejected';
  readonly reason?: Reason;
  /** What a held event waits for. */
  readonly hold?: Hold;
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
  readonly witness?: Witness | undefined;
}

const SUPPRESSIONS: ReadonlySet<Reason> = new Set([
  'disabled',
  'when',
  'head_request',
  'redacted',
  'consent',
  'sampled',
  'rolled_back',
]);
/** Reasons for which the application withholds an event from a lane. */
const CHOICES: ReadonlySet<Reason> = new Set(['consent', 'filtered']);
/** Reasons of a lane that are faults of a function of the application. */
const LANE_ERRORS: ReadonlySet<Reason> = new Set(['filter_error', 'map_error']);
/** The check against the plan has said what is wrong, and where, which is more than is known here. */
const TOLD_BY_PLAN: ReadonlySet<Reason> = new Set(['invalid_properties', 'not_in_plan']);
const THROWN: Verdict = Object.freeze({ state: 'rejected', reason: 'unserialisable' });
const NO_OPTIONS: CallOptions = Object.freeze({});
/** What may wait in holds at one time, in events and units of their JSON: it is in no buffer, so that no other bound counts it. */
const MAX_HELD = 10_000;
const MAX_HELD_UNITS = 32 * 1024 * 1024;

/**
 * The one way in. Every call ends in exactly one counted state: accepted, duplicate, suppressed or rejected. Nothing here
 * throws, waits, or costs more than microseconds.
 */
export class Door {
  called = 0;
  accepted = 0;
  duplicate = 0;
  /** Events that wait for the end of a hold: they are none of the others yet. */
  held = 0;
  readonly rejected = reasonCounts();
  readonly suppressed = reasonCounts();
  /** By lane: what its destination or the buffer declined of the events that were accepted. */
  readonly declined = new Map<string, ReasonCounts>();
  #closed = false;
  #atOnce: (() => void) | undefined;
  #heldUnits = 0;
  /** Calls that are in none of the counts yet. */
  #open = 0;

  constructor(private readonly setup: DoorSetup) {
    for (const lane of setup.router.all) this.declined.set(lane, reasonCounts());
  }

  /** From now on every call is rejected as `closed`. */
  close(): void {
    this.#closed = true;
  }

  /** Set when the process ends: called after each later event, because nothing runs after that. */
  saveEach(save: () => void): void {
    this.#atOnce = save;
  }

  accept(call: EventCall, options: CallOptions = NO_OPTIONS): Verdict {
    const before = this.#open;
    this.called++;
    this.#open++;
    let source: string | undefined;
    try {
      const { enabled, clock, maker } = this.setup;
      if (!enabled) return this.#seen({ ...this.#suppress('disabled'), id: newId(clock.now()) }, call);
      const given = options ?? NO_OPTIONS;
      const place = CapturedOptions.placeOf(given) ?? CallPlace.here();
      source = place.source;
      if (this.#closed) return this.#seen(this.#reject('closed', this.#what(call, source)), call, source);
      const made = maker.make(call, given, place);
      if (typeof made === 'string') return this.#refused(made, call, place);
      if ('refused' in made) return this.#refused(made.refused, call, place, made.error);
      const hold = place.around?.hold === undefined ? undefined : Hold.of(place.around.hold, this);
      return hold === undefined
        ? this.#store(made, call)
        : this.#hold(hold, { made, call, turn: this.called });
    } catch (error) {
      // What was passed as options may throw wherever it is touched. Counted without a call: at the end of the stack each throws.
      if (this.#open > before) {
        this.#open--;
        this.rejected.unserialisable++;
        this.#tellThrown(call, source, error);
      }
      return THROWN;
    }
  }

  #refused(reason: Reason, call: EventCall, place: CallPlace, error?: Error): Verdict {
    const { source } = place;
    const refused = SUPPRESSIONS.has(reason)
      ? this.#suppress(reason)
      : this.#reject(reason, this.#what(call, source), error, place);
    return this.#seen(refused, call, source, undefined, error);
  }

  /**
   * Counts a call that never became an event.
   *
   * @param options as far as they are known, where the event would have had no key: its turn among the request's is over
   */
  refuse(reason: Reason, source: string, error?: unknown, name?: string, options?: CallOptions): void {
    this.called++;
    this.#open++;
    const isSuppressed = !this.setup.enabled || SUPPRESSIONS.has(reason);
    if (this.setup.enabled && name !== undefined && options !== undefined) this.#passBy(name, options);
    const counted = this.setup.enabled ? reason : 'disabled';
    const refused = isSuppressed ? this.#suppress(counted) : this.#reject(counted, source, error);
    this.#seen(refused, { name }, source, undefined, error);
  }

  #passBy(name: string, options: CallOptions): void {
    try {
      this.setup.maker.passBy(
        { type: 'track', name, properties: undefined },
        options,
        CapturedOptions.placeOf(options) ?? CallPlace.here(),
      );
    } catch {
      // What was passed as options may throw: then there is nothing to recognise it by.
    }
  }

  /** A hold for events that the code which runs inside of it makes. End it with {@link release}. */
  hold(): Hold {
    return new Hold(this, surroundings()?.hold);
  }

  /** Ends a hold: its events enter, or go on to wait for the hold around it, or have never happened. Never throws. */
  release(hold: Hold, outcome: 'kept' | 'dropped'): void {
    const waiting = hold.end(outcome);
    const around = outcome === 'kept' ? Hold.of(hold.outer, this) : undefined;
    if (around !== undefined) {
      around.durable ||= hold.durable;
      hold.durable = false;
    }
    for (const event of waiting) {
      const { made, call } = event;
      this.held--;
      this.#open++;
      this.#heldUnits -= made.size;
      if (made.owner !== undefined) this.setup.keys.unclaim(made.event.id);
      if (outcome === 'dropped') this.#seenHeld(this.#suppress('rolled_back'), event);
      else if (around !== undefined) this.#hold(around, event);
      else if (this.#closed) this.#seenHeld(this.#reject('closed', whatIs(made.event)), event);
      else this.#enter(made, call);
    }
  }

  /** What surrounds the events has succeeded already: nothing of ours may turn that into a failure. */
  #enter(made: MadeEvent, call: EventCall): void {
    const before = this.#open - 1;
    try {
      this.#store(made, call);
    } catch (error) {
      if (this.#open === before) return;
      this.#open = before;
      this.rejected.unserialisable++;
      this.#tellThrown(call, made.event.source, error, made.event);
    }
  }

  /** Tells of a call that has thrown and is counted. Never throws. */
  #tellThrown(call: EventCall, source: string | undefined, error: unknown, event?: TrackingEvent): void {
    try {
      const about = event === undefined ? this.#what(call, source) : whatIs(event);
      this.setup.log.warnOnce('unserialisable', about, () =>
        captureMessages.refused(about, 'unserialisable', { error }),
      );
      this.#seen(THROWN, call, source, event, error);
    } catch {
      // No stack is left to say it with.
    }
  }

  /** As {@link #seen}, of an event that has waited, or would have. */
  #seenHeld(verdict: Verdict, { made, call }: HeldEvent): Verdict {
    return this.#seen(verdict, call, made.event.source, made.event);
  }

  #hold(hold: Hold, event: HeldEvent): Verdict {
    const { made } = event;
    const { id } = made.event;
    if (hold.isDropped) return this.#seenHeld({ ...this.#suppress('rolled_back'), id }, event);
    const { keys, log } = this.setup;
    if (made.keyed && keys.has(id)) return this.#seenHeld(this.#repeated(id), event);
    if (this.held >= MAX_HELD || this.#heldUnits + made.size > MAX_HELD_UNITS) {
      log.warnOnce('hold_full', '', () => captureMessages.holdFull(MAX_HELD, MAX_HELD_UNITS));
      return this.#seenHeld(this.#reject('buffer_full', whatIs(made.event)), event);
    }
    this.held++;
    this.#open--;
    this.#heldUnits += made.size;
    if (made.owner !== undefined) keys.claim(id, made.owner);
    // A held event must not keep plain data, and must not read another request after its own has ended.
    made.person?.();
    hold.add(event);
    return { id, state: 'held', hold };
  }

  #repeated(id: string): Verdict {
    this.duplicate++;
    this.#open--;
    return { id, state: 'duplicate' };
  }

  #store(made: MadeEvent, call: EventCall): Verdict {
    const { id, source } = made.event;
    if (made.keyed && this.setup.keys.has(id))
      return this.#seen(this.#repeated(id), call, source, made.event);
    const routing = this.setup.router.route(made);
    const { event = made.event } = routing;
    return this.#seen(this.#keep(event, made, routing), call, source, event);
  }

  /** @param event as it is stored, which may have lost its person on the way to the lanes */
  #keep(event: TrackingEvent, made: MadeEvent, { routes, declined, withheld }: Routing): Verdict {
    const { buffer, keys, lifecycle, clock } = this.setup;
    const { size, keyed, owner } = made;
    const { id } = event;
    for (const each of declined) this.#tellDeclined(each, event, routes.length > 0);
    if (routes.length === 0) return this.#decline(declined, whatIs(event));
    const full = buffer.offer(event, size, routes, withheld);
    if (full !== undefined) {
      if (full.lanes.length === routes.length) return this.#reject(full.reason, whatIs(event));
      for (const lane of full.lanes) countReason(this.declined.get(lane)!, full.reason);
    }
    for (const { lane, reason } of declined) countReason(this.declined.get(lane)!, reason);
    this.accepted++;
    this.#open--;
    // Only now: a key whose event found no room may come again.
    if (keyed) keys.remember(id, owner);
    if (this.#atOnce !== undefined) this.#atOnce();
    if (lifecycle.observed) lifecycle.emit({ type: 'accepted', at: clock.now(), event });
    return { id, state: 'accepted' };
  }

  /** Tells a witness, where there is one, how a call has ended. */
  #seen(
    verdict: Verdict,
    call: Partial<EventCall>,
    source?: string,
    event?: TrackingEvent,
    error?: unknown,
  ): Verdict {
    const { state, reason } = verdict;
    if (this.setup.witness !== undefined && state !== 'held') {
      this.setup.witness.saw({ state, reason, name: call.name, type: call.type, source, event, error });
    }
    return verdict;
  }

  #suppress(reason: Reason): Verdict {
    this.suppressed[reason]++;
    this.#open--;
    return { state: 'suppressed', reason };
  }

  /**
   * Reports the losses of one of several lanes: each failure of a function of the application, and the first event that a
   * lane declines for a reason of its own. Calls that a platform has no operation for are only counted.
   */
  #tellDeclined({ lane, reason, error }: Declined, event: TrackingEvent, isKept: boolean): void {
    const { log } = this.setup;
    if (LANE_ERRORS.has(reason)) {
      const about = whatIs(event);
      log.warnOnce(`declined ${reason}`, `${lane} ${about}`, () =>
        captureMessages.laneError(about, lane, reason, error),
      );
    } else if (isKept && event.type === 'track' && !CHOICES.has(reason)) {
      log.warnOnce(`declined here ${reason}`, lane, () =>
        captureMessages.declinedHere(whatIs(event), lane, reason),
      );
    }
  }

  /** All its destinations declined it. A configured decline is not a rejection. */
  #decline(declined: readonly Declined[], about: string): Verdict {
    const first = declined.find(({ reason }) => !CHOICES.has(reason)) ?? declined[0];
    if (first === undefined) return this.#reject('no_destination', about);
    const { lane, reason } = first;
    if (CHOICES.has(reason)) return this.#suppress(reason);
    this.rejected[reason]++;
    this.#open--;
    if (!LANE_ERRORS.has(reason)) {
      this.setup.log.warnOnce(`declined ${reason}`, `${lane} ${about}`, () =>
        captureMessages.declined(about, lane, reason),
      );
    }
    return { state: 'rejected', reason };
  }

  /** As {@link whatIs}, for a call that became no event, so that nothing has cleaned its name. */
  #what({ type, name }: EventCall, source: string | undefined): string {
    const shown: unknown = typeof name === 'string' ? this.setup.maker.shownName(name) : name;
    return whatIs({ type, name: shown, source });
  }

  #reject(reason: Reason, about: string, error?: unknown, place?: CallPlace): Verdict {
    this.rejected[reason]++;
    this.#open--;
    if (!TOLD_BY_PLAN.has(reason)) {
      this.setup.log.warnOnce(reason, about, () => {
        const scope = reason === 'no_identity' ? place?.around?.scope : undefined;
        return captureMessages.refused(about, reason, {
          error,
          members: scope && membersOfUser(scope),
          shown: (path) => this.setup.maker.shownName(path),
        });
      });
    }
    return { state: 'rejected', reason };
  }
}

/** What a warning may have of an event. */
interface Named extends Pick<EventCall, 'type'> {
  readonly name: unknown;
  readonly source?: string | undefined;
}

/** How an event is named in a warning; never more of it than its name and place. */
function whatIs({ type, name, source }: Named): string {
  const event = typeof name === 'string' && type === 'track' ? `event '${name.slice(0, 100)}'` : `${type}()`;
  return source === undefined ? event : `${event} of ${source}`;
}
