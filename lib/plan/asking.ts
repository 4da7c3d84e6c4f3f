import { types } from 'node:util';
import { guarded } from '../host/guarded.js';
import type { StandardIssue, StandardSchema } from './standard-schema.js';

/** What a validator said. */
export type Verdict =
  | { readonly fits: true; readonly value: unknown }
  | { readonly fits: false; readonly issues: readonly StandardIssue[] }
  /** It said nothing in time, or nothing at all. */
  | { readonly fits: false; readonly issues: undefined; readonly why: 'asynchronous' | 'threw' };

const ASYNCHRONOUS: Verdict = { fits: false, issues: undefined, why: 'asynchronous' };
const THREW: Verdict = { fits: false, issues: undefined, why: 'threw' };

/** Promises of a validator that never fitted anything in time, before it is left alone. */
const MAX_PROMISES = 10;

/** Asks validators. */
export class Asking {
  /** Those that something fitted at once. */
  readonly #synchronous = new WeakSet<StandardSchema>();
  /**
   * Promises of the others. What is asynchronous would start something for each event, and nobody would look at it. But a
   * promise alone says little: zod asks once more in the asynchronous way where a check throws, and so would a single hostile
   * value make its schema asynchronous.
   */
  readonly #promises = new WeakMap<StandardSchema, number>();

  /** Never throws. */
  ask(schema: StandardSchema, properties: unknown): Verdict {
    if ((this.#promises.get(schema) ?? 0) >= MAX_PROMISES) return ASYNCHRONOUS;
    const verdict = guarded((): Verdict => {
      const result = schema['~standard'].validate(properties);
      if (typeof (result as { then?: unknown }).then === 'function') return this.#promised(schema, result);
      const { issues } = result as { issues?: readonly StandardIssue[] };
      if (issues) return { fits: false, issues: [...issues] };
      this.#synchronous.add(schema);
      this.#promises.delete(schema);
      return { fits: true, value: (result as { value: unknown }).value };
    });
    return verdict ?? THREW;
  }

  #promised(schema: StandardSchema, promise: unknown): Verdict {
    if (this.#synchronous.has(schema)) {
      if (types.isPromise(promise)) promise.then(undefined, () => undefined);
      return THREW;
    }
    this.#count(schema, 1);
    // One that fails is taken back: it is how a check that throws ends.
    if (types.isPromise(promise)) promise.then(undefined, () => this.#count(schema, -1));
    return ASYNCHRONOUS;
  }

  #count(schema: StandardSchema, more: number): void {
    if (this.#synchronous.has(schema)) return;
    this.#promises.set(schema, (this.#promises.get(schema) ?? 0) + more);
  }
}
