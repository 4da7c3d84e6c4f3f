import { types } from 'node:util';

/** A promise where none was asked for. Nobody will look at it: left alone, its failure would end the process. */
export function disown(value: unknown): void {
  if (types.isPromise(value)) value.then(undefined, () => undefined);
}
