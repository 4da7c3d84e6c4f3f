import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';
import { importLine } from '../../destinations/kissmetrics/request.js';
import { LaneView } from '../../destinations/lane-view.js';
import { fromEventJson } from '../../event/event-json.js';

const VIEW = new LaneView({});

/** A line of KISSmetrics' JSON import; `undefined` for an event that the destination did not get. */
export function kissmetricsLine({ json, record, folder }: JournalEvent): string | undefined {
  const entries = Object.entries(record.entries ?? {});
  const entry = entries.find(([lane]) => folder.lanes[lane]?.kind === 'kissmetrics')?.[1];
  if (entry?.withheld !== undefined) return undefined;
  // With its mapped name and its own browser id, as the destination got it.
  const event = VIEW.event(fromEventJson(json, record.lanes), entry);
  const line = importLine({ event, note: entry?.note });
  return line === undefined ? undefined : `${JSON.stringify(line)}\n`;
}
