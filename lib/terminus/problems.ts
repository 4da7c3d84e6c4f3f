import type { JournalStats } from '../buffer/event-buffer.js';
import { briefly } from '../delivery/delivery.messages.js';
import type { LaneStats, TrackingStats } from '../observe/stats.js';
import { DOOR, INTERNAL, type Watched } from './losses.js';
import { healthMessages } from './terminus.messages.js';
import type { HealthValues, TrackingProblem } from './tracking-health-options.js';

/**
 * The problems of one snapshot.
 *
 * @param isRecent whether events were lost, or errors happened, lately
 */
export function problemsOf(
  stats: TrackingStats,
  options: HealthValues,
  isRecent: (watched: Watched) => boolean,
): TrackingProblem[] {
  const { maxBacklogAgeMs, maxDeadLetters } = options;
  const found: TrackingProblem[] = [];
  const { journal } = stats;
  if (journal !== null) found.push(...ofJournal(journal, options));
  if (isRecent(DOOR)) found.push({ kind: 'loss', message: healthMessages.noRoom() });
  if (isRecent(INTERNAL)) found.push({ kind: 'internal_error', message: healthMessages.internalError() });
  for (const [destination, lane] of Object.entries(stats.lanes)) {
    if (options.destinations?.includes(destination) === false) continue;
    const { oldestPendingMs, dead } = lane;
    const standing = ofRefusals(destination, lane);
    if (standing !== undefined) found.push(standing);
    if (oldestPendingMs !== null && oldestPendingMs > maxBacklogAgeMs) {
      found.push({
        kind: 'backlog',
        destination,
        message: healthMessages.backlog(destination, oldestPendingMs),
      });
    }
    if (isRecent(destination)) {
      found.push({ kind: 'loss', destination, message: healthMessages.lost(destination) });
    }
    if (dead > maxDeadLetters) {
      found.push({ kind: 'dead_letters', destination, message: healthMessages.dead(destination, dead) });
    }
  }
  return found.filter(({ kind }) => options.watch?.includes(kind) ?? true);
}

/** A destination that is parked, or that rejects every event. Only the safe parts of its answer are shown. */
function ofRefusals(destination: string, lane: LaneStats): TrackingProblem | undefined {
  const { parked, lastRefusal, delivered } = lane;
  const isRefusing = lastRefusal !== null && lastRefusal.count > 0;
  const answer = isRefusing ? briefly(lastRefusal.answer) : undefined;
  if (parked !== null) {
    return { kind: 'parked', destination, message: healthMessages.parked(destination, parked, answer) };
  }
  if (answer === undefined || delivered > 0) return undefined;
  const message = healthMessages.refused(destination, lastRefusal!.count, answer);
  return { kind: 'refused', destination, message };
}

function ofJournal(
  { state, cause, stranded, unreadable }: JournalStats,
  { destinations }: HealthValues,
): TrackingProblem[] {
  const found: TrackingProblem[] = [];
  if (state === 'failing') found.push({ kind: 'journal', message: healthMessages.journalFailing(cause) });
  // A folder that cannot be read is in both lists.
  const rows = stranded.filter(
    ({ reason, destination }) =>
      reason !== 'unreadable' && (destination === null || destinations?.includes(destination) !== false),
  );
  if (rows.length > 0) {
    const events = rows.reduce((sum, row) => sum + (row.events ?? 0), 0);
    found.push({ kind: 'stranded', message: healthMessages.stranded(events) });
  }
  if (unreadable.length > 0) {
    const codes = [...new Set(unreadable.map(({ code }) => code))].join(', ');
    found.push({ kind: 'unreadable', message: healthMessages.unreadable(unreadable.length, codes) });
  }
  return found;
}
