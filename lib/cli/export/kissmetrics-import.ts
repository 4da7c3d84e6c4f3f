import { fromEventJson } from '../../event/event-json.js';
import type { LaneEntry } from '../../event/lane-event.js';
import { refusal, secondOf } from '../../destinations/kissmetrics/admission.js';
import { LaneView } from '../../destinations/lane-view.js';
import { operation } from '../../destinations/kissmetrics/request.js';
import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';

const VIEW = new LaneView({});

/** Parameters of a request that are none of its event: the key, and that its time counts. */
const NOT_OURS = new Set(['_k', '_d']);

/**
 * A line of KISSmetrics' JSON import: `_p` and `_t`, `_n` for an event, `_p2` for an alias, everything else a property. It is
 * made from the very request that the destination sends, so that an imported event is the same one to the platform.
 * `undefined` for an event that the destination declines.
 */
export function kissmetricsLine(found: JournalEvent): string | undefined {
  const entry = entryOf(found);
  if (entry?.withheld !== undefined) return undefined;
  // Its mapped name and its own browser id, too: what the destination was sent.
  const event = VIEW.event(fromEventJson(found.json, found.record.lanes), entry);
  if (refusal(event) !== undefined) return undefined;
  const note = entry?.note;
  const { body = '' } = operation({ endpoint: '', method: 'POST', key: '' }, { event, note }, () => {});
  const line: Record<string, string | number> = {};
  for (const pair of body.toString().split('&')) {
    const at = pair.indexOf('=');
    const name = decodeURIComponent(pair.slice(0, at));
    if (!NOT_OURS.has(name)) line[name] = decodeURIComponent(pair.slice(at + 1));
  }
  line['_t'] = typeof note === 'number' ? note : secondOf(event);
  if (event.type === 'alias') {
    line['_p2'] = line['_n'] ?? '';
    delete line['_n'];
  }
  return `${JSON.stringify(line)}\n`;
}

/** KISSmetrics' entry of the event, such as its shifted second. */
function entryOf({ record, folder }: JournalEvent): LaneEntry | undefined {
  const entries = Object.entries(record.entries ?? {});
  return entries.find(([lane]) => folder.lanes[lane]?.kind === 'kissmetrics')?.[1];
}
