import type { Answer, RequestOutcome } from '../destination.js';

/** Segment's own use of two statuses, as its Node SDK retries them. */
const RETRIED: ReadonlySet<number> = new Set([410, 460]);
/** No further attempt of the same request can succeed: it is sent to something else than Segment. */
const FINAL: ReadonlySet<number> = new Set([501, 505, 511]);
/** A longer pause is no number of seconds. */
const MAX_RESET_S = 86_400;

/**
 * Statuses with another meaning than usual. A redirect is none of them: only a proxy answers with one, and the events are not at
 * Segment then, although its SDK counts it as success.
 */
export function segmentOutcome({ status, headers }: Answer): RequestOutcome | undefined {
  if (RETRIED.has(status)) return 'retry';
  if (FINAL.has(status)) return 'misconfigured';
  if (status !== 429 || headers['retry-after'] !== undefined) return undefined;
  const seconds = Number(headers['x-ratelimit-reset']);
  return seconds > 0 && seconds <= MAX_RESET_S ? { kind: 'retry', afterMs: seconds * 1_000 } : undefined;
}
