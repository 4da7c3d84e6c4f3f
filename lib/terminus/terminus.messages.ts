import type { Reason } from '../event/reasons.js';

/** Every sentence that a health check may say. It may be read by strangers: none holds more than names, counts and times. */
export const healthMessages = {
  parked: (destination: string, reason: Reason): string =>
    `'${destination}' is parked (${reason}): nothing is lost, its events wait. ` +
    (reason === 'unauthorized'
      ? 'Check its credentials.'
      : 'Check its configuration, and what it answers in the log.'),
  backlog: (destination: string, ageMs: number): string =>
    `'${destination}' has events that wait for ${inWords(ageMs)}. Look for what the log says of it, and at its status page.`,
  lost: (destination: string): string =>
    `Events for '${destination}' were lost. Look at its reasons in stats(): give the buffer more room, or see to the destination.`,
  noRoom: (): string =>
    'Events were refused because the buffer was full. Give it more room, or see to the destination that lags.',
  dead: (destination: string, count: number): string =>
    `'${destination}' has refused ${count} events for good. See why in the log, or with \`npx nestjs-tracking dead list\` where there ` +
    'is a journal, and mend what makes them.',
  journalFailing: (cause: string | null): string =>
    `The journal cannot write to its disk${cause === null ? '' : ` (${cause})`}; delivery goes on from memory. ` +
    'Make room, or see to the disk and to the rights of the directory.',
};

function inWords(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
