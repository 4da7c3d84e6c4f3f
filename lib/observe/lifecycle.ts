import { deepFrozen } from '../event/json-values.js';
import { types } from 'node:util';
import { Observable, type Observer, type Operator, Subscriber, type Subscription } from 'rxjs';
import type { Reason } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { guarded } from '../host/guarded.js';

/** A change of an event, a lane or the journal. */
export interface LifecycleEvent {
  readonly type:
    | 'accepted' // at the door
    | 'delivered'
    | 'retrying' // an attempt failed; the event will be sent again
    | 'dead' // kept as a dead letter
    | 'dropped' // undelivered and gone, see `reason`
    | 'refused' // a request was refused as a whole and does not park the lane, see `reason` and `answer`
    | 'parked' // the lane stopped, see `reason` and `answer`
    | 'resumed' // a parked lane delivers again
    | 'journal_failing' // the disk rejects writes, see `cause`; events are delivered from memory
    | 'journal_open'; // the disk accepts writes again
  /** Epoch milliseconds. */
  readonly at: number;
  /** The destination's name; absent for `accepted` and for signals of the journal. */
  readonly lane?: string;
  /** The event, deeply frozen. Absent for signals of a lane or the journal, and if `count` is given. */
  readonly event?: TrackingEvent;
  /** Only for `dropped`: the number of events, if they cannot be read any more, such as after their folder was deleted. */
  readonly count?: number;
  readonly reason?: Reason;
  /**
   * The stored part of the platform's answer, as in a dead letter; for `parked`, the error code of a request without an
   * answer.
   */
  readonly answer?: string;
  /** Why the journal is failing: the system's code, such as `ENOSPC`. */
  readonly cause?: string;
}

/**
 * The stream behind `lifecycle$`. It emits in the next turn of the event loop, and only while there are subscribers. A subscriber
 * that throws, also at the end of a pipe or by its promise, is counted and unsubscribed, because its error would end the process.
 */
export class LifecycleStream {
  readonly #subscribers = new Set<Subscriber<LifecycleEvent>>();
  #queue: LifecycleEvent[] = [];
  #state: 'open' | 'ending' | 'ended' = 'open';

  constructor(
    private readonly soon: (fn: () => void) => void,
    private readonly onSubscriberError: () => void,
  ) {}

  readonly observable: Observable<LifecycleEvent> = new GuardedObservable<LifecycleEvent>(
    () => this.onSubscriberError(),
    (subscriber) => {
      if (this.#state === 'ended') subscriber.complete();
      // An operator that subscribes again at the end, such as repeat(), must not get the end again without limit.
      if (this.#state !== 'open') return undefined;
      this.#subscribers.add(subscriber);
      return () => this.#subscribers.delete(subscriber);
    },
  );

  /** Whether there are subscribers, for which to make an event. */
  get observed(): boolean {
    return this.#subscribers.size > 0;
  }

  emit(event: LifecycleEvent): void {
    if (this.#queue.push(event) === 1) this.soon(() => this.#hand());
  }

  complete(): void {
    this.#hand();
    this.#state = 'ending';
    for (const subscriber of this.#subscribers) subscriber.complete();
    this.#state = 'ended';
  }

  #hand(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const event of queue) {
      if (event.event !== undefined) deepFrozen(event.event);
      for (const subscriber of this.#subscribers) subscriber.next(event);
    }
  }
}

/** An Observable whose subscribers, also those behind operators, cannot throw into the process. */
class GuardedObservable<T> extends Observable<T> {
  constructor(
    private readonly onError: () => void,
    subscribe?: (subscriber: Subscriber<T>) => (() => void) | void,
  ) {
    super(subscribe);
  }

  /** Operators derive their Observable through here, so that the guard reaches the end of a pipe. */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new GuardedObservable<R>(this.onError);
    lifted.source = this as unknown as Observable<R>;
    if (operator !== undefined) lifted.operator = operator as unknown as Operator<unknown, R>;
    return lifted;
  }

  override subscribe(
    observer?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (observer instanceof Subscriber) return super.subscribe(observer);
    const given =
      typeof observer === 'object' && observer !== null ? observer : { next: observer, error, complete };
    const failed = (): void => {
      this.onError();
      subscription.unsubscribe();
    };
    const guard = (call: () => unknown): void => {
      const isDone = guarded(() => {
        const returned = call();
        if (types.isPromise(returned)) returned.then(undefined, failed);
        return true;
      });
      if (isDone === undefined) failed();
    };
    const subscription: Subscription = new Subscriber<T>({
      next: (value: T) => guard(() => given.next?.(value)),
      error: (cause: unknown) => guard(() => (given.error ? given.error(cause) : this.onError())),
      complete: () => guard(() => given.complete?.()),
    } as Subscriber<T>);
    return super.subscribe(subscription as Subscriber<T>);
  }
}
