import type { TrackingStats } from '../stats.js';
import { healthMessages } from './terminus.messages.js';
import type { TrackingHealthOptions } from './tracking-health.options.js';
import type { TrackingProblem } from './tracking-problem.js';

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
