import type { CommitState } from '../buffer/event-buffer.js';
import { newId } from '../event/event-id.js';
import { isObject } from '../event/json-values.js';
import type { Identity } from '../event/identity.js';
import { type Reason, type ReasonCounts, reasonCounts } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Clock } from '../host/clock.js';
import { guarded } from '../host/guarded.js';
import type { TellNotice } from '../observe/notices.js';
import { runHolding } from '../identity/scope/request-scope.js';
import type { PlanCheck } from '../plan/plan-check.js';
import { CallPlace } from './call-place.js';
import type { CapturePort } from './capture-port.js';
import { CapturedOptions } from './captured-options.js';
import type { NamedCall } from './call-names.js';
import type { CallOptions, EventCall } from './event-call.js';
import type { EventMaker } from './event-maker.js';
import type { Hold } from './holds/hold.js';
import type { Holds } from './holds/holds.js';
import type { Intake } from './intake.js';
import type { MadeEvent } from './made-event.js';
import { mayThrow } from './may-throw.js';
import { Refusal } from './refusal.js';
import type { RefusalLog } from './refusal-log.js';
import type { Verdict } from './verdict.js';
import type { CallEnd, Observer } from './observer.js';

/** The parts of the door. */
export interface DoorSetup {
  readonly enabled: boolean;
  readonly maker: EventMaker;
  readonly intake: Intake;
  readonly holds: Holds;
  readonly refusals: RefusalLog;
  /** Resolves when the events recorded so far are committed, or after a time-out. Never rejects. */
  readonly committed: () => Promise<CommitState>;
  readonly port: Omit<CapturePort, 'refuse' | 'internalError'> & { readonly clock: Clock };
}

/** The state of all calls. `called = accepted + rejected + duplicate + suppressed + held`. */
export interface DoorStats {
  readonly called: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly held: number;
  readonly rejected: ReasonCounts;
  readonly suppressed: ReasonCounts;
}

const NO_OPTIONS: CallOptions = Object.freeze({});
const CLOSED = new Refusal('closed');
const THROWN: Verdict = Object.freeze({ state: 'rejected', reason: 'unserialisable' });

/**
 * The entry point of all calls, of the service and of decorators. Every call ends in exactly one counted state. No call throws,
 * waits, or takes more than microseconds.
 */
export class Door implements CapturePort {
  readonly clock: Clock;
  readonly maxEventBytes: number | undefined;
  readonly observer: Observer | undefined;
  readonly plan: PlanCheck | undefined;
  readonly traceparent: (() => string | undefined) | undefined;
  readonly notice: TellNotice;
  readonly identity: () => Identity | undefined;
  #called = 0;
  #accepted = 0;
  #duplicate = 0;
  readonly #rejected = reasonCounts();
  readonly #suppressed = reasonCounts();
  /** Calls that have no state yet. */
  #open = 0;
  #isClosed = false;

  constructor(private readonly setup: DoorSetup) {
    const { clock, maxEventBytes, observer, plan, traceparent, notice, identity } = setup.port;
    this.clock = clock;
    this.maxEventBytes = maxEventBytes;
    this.observer = observer;
    this.plan = plan;
    this.traceparent = traceparent;
    this.notice = notice;
    this.identity = identity;
  }

  /** Every later call is rejected as `closed`. */
  close(): void {
    this.#isClosed = true;
  }

  stats(): DoorStats {
    return {
      called: this.#called,
      accepted: this.#accepted,
      duplicate: this.#duplicate,
      held: this.setup.holds.count,
      rejected: reasonCounts(this.#rejected),
      suppressed: reasonCounts(this.#suppressed),
    };
  }

  /** Accepted events that did not enter a lane, by reason. */
  declined(lane: string): ReasonCounts {
    return this.setup.intake.declined(lane);
  }

  /** Saves after each further event, because the process ends. */
  saveEach(save: () => void): void {
    this.setup.intake.saveEach(save);
  }

  accept(call: EventCall, options: CallOptions = NO_OPTIONS): Verdict {
    const before = this.#open;
    this.#called++;
    this.#open++;
    let source: string | undefined;
    let made: MadeEvent | Refusal | undefined;
    try {
      const { enabled, maker, holds, intake } = this.setup;
      if (!enabled) return this.#end(this.#disabled(), call);
      const given = options ?? NO_OPTIONS;
      const place = CapturedOptions.placeOf(given) ?? CallPlace.here();
      source = place.source;
      made = this.#isClosed ? CLOSED : maker.make(call, given, place);
      if (made instanceof Refusal) return this.#refused(made, call, place);
      const hold = holds.around(place.around);
      return this.#end(hold === undefined ? intake.store(made) : holds.add(hold, made), made.event);
    } catch (error) {
      if (this.#open > before) {
        // Counted without a function call, because after a stack overflow every call throws.
        this.#open--;
        this.#rejected.unserialisable++;
        this.#thrown(
          error,
          { type: call.type, name: call.name, source },
          made === undefined ? [options] : [],
        );
      }
      return THROWN;
    }
  }

  /** As {@link accept}, and reports how safe the event is. Never rejects. */
  async record(call: EventCall, options: CallOptions | undefined) {
    const { id, state, reason, hold } = this.accept(call, options);
    if (state === 'accepted') return { id: id!, state: await this.setup.committed() };
    // The hold may wait for this caller, so it waits for the commit instead.
    hold?.requireCommit();
    return { ...(id !== undefined && { id }), state, ...(reason !== undefined && { reason }) };
  }

  /** Holds the events of the code that `fn` runs until it ends. */
  async hold<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    const hold = this.setup.holds.open();
    let result: T;
    try {
      // Awaited inside: a query may begin only when its result is requested.
      result = await runHolding(hold, async () => await fn());
    } catch (error) {
      this.#release(hold, 'dropped');
      throw error;
    }
    this.#release(hold, 'kept');
    if (hold.needsCommit) await this.setup.committed();
    return result;
  }

  refuse(reason: Reason, source: string, error?: unknown, name?: string, options?: CallOptions): void {
    this.#called++;
    this.#open++;
    const { enabled, refusals } = this.setup;
    if (!enabled) {
      this.#end(this.#disabled(), { name, source }, error);
      return;
    }
    if (name !== undefined && options !== undefined) this.#passBy(name, options);
    const { state } = new Refusal(reason);
    if (state === 'rejected') refusals.refused(source, reason, error);
    this.#end({ state, reason }, { name, source }, error);
  }

  internalError(doing: string, error: unknown): void {
    this.setup.refusals.internalError(doing, error);
  }

  #disabled(): Verdict {
    return { id: newId(this.clock.now()), state: 'suppressed', reason: 'disabled' };
  }

  #refused(refusal: Refusal, { type, name }: EventCall, { source, around }: CallPlace): Verdict {
    const { refusals } = this.setup;
    const { state, reason, error } = refusal;
    const what = { type, name, source };
    if (state === 'rejected') refusals.refused(refusals.names.of(what), reason, error, around?.scope);
    return this.#end({ state, reason }, what, error);
  }

  /** A rejected call uses up its position in the request, too. Its options may throw wherever they are read. */
  #passBy(name: string, options: CallOptions): void {
    guarded(() => {
      const place = CapturedOptions.placeOf(options) ?? CallPlace.here();
      this.setup.maker.passBy({ type: 'track', name, properties: undefined }, options, place);
    });
  }

  /** Ends a hold: its events are stored, move to the outer hold, or are dropped. */
  #release(hold: Hold, outcome: 'kept' | 'dropped'): void {
    const { holds } = this.setup;
    const outer = outcome === 'kept' ? holds.outside(hold) : undefined;
    for (const made of holds.end(hold, outcome)) {
      this.#open++;
      this.#leave(made, outcome, outer);
    }
  }

  /** Never throws: the transaction around the events has succeeded. */
  #leave(made: MadeEvent, outcome: 'kept' | 'dropped', outer: Hold | undefined): void {
    const before = this.#open - 1;
    const { holds, intake, refusals } = this.setup;
    const { event } = made;
    try {
      if (outcome === 'dropped') {
        this.#end({ state: 'suppressed', reason: 'rolled_back', event }, event);
      } else if (outer !== undefined) {
        this.#end(holds.add(outer, made), event);
      } else if (this.#isClosed) {
        refusals.refused(refusals.names.of(event), 'closed');
        this.#end({ state: 'rejected', reason: 'closed', event }, event);
      } else {
        this.#end(intake.store(made), event);
      }
    } catch (error) {
      if (this.#open === before) return;
      this.#open = before;
      this.#rejected.unserialisable++;
      this.#thrown(error, event, [], event);
    }
  }

  /** Counts the end of a call. */
  #end(verdict: Verdict, what: Partial<CallEnd>, error?: unknown): Verdict {
    const { state, reason } = verdict;
    if (state === 'accepted') this.#accepted++;
    else if (state === 'duplicate') this.#duplicate++;
    else if (state === 'suppressed') this.#suppressed[reason!]++;
    else if (state === 'rejected') this.#rejected[reason!]++;
    this.#open--;
    if (this.observer !== undefined) this.#observed(verdict, what, error);
    return verdict;
  }

  #observed(
    { state, reason, event }: Verdict,
    { name, type, source }: Partial<CallEnd>,
    error: unknown,
  ): void {
    if (state !== 'held') this.observer!.saw({ state, reason, name, type, source, event, error });
  }

  /**
   * Reports a call that threw and is counted. Never throws.
   *
   * @param read values of the application that were being read
   */
  #thrown(error: unknown, what: NamedCall, read: readonly unknown[], event?: TrackingEvent): void {
    const { refusals } = this.setup;
    // After a stack overflow, reporting it may throw, too.
    guarded(() => {
      const isForeseen =
        read.some((value) => !isObject(value) || mayThrow(value)) || error instanceof RangeError;
      if (isForeseen) refusals.refused(refusals.names.of(what), 'unserialisable', error);
      else refusals.internalError('recording an event', error);
      if (this.observer !== undefined) this.#observed({ ...THROWN, ...(event && { event }) }, what, error);
    });
  }
}
