import type { Reason } from '../event/reasons.js';

/** Every sentence that a health check may say. It may be read by strangers: none holds more than names, counts and times. */
export const healthMessages = {
  parked: (destination: string, reason: Reason): string =>
    `'${destination}' is parked (${reason}). No event is lost; they stay pending. ` +
    (reason === 'unauthorized'
      ? 'Check its credentials.'
      : 'Check its configuration, and its answer in the log.'),
  backlog: (destination: string, ageMs: number): string =>
    `'${destination}' has events pending for ${inWords(ageMs)}. Check the log and the platform's status page.`,
  lost: (destination: string): string =>
    `Events for '${destination}' were lost. stats() has the reasons. Enlarge the buffer, or check the destination.`,
  noRoom: (): string =>
    'Events were rejected because the buffer was full. Enlarge it, or check the slowest destination.',
  dead: (destination: string, count: number): string =>
    `'${destination}' has rejected ${count} events for good. The log has the reasons, and with a journal so does ` +
    '`npx nestjs-tracking dead list`. Fix the code that records them.',
  journalFailing: (cause: string | null): string =>
    `The journal cannot write to its disk${cause === null ? '' : ` (${cause})`}. Delivery continues from memory. ` +
    'Free disk space, or check the disk and the permissions of the directory.',
};

function inWords(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
