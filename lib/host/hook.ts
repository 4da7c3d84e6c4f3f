import { types } from 'node:util';
import { disown } from './disown.js';
import { guarded } from './guarded.js';

/** A synchronous function of the application. It is not called for events that it records itself, which would never end. */
export class Hook {
  #isRunning = false;

  /** @param onFailure called if it throws or returns a promise */
  constructor(private readonly onFailure: () => void) {}

  /**
   * Its result; `undefined` if it failed, or is running.
   *
   * @param read reads the result, which may throw, too
   */
  ask<T>(question: () => unknown, read: (answer: unknown) => T): T | undefined {
    if (this.#isRunning) return undefined;
    this.#isRunning = true;
    let answered: { readonly value: T } | undefined;
    try {
      answered = guarded(() => {
        const answer = question();
        disown(answer);
        return types.isPromise(answer) ? undefined : { value: read(answer) };
      });
    } finally {
      this.#isRunning = false;
    }
    if (answered === undefined) this.onFailure();
    return answered?.value;
  }
}
