import { counted, eventsOf, formOf } from '../event/counted.js';
import type { Reason } from '../event/reasons.js';

/** Messages of health checks. They may be public: they contain only names, counts and times. */
export const healthMessages = {
  /** @param answer status, code and field of the last answer */
  parked: (destination: string, reason: Reason, answer: string | undefined): string =>
    `'${destination}' is parked (${reason}). No event is lost; they stay pending. ` +
    (answer === undefined ? '' : `The last answer was ${answer}. `) +
    (reason === 'unauthorized'
      ? 'Check its credentials.'
      : 'Check its configuration, and its answer in the log.'),
  refused: (destination: string, count: number, answer: string): string =>
    `'${destination}' has delivered nothing since the process started, and refused ${counted(count, 'request')} (answer ${answer}). ` +
    'Its events are kept, as pending or as dead letters. Check its endpoint, its credentials and the format of what it sends. The log has the answer.',
  backlog: (destination: string, ageMs: number): string =>
    `'${destination}' has events pending for ${inWords(ageMs)}. Check the log and the platform's status page.`,
  lost: (destination: string): string =>
    `Events for '${destination}' were lost. stats() has the reasons. Enlarge the buffer, or check the destination.`,
  noRoom: (): string =>
    'Events were rejected because the buffer was full. Enlarge it, or check the slowest destination.',
  internalError: (): string =>
    'An unexpected error occurred in nestjs-tracking. The application continues. Events may be delayed or sent again; at an exit, ' +
    'those that are not on disk may be lost. The log has its stack: report it.',
  dead: (destination: string, count: number): string =>
    `'${destination}' has ${formOf(count, 'one dead letter', `${count} dead letters`)}. Other events are delivered. The log has the reasons, and with a journal so does ` +
    '`npx nestjs-tracking dead list`. Fix the code that records these events. Those with `outcome_unknown` may have arrived: check at the platform.',
  journalFailing: (cause: string | null): string => {
    const reason = cause === null ? '' : ` (${cause})`;
    return (
      `The journal cannot write to its disk${reason}. Delivery continues from memory. ` +
      'Free disk space, or check the disk and the permissions of the directory.'
    );
  },
  /** @param count 0 if the events cannot be counted */
  stranded: (count: number): string => {
    const events = count === 0 ? 'Events' : eventsOf(count);
    return (
      `${events} in the journal ${formOf(count, 'is', 'are')} not delivered by any process. ` +
      `${formOf(count, 'It is', 'They are')} kept. The log and \`npx nestjs-tracking status\` have the reason and what to do.`
    );
  },
  unreadable: (count: number, codes: string): string =>
    `The journal cannot use ${counted(count, 'folder or file', 'folders or files')} in its directory (${codes}). Events in them are kept and not ` +
    'delivered. The log names them. Check their permissions and the disk.',
};

function inWords(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
