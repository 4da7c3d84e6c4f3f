import { types } from 'node:util';

/** Promises where none was asked for. Nobody will look at them: left alone, a failure would end the process. */
export function disown(...values: readonly unknown[]): void {
  for (const value of values) if (types.isPromise(value)) value.then(undefined, () => undefined);
}
