import type { Reason } from '../event/reasons.js';
import type { Batch } from './batch.js';

/** Events refused alone, or pieces refused, with no success between: the lane, not an event, is what is refused. */
const REFUSALS_TO_PARK = 3;

/** What to do with a refused batch. */
export type RefusalDecision =
  | { readonly kind: 'dead' }
  | { readonly kind: 'halve' }
  /** Keep it and try others; it comes back after a pause, or as soon as another event got through. */
  | { readonly kind: 'setAside' }
  | { readonly kind: 'park'; readonly reason: Reason };

/**
 * Tells an event that a platform will never take from a platform that takes nothing at the moment. Only one thing proves
 * that a refusal is about the event: others got through after it was refused, and it is refused again in an attempt that
 * began after that. Without such proof nothing is given up.
 */
export class Refusals {
  #successes = 0;
  #sinceSuccess = 0;
  readonly #suspects = new Set<string>();

  /** Successes so far; an attempt remembers the number that it began with. */
  get successes(): number {
    return this.#successes;
  }

  succeeded(): void {
    this.#successes++;
    this.#sinceSuccess = 0;
    this.#suspects.clear();
  }

  /**
   * @param batch what was refused; it is marked with the time, counted in successes
   * @param parking the reason when the answer speaks of credentials or configuration
   * @param begunAt successes when the attempt began
   */
  refused(batch: Batch, parking: Reason | undefined, begunAt: number): RefusalDecision {
    this.#sinceSuccess++;
    const othersGotThrough = batch.refusedAt !== undefined && begunAt > batch.refusedAt;
    const proven = othersGotThrough && this.#sinceSuccess < REFUSALS_TO_PARK;
    batch.refusedAt = this.#successes;
    if (proven) return { kind: batch.size === 1 ? 'dead' : 'halve' };
    if (parking !== undefined) {
      const mayBeContent = batch.isPiece && this.#sinceSuccess < REFUSALS_TO_PARK;
      return mayBeContent ? { kind: 'setAside' } : { kind: 'park', reason: parking };
    }
    if (batch.size > 1) return { kind: 'halve' };
    this.#suspects.add(batch.events[0]!.event.id);
    return this.#suspects.size >= REFUSALS_TO_PARK
      ? { kind: 'park', reason: 'refused_all' }
      : { kind: 'setAside' };
  }
}
