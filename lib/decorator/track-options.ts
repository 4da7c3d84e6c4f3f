import type { Observable } from 'rxjs';
import type { EventTime } from '../event/event-time.js';
import type { Id, Identity, IdentityInput } from '../event/identity.js';
import type { PersonData } from '../event/person-data.js';
import type { PropertiesOf, RegisteredPlan } from '../plan/planned.js';

/** Details of the call, for the option functions of {@link Track}. */
export interface TrackCall {
  /** The method's arguments. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every method has its own
  readonly args: any[];
  /** Express' or Fastify's request, a socket or a message; absent outside of requests. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own
  readonly request?: any;
  /** Express' response or Fastify's reply; absent outside of HTTP. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- every platform has its own
  readonly response?: any;
  /** The current identity: from `runAs`, else from the request. Empty if unknown. */
  readonly identity: Identity;
  /** Milliseconds from the call until it succeeded. */
  readonly durationMs: number;
}

/** A value, or a synchronous function of the method's result that returns it. */
export type TrackValue<R, T> = T | ((result: R, call: TrackCall) => T);

/**
 * Options of `@Track()`. Option functions are called once, after the method has succeeded. If one throws, the event is
 * rejected (`option_error`), counted and logged; the method's result is not affected.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- handlers return anything
export interface TrackOptions<R = any> extends TrackCircumstances<R> {
  /** Any object. */
  readonly properties?: TrackValue<R, object | undefined> | undefined;
}

/** Options of `@Track()` besides the properties. */
export interface TrackCircumstances<R> {
  /**
   * Idempotency key: the same key is the same event. Also give the `timestamp` of the record, because some platforms
   * recognise a repeated event by its time.
   */
  readonly key?: TrackValue<R, Id | null | undefined> | undefined;
  /**
   * Replaces the whole identity of the request; spread `call.identity` to extend it. `undefined`, and ids that are `undefined`,
   * count as not given; `null` means no person. With an unusable id the event is rejected (`invalid_identity`).
   */
  readonly user?: TrackValue<R, IdentityInput | null | undefined> | undefined;
  /**
   * A `Date`, epoch milliseconds, or RFC 3339 text. `null` and `undefined` count as not given. Default: when the method was
   * called. A time before 1980 or more than a day ahead rejects the event (`invalid_timestamp`).
   */
  readonly timestamp?: TrackValue<R, EventTime | null | undefined> | undefined;
  /** If it returns false, no event is recorded. */
  readonly when?: ((result: R, call: TrackCall) => boolean) | undefined;
  /**
   * The method's result waits until the event is committed, at most `commitTimeoutMs`. Only on methods that return a
   * promise or an Observable.
   */
  readonly durable?: boolean | undefined;
  /** Names of the destinations that get the event. Default: all. */
  readonly destinations?: TrackValue<R, readonly string[] | undefined> | undefined;
  /**
   * The groups that the event belongs to, by type: `{ company: 'acme' }`. A group with an unusable id or type is left out, counted
   * (`invalid_group`) and logged. Default: none.
   */
  readonly groups?: TrackValue<R, Readonly<Record<string, Id | undefined>> | null | undefined> | undefined;
  /**
   * Data by which ad platforms find the person among their users, such as `{ email }`: as `person` of a call. `null`: none.
   * Default: what `identity.person` returns, if the event is about the person of the request.
   */
  readonly person?: TrackValue<R, PersonData | null | undefined> | undefined;
  /**
   * Where the event comes from, in place of the class and method (`OrdersController.create`). Set it where a bundler renames
   * classes, or keep their names (esbuild's `keepNames`). At most 200 characters.
   */
  readonly source?: string | undefined;
}

/** The arguments after the event's name. Properties may be omitted if the registered plan requires none. */
export type TrackArguments<R, Name extends string, Given> = RegisteredPlan extends undefined
  ? [options?: TrackOptions<R>]
  : {} extends PropertiesOf<Name>
    ? [options?: PlannedTrackOptions<R, Name, Given>]
    : [options: RequiringTrackOptions<R, Name, Given>];

/** As {@link TrackOptions}, for an event of the registered plan that requires no property. */
export interface PlannedTrackOptions<R, Name extends string, Given> extends TrackCircumstances<R> {
  /** The properties of the plan. */
  readonly properties?: PropertiesOf<Name> | PropertiesFunction<R, Name, Given, undefined> | undefined;
}

/** As {@link TrackOptions}, for an event of the registered plan that requires properties. */
export interface RequiringTrackOptions<R, Name extends string, Given> extends TrackCircumstances<R> {
  /** The properties of the plan. */
  readonly properties: PropertiesOf<Name> | PropertiesFunction<R, Name, Given>;
}

/** Returns the properties that the plan has for an event, and no others, which would be sent unchecked. */
export interface PropertiesFunction<R, Name extends string, Given, Nothing = never> {
  (result: R, call: TrackCall): Planned<Given, PropertiesOf<Name>> | Nothing;
}

/**
 * The given properties, with `never` for those that the plan does not have; otherwise the plan's properties, so that the error is
 * about them.
 */
type Planned<Given, Properties> = Given extends Properties
  ? Given & { readonly [Key in Exclude<keyof Given, KeyOf<Properties>>]: never }
  : Properties;

/** Of each member of a union. */
type KeyOf<Properties> = Properties extends unknown ? keyof Properties : never;

/* eslint-disable @typescript-eslint/no-explicit-any -- methods take anything, and of some results nothing is known */

/**
 * The descriptor of a method whose result fits the option functions of `@Track()`. They get the value of a promise, the
 * last value of an Observable, and a stream or iterable unchanged.
 */
export interface Returning<R> {
  // `never`: the compiler tries overloads as subtypes first, and `any` is none.
  value?: (...args: never[]) => R | PromiseLike<R> | Observable<R>;
}

/** The return type of a decorator: valid for a method with an unknown result, invalid for others. */
export type Unfitting<Method, R> = Method extends (...args: never[]) => infer Returned
  ? [Handed<Returned>] extends [R]
    ? void
    : ResultDoesNotFit<Handed<Returned>, R>
  : void;

/** Shown in a compiler error: an option function of `@Track()` takes a type that is not the method's result type. */
export interface ResultDoesNotFit<Result, Taken> {
  readonly theMethodReturns: Result;
  readonly theOptionFunctionsTake: Taken;
}

type Handed<Returned> = Known<
  Returned extends PromiseLike<infer Value> | Observable<infer Value> ? Known<Value> : Returned
>;

/** `void` is the result of handlers that use the response, so the result is unknown. */
type Known<Value> = unknown extends Value ? any : [Value] extends [void] ? any : Value;
