import { disown } from '../host/disown.js';
import type { StandardIssue, StandardSchema } from './standard-schema.js';

/** What a validator said. */
export type Verdict =
  | { readonly fits: true; readonly value: unknown }
  | { readonly fits: false; readonly issues: readonly StandardIssue[] }
  /** It said nothing in time, or nothing at all. */
  | { readonly fits: false; readonly issues: undefined; readonly why: 'asynchronous' | 'threw' };

const ASYNCHRONOUS: Verdict = { fits: false, issues: undefined, why: 'asynchronous' };
const THREW: Verdict = { fits: false, issues: undefined, why: 'threw' };

/** Asks validators. */
export class Asking {
  /** Those that started something: asked about each event, they would start it for each, and nobody would look at it. */
  readonly #asynchronous = new Set<StandardSchema>();

  /** Never throws. */
  ask(schema: StandardSchema, properties: unknown): Verdict {
    if (this.#asynchronous.has(schema)) return ASYNCHRONOUS;
    try {
      const result = schema['~standard'].validate(properties);
      if (typeof (result as { then?: unknown }).then === 'function') {
        disown(result);
        this.#asynchronous.add(schema);
        return ASYNCHRONOUS;
      }
      const { issues } = result as { issues?: readonly StandardIssue[] };
      if (!issues) return { fits: true, value: (result as { value: unknown }).value };
      return { fits: false, issues: [...issues] };
    } catch {
      return THREW;
    }
  }
}
