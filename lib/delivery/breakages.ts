import type { Batch } from './batch.js';
import type { AttemptResult } from './reading.js';

/** Failures of a batch, each after others got through, before it is halved. A platform that fails at random is not the batch's fault. */
const FAILURES_TO_HALVE = 8;
/** Where a piece is concerned, the success of the others speaks against it. */
const FAILURES_OF_A_PIECE = 1;
/** How long an event has to fail alone, while others get through. */
const PATIENCE_MS = 86_400_000;
/** The time that one failure stands for at most: what passed while the platform was down does not count. */
const MAX_PART_MS = 3_600_000;
/** Time between attempts with events that fail alone, so that any number of them leaves the lane to the others. */
const SPACING_MS = 250;

const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Whether an attempt ended as it does where something in it breaks the platform. */
export function isBreakage(result: AttemptResult): boolean {
  return 'failure' in result ? RESETS.has(result.failure) : result.answer.status >= 500;
}

/** What to do with a batch that seems to break the platform. */
export type BreakageDecision = 'again' | 'halve' | 'dead';

/**
 * Tells an event that breaks its platform from a platform that is down. A failure counts only where an attempt that began
 * after the one before it got through, and the lane was not failing: what is down lets nothing through.
 */
export class Breakages {
  /** Monotonic time of the next attempt with an event that fails alone. */
  #nextAt = 0;

  /**
   * @param begun attempts begun so far
   * @param known the newest success when the attempt began
   */
  failed(batch: Batch, begun: number, known: number, now: number): BreakageDecision {
    if (batch.brokeAt === undefined) batch.brokeAt = begun;
    else if (known > batch.brokeAt) {
      batch.brokeAt = begun;
      batch.breakages++;
      if (batch.breakages >= (batch.isPiece ? FAILURES_OF_A_PIECE : FAILURES_TO_HALVE)) {
        if (batch.size > 1) return 'halve';
        batch.breaksAloneMs += Math.min(now - (batch.brokeAloneAt ?? now), MAX_PART_MS);
        batch.brokeAloneAt = now;
        if (batch.breaksAloneMs >= PATIENCE_MS) return 'dead';
      }
    }
    return 'again';
  }

  /** When an event that fails alone may be sent again, at the earliest at `dueAt`. */
  turn(dueAt: number): number {
    const at = Math.max(dueAt, this.#nextAt);
    this.#nextAt = at + SPACING_MS;
    return at;
  }
}
