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
  'browserIds',
  'groupId',
  'previousId',
  'groups',
  'groupType',
  'source',
  'properties',
  'context',
  'destination',
  'state',
  'reason',
  'at',
  'replay',
];

export const CSV_TITLES = csvLine(TITLES);

/** An event as lines of CSV, one for each of its destinations, so that a spreadsheet can count them. */
export function csvOf({ event, browserIds, ends, replay }: JournalEvent): string {
  const { id, type, name, timestamp, acceptedAt, userId, anonymousId } = event;
  const { groupId, previousId, groupType, source, properties, context } = event;
  const who = [id, type, name, timestamp, acceptedAt, userId, anonymousId, jsonOf(browserIds)];
  const about = [
    ...who,
    groupId,
    previousId,
    jsonOf(event.groups),
    groupType,
    source,
    jsonOf(properties),
    jsonOf(context),
  ];
  return ends
    .map(({ lane, state, reason, at }) => {
      const when = at === undefined ? undefined : new Date(at).toISOString();
      return csvLine([...about, lane, state, reason, when, replay]);
    })
    .join('');
}

function jsonOf(value: object | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
