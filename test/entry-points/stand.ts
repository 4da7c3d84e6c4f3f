import type { TrackingEvent, TrackingService } from 'nestjs-tracking';

/**
 * What every kind of handler offers under these names. A stand that has no such thing (a scheduled job has no caller to
 * stay anonymous to) says so in `lacks`, with the reason; the table then asks for nothing.
 */
export const OPERATIONS = [
  'succeed', // the handler returns; one event, its person, its source
  'reject', // the handler throws; no event, and the error reaches the caller as without the decorator
  'observe', // the handler returns an Observable; one event, when it completes
  'work on', // tracks by the service after a promise, a timer and an event emitter; three events of the same person
  'twice', // two @Track on one method; two events
  'inherited', // the handler is inherited from an abstract class
  'overridden', // the handler overrides a tracked one of its base class
  'scoped', // the handler or its provider is request-scoped
  'guarded', // a guard in front of it tracks, too; two events
  'adorned', // between other decorators (guards, interceptors, pipes, metadata), with nothing of theirs lost
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** One way into an application: REST on Express, a GraphQL mutation on Mercurius, a job of a queue. */
export interface Stand {
  readonly name: string;
  /** The class that has the handlers, as it stands in an event's source. */
  readonly handlers: string;
  readonly lacks?: Partial<Record<Operation, string>>;
  /** What this machine lacks to run it, such as a server that is not installed. Absent or undefined: nothing. */
  unavailable?(): string | undefined;
  /** A real application, listening where its transport needs it. */
  start(): Promise<RunningStand>;
}

export interface RunningStand {
  readonly tracking: TrackingService;
  /**
   * Carries out one operation through the real transport and resolves with what its caller sees, once the caller has seen
   * it. Rejects where the caller is told of an error. `person` is the verified user; undefined is nobody.
   */
  call(operation: Operation, person: string | undefined): Promise<unknown>;
  /** Every event that was delivered so far; flushes first. */
  delivered(): Promise<readonly TrackingEvent[]>;
  close(): Promise<void>;
}
