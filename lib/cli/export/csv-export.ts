import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';
import { csvLine } from '../output/csv.js';

const TITLES = [
  'id',
  'type',
  'name',
  'timestamp',
  'acceptedAt',
  'userId',
  'anonymousId',
  'groupId',
  'previousId',
  'source',
  'properties',
  'context',
  'destination',
  'state',
  'reason',
  'at',
  'replay',
];

/** The line of titles. */
export const CSV_TITLES = csvLine(TITLES);

/** An event as lines of CSV, one for each of its destinations, so that a spreadsheet can count them. */
export function csvOf({ event, ends, replay }: JournalEvent): string {
  const { id, type, name, timestamp, acceptedAt, userId, anonymousId, groupId, previousId, source } = event;
  const properties = JSON.stringify(event.properties);
  const context = event.context === undefined ? undefined : JSON.stringify(event.context);
  const about = [id, type, name, timestamp, acceptedAt, userId, anonymousId, groupId, previousId, source];
  return ends
    .map(({ lane, state, reason, at }) => {
      const when = at === undefined ? undefined : new Date(at).toISOString();
      return csvLine([...about, properties, context, lane, state, reason, when, replay]);
    })
    .join('');
}
