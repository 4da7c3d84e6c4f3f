import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as timer } from 'node:timers/promises';
import { concat, defer, map, type Observable, of } from 'rxjs';
import { Track, TrackingService, type TrackOptions } from 'nestjs-tracking';
import { type Operation, REFUSED } from './stand.js';

/** What a caller is answered. */
export function done(operation: Operation, person: string): string {
  return `${operation} for ${person}`;
}

/** For `@Track()` on every handler: the person that the message speaks of, as data. */
export const EXPECTED: TrackOptions = {
  properties: (_result, { args }) => ({ expected: personIn(args) }),
};

/** The first argument that names a person: a string, or the `person` of a message, a command or a job's data. */
export function personIn(args: readonly unknown[]): string | undefined {
  for (const arg of args) {
    if (typeof arg === 'string') return arg;
    const { person, data } = (arg ?? {}) as { person?: string; data?: { person?: string } };
    const named = person ?? data?.person;
    if (typeof named === 'string') return named;
  }
  return undefined;
}

/** Takes turns of the event loop, of a number that depends on the person: so that callers overtake each other. */
export async function pause(person: string): Promise<void> {
  let turns = 1;
  for (let at = 0; at < person.length; at++) turns = (turns * 31 + person.charCodeAt(at)) % 7;
  for (; turns >= 0; turns--) await nextTurn();
}

/** What handlers do, whatever they are called by. */
@Injectable()
export class Work {
  /** One for all requests, as applications have it. */
  readonly #emitter = new EventEmitter();

  constructor(private readonly tracking: TrackingService) {
    this.#emitter.on('worked', (expected: string) => this.tracking.track('after an emitter', { expected }));
  }

  /** An event after each of a promise, a timer and an event emitter. */
  async on(person: string): Promise<string> {
    await pause(person);
    this.tracking.track('after a promise', { expected: person });
    await timer(person.length % 3);
    this.tracking.track('after a timer', { expected: person });
    const ready = new EventEmitter();
    setImmediate(() => ready.emit('ready'));
    await once(ready, 'ready');
    this.#emitter.emit('worked', person);
    return done('work on', person);
  }

  guard(person: string): void {
    this.tracking.track('guarding', { expected: person });
  }
}

export async function succeed(person: string): Promise<string> {
  await pause(person);
  return done('succeed', person);
}

/** `Failure`: what the transport tells its caller of, such as an `RpcException`. */
export async function reject(
  person: string,
  Failure: new (message: string) => Error = Error,
): Promise<never> {
  await pause(person);
  throw new Failure(REFUSED);
}

/** Two values, the second later. */
export function observe(person: string): Observable<string> {
  return concat(of('first'), defer(() => pause(person)).pipe(map(() => done('observe', person))));
}

/** What handlers inherit; `overridden` is to be called by the method that overrides it. */
export abstract class BaseHandlers {
  @Track('overridden below', EXPECTED)
  async overridden(person: string): Promise<string> {
    await pause(person);
    return done('overridden', person);
  }
}

/** Which person a guard's handler is called for: by transport. */
export type PersonOf = (context: ExecutionContext) => string;

/** A guard that tracks. */
export function guardThatTracks(personOf: PersonOf): new (work: Work) => CanActivate {
  @Injectable()
  class Guards implements CanActivate {
    constructor(private readonly work: Work) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      await pause(personOf(context));
      this.work.guard(personOf(context));
      return true;
    }
  }
  return Guards;
}
