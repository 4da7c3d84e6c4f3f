import { types } from 'node:util';

// eslint-disable-next-line typescript/unbound-method -- called on promises of every realm
const { then } = Promise.prototype;

/**
 * Whether a value is a promise with the language's own `then`, of any realm. Another thenable may be a query that runs when its
 * `then` is called.
 */
export function isNativePromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value) && (value.then === then || isOfAnotherRealm(value));
}

/** An instance of a realm's Promise itself: its prototypes are Promise.prototype, Object.prototype, null. */
function isOfAnotherRealm(promise: object): boolean {
  if (Object.hasOwn(promise, 'then')) return false;
  const prototype: unknown = Object.getPrototypeOf(promise);
  const base: unknown = Object.getPrototypeOf(prototype);
  return base !== null && Object.getPrototypeOf(base) === null;
}

/** Observes a promise without a derived promise that could be rejected. */
export function observe(promise: Promise<unknown>, fulfilled: (value: unknown) => void): void {
  void then.call(promise, fulfilled, ignore);
}

function ignore(): void {}
