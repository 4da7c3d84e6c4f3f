import type { Observable } from 'rxjs';

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
