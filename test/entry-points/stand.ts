import type { TrackingEvent, TrackingService } from 'nestjs-tracking';

/**
 * What every kind of handler offers under these names. A stand that has no such thing (a scheduled job has no caller to
 * stay anonymous to) says so in `lacks`, with the reason; the table then asks for nothing.
 *
 * The handler of an operation is a method of the name in {@link METHODS}. It gets the person's name as data, beside the
 * verified user that the transport carries; every event has it as `properties.expected`, so that an event with the identity
 * of somebody else is seen.
 */
export const OPERATIONS = [
  'succeed', // the handler returns; one event, its person, its source
  'reject', // the handler throws; no event, and the error reaches the caller as without the decorator
  'observe', // the handler returns an Observable; one event, when it completes
  'work on', // tracks by the service after a promise, a timer and an event emitter; three events of the same person
  'twice', // two @Track on one method; two events
  'inherited', // the handler is inherited from an abstract class
  'overridden', // the handler overrides a tracked one of its base class and calls it; two events
  'scoped', // the handler or its provider is request-scoped
  'guarded', // a guard in front of it tracks, too; two events
  'adorned', // between other decorators (guards, interceptors, pipes, metadata), with nothing of theirs lost
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** The method of the class that handles an operation. */
export const METHODS: Readonly<Record<Operation, string>> = {
  succeed: 'succeed',
  reject: 'reject',
  observe: 'observe',
  'work on': 'workOn',
  twice: 'twice',
  inherited: 'inherited',
  overridden: 'overridden',
  scoped: 'scoped',
  guarded: 'guarded',
  adorned: 'adorned',
};

/** One way into an application: REST on Express, a GraphQL mutation on Mercurius, a job of a queue. */
export interface Stand {
  readonly name: string;
  /** The class that has the handlers, as it stands in an event's source. */
  readonly handlers: string;
  /** Where an operation's event comes from, if not from `handlers` and the method of its name: `ScopedOrders.place`. */
  readonly sources?: Partial<Record<Operation, string>>;
  /** By operation, why there is none; `nobody`: why nobody can call without being somebody. */
  readonly lacks?: Partial<Record<Operation | 'nobody', string>>;
  /** Handlers without an ExecutionContext: what they track by the service has no source. */
  readonly contextless?: boolean;
  /** False where nobody hears what a handler returns or throws: events, jobs, timers. Default true. */
  readonly answers?: boolean;
  /** What this machine lacks to run it, such as a server that is not installed. Absent or undefined: nothing. */
  unavailable?(): string | undefined;
  /** A real application, listening where its transport needs it. */
  start(): Promise<RunningStand>;
}

export interface RunningStand {
  readonly tracking: TrackingService;
  /**
   * Carries out one operation through the real transport, and resolves with the result that its caller gets. Rejects if the caller
   * gets an error, whose message contains {@link REFUSED}.
   *
   * @param person the verified user; undefined for none
   */
  call(operation: Operation, person: string | undefined): Promise<unknown>;
  /** Every event that was delivered so far; flushes first. */
  delivered(): Promise<readonly TrackingEvent[]>;
  close(): Promise<void>;
}

/** What the handler of `reject` throws. */
export const REFUSED = 'out of stock';
