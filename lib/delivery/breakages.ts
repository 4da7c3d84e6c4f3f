import type { Batch } from './batch.js';
import type { AttemptResult } from './reading.js';

/** Failures of a batch, each after others got through, before it is halved: a platform may also fail at random. */
const FAILURES_TO_HALVE = 8;
/** For a piece of a halved batch one is enough, because the other pieces succeed. */
const FAILURES_OF_A_PIECE = 1;
/** An event that fails alone for this long, while others get through, is dead. */
const PATIENCE_MS = 86_400_000;
/** The most time that one failure counts for, so that an outage of the platform does not count. */
const MAX_PART_MS = 3_600_000;
/** Time between attempts with events that fail alone, so that they never fill the lane. */
const SPACING_MS = 250;

const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Too slow, or too many requests: never because of an event. */
const PACE: ReadonlySet<number> = new Set([408, 429]);

/**
 * Whether an attempt that is tried again failed in a way that an event may have caused. `decode` may ask to try again with any
 * status, because some platforms name their failures in the body.
 */
export function isBreakage(result: AttemptResult): boolean {
  return 'failure' in result ? RESETS.has(result.failure) : !PACE.has(result.answer.status);
}

/** The decision on a batch that seems to make the platform fail. */
export type BreakageDecision = 'again' | 'halve' | 'dead';

/**
 * Distinguishes an event that makes its platform fail from a platform that is down. A failure counts only if an attempt that
 * began after the previous failure succeeded, and the lane was not failing.
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
