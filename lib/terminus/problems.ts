import type { TrackingStats } from '../stats.js';
import { healthMessages } from './terminus.messages.js';
import type { TrackingHealthOptions } from './tracking-health.options.js';

/** Something that somebody should see to. */
export interface TrackingProblem {
  readonly kind:
    | 'parked' // a destination takes nothing: credentials or configuration
    | 'backlog' // a destination's oldest event waits too long
    | 'loss' // events were lost: dropped, or refused because there was no room
    | 'dead_letters' // a destination has refused too many events
    | 'journal'; // the disk takes nothing
  /** The destination; absent where it is about all of them. */
  readonly destination?: string;
  /** What it is and what to do, in one line. */
  readonly message: string;
}

const MAX_BACKLOG_AGE_MS = 900_000;
const MAX_DEAD_LETTERS = 100;

/**
 * The problems of one snapshot.
 *
 * @param hasLost whether a destination, or the door where none is named, has lost events lately
 */
export function problemsOf(
  stats: TrackingStats,
  options: TrackingHealthOptions,
  hasLost: (destination: string | undefined) => boolean,
): TrackingProblem[] {
  const { maxBacklogAgeMs = MAX_BACKLOG_AGE_MS, maxDeadLetters = MAX_DEAD_LETTERS } = options;
  const found: TrackingProblem[] = [];
  const { journal } = stats;
  if (journal?.state === 'failing') {
    found.push({ kind: 'journal', message: healthMessages.journalFailing(journal.cause) });
  }
  if (hasLost(undefined)) found.push({ kind: 'loss', message: healthMessages.noRoom() });
  for (const [destination, lane] of Object.entries(stats.lanes)) {
    if (options.destinations?.includes(destination) === false) continue;
    const { parked, oldestPendingMs, dead } = lane;
    if (parked !== null) {
      found.push({ kind: 'parked', destination, message: healthMessages.parked(destination, parked) });
    }
    if (oldestPendingMs !== null && oldestPendingMs > maxBacklogAgeMs) {
      found.push({
        kind: 'backlog',
        destination,
        message: healthMessages.backlog(destination, oldestPendingMs),
      });
    }
    if (hasLost(destination)) {
      found.push({ kind: 'loss', destination, message: healthMessages.lost(destination) });
    }
    if (dead > maxDeadLetters) {
      found.push({ kind: 'dead_letters', destination, message: healthMessages.dead(destination, dead) });
    }
  }
  return found.filter(({ kind }) => options.watch?.includes(kind) ?? true);
}
