import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';
import { importLine } from '../../destinations/kissmetrics/request.js';
import { LaneView } from '../../destinations/lane-view.js';
import { fromEventJson } from '../../event/event-json.js';
import { csvLine } from '../output/csv.js';
import { eventWithEnds } from '../output/event-row.js';

const MEMBERS = [
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
] as const;

export const CSV_TITLES = csvLine([...MEMBERS, 'destination', 'state', 'reason', 'at', 'replay']);

export const FORMATS = ['jsonl', 'csv', 'kissmetrics'] as const;
export type Format = (typeof FORMATS)[number];

/** The lines of an event; `undefined` if the format has none for it. */
export const linesIn: Readonly<Record<Format, (event: JournalEvent) => string | undefined>> = {
  jsonl: (event) => `${JSON.stringify(eventWithEnds(event))}\n`,
  csv: csvOf,
  kissmetrics: kissmetricsLine,
};

/** An event as lines of CSV, one for each of its destinations, so that a spreadsheet can count them. */
function csvOf({ event, browserIds, ends, replay }: JournalEvent): string {
  const members = { ...event, browserIds };
  const about = MEMBERS.map((name) => {
    const value = members[name];
    return typeof value === 'object' ? JSON.stringify(value) : value;
  });
  return ends
    .map(({ lane, state, reason, at }) => {
      const when = at === undefined ? undefined : new Date(at).toISOString();
      return csvLine([...about, lane, state, reason, when, replay]);
    })
    .join('');
}

const VIEW = new LaneView({});

/** A line of KISSmetrics' JSON import; `undefined` for an event that the destination did not get. */
function kissmetricsLine({ json, record, folder }: JournalEvent): string | undefined {
  const entries = Object.entries(record.entries ?? {});
  const entry = entries.find(([lane]) => folder.lanes[lane]?.kind === 'kissmetrics')?.[1];
  if (entry?.withheld !== undefined) return undefined;
  // With its mapped name and its own browser id, as the destination got it.
  const event = VIEW.event(fromEventJson(json, record.lanes), entry);
  const line = importLine({ event, note: entry?.note });
  return line === undefined ? undefined : `${JSON.stringify(line)}\n`;
}
