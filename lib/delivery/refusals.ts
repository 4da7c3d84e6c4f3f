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
 * that a refusal is about the event: an attempt that began after it got through, and the event is refused again in one that
 * began after that. What was sent before the refusal and got through late proves nothing: the platform may have turned.
 */
export class Refusals {
  #begun = 0;
  /** The newest attempt that got through. */
  #newestSuccess = 0;
  #sinceSuccess = 0;
  readonly #suspects = new Set<string>();

  /** Attempts begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** The newest attempt that got through so far; an attempt remembers what it knew when it began. */
  get newestSuccess(): number {
    return this.#newestSuccess;
  }

  /** Counts an attempt; its number is handed back when it succeeds. */
  begin(): number {
    return ++this.#begun;
  }

  succeeded(attempt: number): void {
    this.#newestSuccess = Math.max(this.#newestSuccess, attempt);
    this.#sinceSuccess = 0;
    this.#suspects.clear();
  }

  /**
   * @param batch what was refused; the first time it is marked with the time, counted in attempts
   * @param parking the reason when the answer speaks of credentials or configuration
   * @param known the newest success when the attempt began
   */
  refused(batch: Batch, parking: Reason | undefined, known: number): RefusalDecision {
    const alone = batch.size === 1;
    // A dead letter that somebody sends again was proven to be the cause before. It says nothing of the others.
    if (alone && parking === undefined && batch.events[0]!.wasDead === true) return { kind: 'dead' };
    this.#sinceSuccess++;
    const refusedAgain = (at: number | undefined): boolean => at !== undefined && known > at;
    // Refused alone twice, and others got through between: nothing more can be asked. Where it was only refused within a
    // batch before, that others are refused now, too, makes the platform the likelier cause.
    const proven =
      (alone && refusedAgain(batch.refusedAloneAt)) ||
      (refusedAgain(batch.refusedAt) && this.#sinceSuccess < REFUSALS_TO_PARK);
    batch.refusedAt ??= this.#begun;
    if (alone) batch.refusedAloneAt ??= this.#begun;
    if (proven) return { kind: alone ? 'dead' : 'halve' };
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
