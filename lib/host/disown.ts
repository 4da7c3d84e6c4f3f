import { types } from 'node:util';

/** Handles unexpected promises, because an unhandled rejection would end the process. */
export function disown(...values: readonly unknown[]): void {
  for (const value of values) {
    if (types.isPromise(value)) value.then(undefined, () => undefined);
  }
}
