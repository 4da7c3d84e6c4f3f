import { types } from 'node:util';

// eslint-disable-next-line typescript/unbound-method -- called on promises of every realm
const { then } = Promise.prototype;

/**
 * Whether a value is a promise whose `then` is the language's, of whatever realm: its outcome can be looked at without
 * starting anything. What brings its own `then` may be a query that runs only when it is awaited.
 */
export function isNativePromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value) && (value.then === then || isOfAnotherRealm(value));
}

/** An instance of a realm's own Promise, and not of a class derived from it: Promise.prototype, Object.prototype, null. */
function isOfAnotherRealm(promise: object): boolean {
  if (Object.hasOwn(promise, 'then')) return false;
  const prototype: unknown = Object.getPrototypeOf(promise);
  const base: unknown = Object.getPrototypeOf(prototype);
  return base !== null && Object.getPrototypeOf(base) === null;
}

/** Looks at a promise's outcome by the language's own means. */
export function observe(promise: Promise<unknown>, fulfilled: (value: unknown) => void): void {
  void then.call(promise, fulfilled, ignore);
}

function ignore(): void {}
