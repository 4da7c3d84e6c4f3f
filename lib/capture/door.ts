import type { CommitState } from '../buffer/event-buffer.js';
import { newId } from '../event/event-id.js';
import { type Reason, type ReasonCounts, reasonCounts } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Clock } from '../host/clock.js';
import { guarded } from '../host/guarded.js';
import { runHolding } from '../identity/scope/request-scope.js';
import { type CallOptions, CallPlace, type EventCall } from './call.js';
import { type CallEnd, Refusal, type Verdict } from './call-end.js';
import type { CallLog, NamedCall } from './call-log.js';
import type { CapturePort } from './capture-port.js';
import type { EventMaker } from './event-maker.js';
import type { Hold } from './holds/hold.js';
import type { Holds } from './holds/holds.js';
import type { Intake } from './intake.js';
import type { MadeEvent } from './made-event.js';

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
export class Door {
  readonly port: CapturePort;
  #called = 0;
  #accepted = 0;
  #duplicate = 0;
  readonly #rejected = reasonCounts();
  readonly #suppressed = reasonCounts();
  /** Calls that have no state yet. */
  #open = 0;
  #isClosed = false;

  /**
   * @param committed resolves when the events recorded so far are committed, or after a time-out. Never rejects.
   * @param port without the calls that decorators refuse
   */
  constructor(
    private readonly enabled: boolean,
    private readonly maker: EventMaker,
    readonly intake: Intake,
    private readonly holds: Holds,
    private readonly calls: CallLog,
    private readonly committed: () => Promise<CommitState>,
    port: Omit<CapturePort, 'refuse'> & { readonly clock: Clock },
  ) {
    this.port = { ...port, refuse: (...call) => this.#refuse(...call) };
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
      held: this.holds.count,
      rejected: reasonCounts(this.#rejected),
      suppressed: reasonCounts(this.#suppressed),
    };
  }

  accept(call: EventCall, options: CallOptions = NO_OPTIONS): Verdict {
    const before = this.#open;
    this.#called++;
    this.#open++;
    let source: string | undefined;
    let made: MadeEvent | Refusal | undefined;
    try {
      if (!this.enabled) return this.#end(this.#disabled(), call);
      const given = options ?? NO_OPTIONS;
      const place = CallPlace.of(given);
      source = place.source;
      made = this.#isClosed ? CLOSED : this.maker.make(call, given, place);
      if (made instanceof Refusal) return this.#refused(made, call, place);
      const hold = this.holds.around(place.around);
      const verdict = hold === undefined ? this.intake.store(made) : this.holds.add(hold, made);
      return this.#end(verdict, made.event);
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
    if (state === 'accepted') return { id: id!, state: await this.committed() };
    // The hold may wait for this caller, so it waits for the commit instead.
    hold?.requireCommit();
    return { ...(id !== undefined && { id }), state, ...(reason !== undefined && { reason }) };
  }

  /** Holds the events of the code that `fn` runs until it ends. */
  async hold<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    const hold = this.holds.open();
    let result: T;
    try {
      // Awaited inside: a query may begin only when its result is requested.
      result = await runHolding(hold, async () => await fn());
    } catch (error) {
      this.#release(hold, 'dropped');
      throw error;
    }
    this.#release(hold, 'kept');
    if (hold.needsCommit) await this.committed();
    return result;
  }

  #refuse(reason: Reason, source: string, error?: unknown, name?: string, options?: CallOptions): void {
    this.#called++;
    this.#open++;
    const what = { name, source };
    if (!this.enabled) {
      this.#end(this.#disabled(), what, error);
      return;
    }
    if (name !== undefined && options !== undefined) this.#passBy(name, options);
    const refusal = new Refusal(reason, error);
    this.calls.refused(source, refusal);
    this.#end(refusal, what, error);
  }

  #disabled(): Verdict {
    return { id: newId(this.port.clock!.now()), state: 'suppressed', reason: 'disabled' };
  }

  #refused(refusal: Refusal, { type, name }: EventCall, { source, around }: CallPlace): Verdict {
    const what = { type, name, source };
    if (refusal.state === 'rejected') this.calls.refused(this.calls.nameOf(what), refusal, around?.scope);
    return this.#end(refusal, what, refusal.error);
  }

  /** A rejected call uses up its position in the request, too. Its options may throw wherever they are read. */
  #passBy(name: string, options: CallOptions): void {
    guarded(() =>
      this.maker.passBy({ type: 'track', name, properties: undefined }, options, CallPlace.of(options)),
    );
  }

  /** Ends a hold: its events are stored, move to the outer hold, or are dropped. */
  #release(hold: Hold, outcome: 'kept' | 'dropped'): void {
    const outer = outcome === 'kept' ? this.holds.outside(hold) : undefined;
    for (const made of this.holds.end(hold, outcome)) {
      this.#open++;
      this.#leave(made, outcome, outer);
    }
  }

  /** Never throws: the transaction around the events has succeeded. */
  #leave(made: MadeEvent, outcome: 'kept' | 'dropped', outer: Hold | undefined): void {
    const before = this.#open - 1;
    const { event } = made;
    try {
      this.#end(this.#left(made, outcome, outer), event);
    } catch (error) {
      if (this.#open === before) return;
      this.#open = before;
      this.#rejected.unserialisable++;
      this.#thrown(error, event, [], event);
    }
  }

  #left(made: MadeEvent, outcome: 'kept' | 'dropped', outer: Hold | undefined): Verdict {
    if (outcome === 'dropped') return new Refusal('rolled_back', undefined, made.event);
    if (outer !== undefined) return this.holds.add(outer, made);
    return this.#isClosed ? this.calls.refuse('closed', made.event) : this.intake.store(made);
  }

  #end(verdict: Verdict, what: Partial<CallEnd>, error?: unknown): Verdict {
    const { state, reason } = verdict;
    if (state === 'accepted') this.#accepted++;
    else if (state === 'duplicate') this.#duplicate++;
    else if (state === 'suppressed') this.#suppressed[reason!]++;
    else if (state === 'rejected') this.#rejected[reason!]++;
    this.#open--;
    if (this.port.observer !== undefined) this.#observed(verdict, what, error);
    return verdict;
  }

  #observed(
    { state, reason, event }: Verdict,
    { name, type, source }: Partial<CallEnd>,
    error: unknown,
  ): void {
    if (state !== 'held') this.port.observer!.saw({ state, reason, name, type, source, event, error });
  }

  /** Reports a call that threw and is counted. Never throws. */
  #thrown(error: unknown, what: NamedCall, read: readonly unknown[], event?: TrackingEvent): void {
    // After a stack overflow, reporting it may throw, too.
    guarded(() => {
      this.calls.threw(error, what, read);
      if (this.port.observer !== undefined) this.#observed({ ...THROWN, event }, what, error);
    });
  }
}
