import type { LaneState } from '../query/event-filter.js';
import type { JournalEvent } from './journal-event.js';

/** How many events of one kind came to one end, by the hour of their acceptance. */
export interface EndCount {
  /** The folder that the journals of one configuration share: equal names of destinations elsewhere are others. */
  readonly group: string;
  /** Such as `2026-11-23T15`, in UTC. Empty where it is erased with the event. */
  readonly hour: string;
  readonly type: string;
  readonly name: string;
  readonly lane: string;
  readonly state: LaneState;
  readonly reason: string;
  /** A copy that was made to send the event again. */
  readonly replayed: boolean;
  count: number;
}

const HOUR_LENGTH = '2026-11-23T15'.length;

/** Counts where events are: as much memory as there are different rows. */
export class EndCounts {
  readonly #counts = new Map<string, EndCount>();

  /** In order of hour, name and destination. */
  rows(): EndCount[] {
    return [...this.#counts.values()].toSorted(
      (a, b) =>
        compare(a.group, b.group) ||
        compare(a.hour, b.hour) ||
        compare(a.name, b.name) ||
        compare(a.type, b.type) ||
        compare(a.lane, b.lane) ||
        Number(a.replayed) - Number(b.replayed) ||
        compare(a.state, b.state) ||
        compare(a.reason, b.reason),
    );
  }

  addEvent({ event, ends, record, folder }: JournalEvent): void {
    const hour = event.acceptedAt.slice(0, HOUR_LENGTH);
    for (const { lane, state, reason = '' } of ends) {
      this.add({
        group: folder.group,
        hour,
        type: event.type,
        name: event.name,
        lane,
        state,
        reason,
        replayed: record.replay !== undefined,
        count: 1,
      });
    }
  }

  add(row: EndCount): void {
    const { group, hour, type, name, lane, state, reason, replayed } = row;
    const key = JSON.stringify([group, hour, type, name, lane, state, reason, replayed]);
    const held = this.#counts.get(key);
    if (held === undefined) this.#counts.set(key, { ...row });
    else held.count += row.count;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
