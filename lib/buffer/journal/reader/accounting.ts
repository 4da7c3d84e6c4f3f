import type { LaneEnd, EventState } from '../query/event-filter.js';
import { compareKeys } from './folder-view.js';
import type { JournalEvent } from './journal-event.js';

/** The number of events of one kind with one state, by the hour of their acceptance. */
export interface EndCount {
  /** The folder that the journals of one configuration share. The same name of a lane in another group is another lane. */
  readonly group: string;
  /** Such as `2026-11-23T15`, in UTC. Empty for an erased event. */
  readonly hour: string;
  readonly type: string;
  readonly name: string;
  readonly lane: string;
  readonly state: EventState;
  readonly reason: string;
  /** A copy that was made to send the event again. */
  readonly replayed: boolean;
  count: number;
}

const HOUR_LENGTH = '2026-11-23T15'.length;

/** Counts events by their state. Memory depends on the number of different rows only. */
export class EndCounts {
  readonly #counts = new Map<string, EndCount>();

  /** In order of hour, name and destination. */
  rows(): EndCount[] {
    return [...this.#counts.values()].toSorted((a, b) => compareKeys(keysOf(a), keysOf(b)));
  }

  addEvent({ event, ends, record, folder }: JournalEvent): void {
    const { type, name } = event;
    const hour = event.acceptedAt.slice(0, HOUR_LENGTH);
    this.addEnds({ group: folder.group, hour, type, name, replayed: record.replay !== undefined }, ends);
  }

  /** Adds one event in each of its lanes. */
  addEnds(
    event: Pick<EndCount, 'group' | 'hour' | 'type' | 'name' | 'replayed'>,
    ends: readonly LaneEnd[],
  ): void {
    for (const { lane, state, reason = '' } of ends) this.add({ ...event, lane, state, reason, count: 1 });
  }

  add(row: EndCount): void {
    const key = JSON.stringify(keysOf(row));
    const held = this.#counts.get(key);
    if (held === undefined) this.#counts.set(key, { ...row });
    else held.count += row.count;
  }
}

function keysOf({ group, hour, name, type, lane, replayed, state, reason }: EndCount): readonly string[] {
  return [group, hour, name, type, lane, replayed ? 'replayed' : '', state, reason];
}
