import type { Filtered, LaneEnd } from '../../buffer/journal/query/event-filter.js';
import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';
import { anyBrowserId } from '../../event/browser-ids.js';
import type { Session } from '../session.js';
import { Listing } from './listing.js';
import type { Column } from './table.js';

/** A list is written while it is read, so the widths are guesses. */
const COLUMNS: readonly Column[] = [
  { title: 'ACCEPTED', width: 24 },
  { title: 'ID', width: 36 },
  { title: 'EVENT', width: 24, atLeast: 12 },
  { title: 'PERSON', width: 24, atLeast: 10 },
  { title: 'WHERE IT IS' },
];

export function eventListing(session: Session): Listing<JournalEvent> {
  return new Listing(session, { columns: COLUMNS, cells: eventRow, json: eventWithEnds });
}

function eventRow({ event, browserIds, ends }: JournalEvent): string[] {
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
  return reason === undefined ? `${lane}: ${state}` : `${lane}: ${state} (${reason})`;
}

/** An event with its browser ids by destination, without hashed data of its person. */
export function eventWithBrowserIds({ event, browserIds }: Pick<Filtered, 'event' | 'browserIds'>): object {
  return browserIds === undefined ? event : { ...event, browserIds };
}

/** An event with its outcomes, as `--json` and `export` have it. */
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
