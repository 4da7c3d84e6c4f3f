import { types } from 'node:util';
import { guarded } from '../host/guarded.js';
import type { StandardIssue, StandardSchema } from './standard-schema.js';

/** The result of a validation. */
export type ValidationResult =
  | { readonly fits: true; readonly value: unknown }
  | { readonly fits: false; readonly issues: readonly StandardIssue[] }
  /** The validator gave no result: it returned a promise or threw. */
  | { readonly fits: false; readonly issues: undefined; readonly why: 'asynchronous' | 'threw' };

const ASYNCHRONOUS: ValidationResult = { fits: false, issues: undefined, why: 'asynchronous' };
const THREW: ValidationResult = { fits: false, issues: undefined, why: 'threw' };

/** A validator that returns this many promises, and never a valid result, is not called again. */
const MAX_PROMISES = 10;

/** Calls the application's validators. */
export class Validators {
  /** Validators that have accepted a value synchronously. */
  readonly #synchronous = new WeakSet<StandardSchema>();
  /**
   * Promises of the other validators. An asynchronous one would start work for each event that is never awaited. One promise
   * proves nothing: zod retries asynchronously when a check throws, so a single hostile value would disable its schema.
   */
  readonly #promises = new WeakMap<StandardSchema, number>();

  /** Never throws. */
  validate(schema: StandardSchema, properties: unknown): ValidationResult {
    if ((this.#promises.get(schema) ?? 0) >= MAX_PROMISES) return ASYNCHRONOUS;
    const validation = guarded((): ValidationResult => {
      const result = schema['~standard'].validate(properties);
      if (typeof (result as { then?: unknown }).then === 'function') return this.#promised(schema, result);
      const { issues } = result as { issues?: readonly StandardIssue[] };
      if (issues) return { fits: false, issues: [...issues] };
      this.#synchronous.add(schema);
      this.#promises.delete(schema);
      return { fits: true, value: (result as { value: unknown }).value };
    });
    return validation ?? THREW;
  }

  #promised(schema: StandardSchema, promise: unknown): ValidationResult {
    if (this.#synchronous.has(schema)) {
      if (types.isPromise(promise)) promise.then(undefined, () => undefined);
      return THREW;
    }
    this.#count(schema, 1);
    // A rejected promise is not counted: zod returns one for a check that throws.
    if (types.isPromise(promise)) promise.then(undefined, () => this.#count(schema, -1));
    return ASYNCHRONOUS;
  }

  #count(schema: StandardSchema, more: number): void {
    if (this.#synchronous.has(schema)) return;
    this.#promises.set(schema, (this.#promises.get(schema) ?? 0) + more);
  }
}
