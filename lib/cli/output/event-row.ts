import type { Filtered, LaneEnd } from '../../buffer/journal/commands/event-filter.js';
import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';
import { anyBrowserId } from '../../event/browser-ids.js';
import type { Column } from './table.js';

/** Columns of a list of events; it is written as it is read, so the widths are guesses. */
export const EVENT_COLUMNS: readonly Column[] = [
  { title: 'ACCEPTED', width: 24 },
  { title: 'ID', width: 36 },
  { title: 'EVENT', width: 24, atLeast: 12 },
  { title: 'PERSON', width: 24, atLeast: 10 },
  { title: 'WHERE IT IS' },
];

export function eventRow({ event, browserIds, ends }: JournalEvent): string[] {
  return [
    event.acceptedAt,
    event.id,
    event.name,
    event.userId ?? event.anonymousId ?? anyBrowserId(browserIds)?.id ?? '',
    ends.map(endText).join(', '),
  ];
}

/** `kissmetrics: dead (refused)` */
export function endText({ lane, state, reason }: LaneEnd): string {
  return `${lane}: ${state}${reason === undefined ? '' : ` (${reason})`}`;
}

/** An event with its browser ids by destination, without hashed data of its person. */
export function eventWithBrowserIds({ event, browserIds }: Pick<Filtered, 'event' | 'browserIds'>): object {
  return browserIds === undefined ? event : { ...event, browserIds };
}

/** An event with what became of it, as `--json` and `export` have it. */
export function eventWithEnds(event: JournalEvent): object {
  return {
    ...eventWithBrowserIds(event),
    destinations: event.ends.map(({ lane, state, reason, at }) => ({
      name: lane,
      state,
      ...(reason !== undefined && { reason }),
      ...(at !== undefined && { at: new Date(at).toISOString() }),
    })),
    ...(event.replay !== undefined && { replay: event.replay }),
  };
}
