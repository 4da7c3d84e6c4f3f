import { expect } from '@jest/globals';
import type { Files } from '../../lib/buffer/journal/files/files.js';
import type { ProcessIdentity } from '../../lib/buffer/journal/ownership/process-identity.js';
import { openReader } from '../../lib/buffer/journal/reader/reader.js';
import type { ReasonCounts } from '../../lib/event/reasons.js';
import type { JournalStats } from '../../lib/buffer/event-buffer.js';
import type { TrackingStats } from '../../lib/observe/stats.js';

/** The sum of all reasons. */
export function total(counts: ReasonCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * Checks that every call and every event has exactly one counted state: the identities that hold at any moment.
 *
 * @param notRouted by lane: accepted events whose call named other destinations
 */
export function expectAccounted(
  stats: TrackingStats,
  notRouted: Readonly<Record<string, number>> = {},
): void {
  const { called, accepted, duplicate, rejected, suppressed, held } = stats;
  expect({ called }).toEqual({ called: accepted + duplicate + total(rejected) + total(suppressed) + held });
  for (const [name, lane] of Object.entries(stats.lanes)) {
    const cameIn = lane.accepted + lane.recovered + lane.adopted + lane.replayed;
    const are = lane.delivered + lane.pending + lane.dead + total(lane.dropped) + lane.handedOver;
    expect({ lane: name, cameIn }).toEqual({ lane: name, cameIn: are });
    const led = lane.accepted + total(lane.declined) + (notRouted[name] ?? 0);
    expect({ lane: name, accepted }).toEqual({ lane: name, accepted: led });
    expect({ lane: name, negative: negatives(lane) }).toEqual({ lane: name, negative: [] });
  }
}

function negatives(lane: TrackingStats['lanes'][string]): string[] {
  return Object.entries(lane)
    .filter(([, value]) => typeof value === 'number' && !(value >= 0))
    .map(([name]) => name);
}

/** By destination, the pending events that a process reports as undeliverable; null if it has not counted them. */
export function strandedOf({ stranded }: Pick<JournalStats, 'stranded'>): Record<string, number | null> {
  const sums: Record<string, number | null> = {};
  for (const { destination, events } of stranded) {
    const known = sums[destination ?? ''];
    sums[destination ?? ''] = events === null || known === null ? null : events + (known ?? 0);
  }
  return sums;
}

/** A journal's directory for a process that only reads it. */
export interface Reading {
  readonly directory: string;
  readonly files: Files;
  readonly process: ProcessIdentity;
  now(): number;
}

/** Events by folder and destination; those of a running lane are under that lane alone. */
type Pending = Record<string, number>;

/** The pending events on disk, as `status` counts them. */
async function onDisk({ directory, ...setup }: Reading): Promise<Pending> {
  const pending: Pending = {};
  const reader = await openReader(directory, setup);
  for (const { folder, pending: lanes } of (await reader?.count())?.folders ?? []) {
    const isHeld = folder.condition === 'alive' || folder.condition === 'unknown';
    for (const [lane, { events }] of lanes) {
      const stranger = folder.names.strangers.get(lane);
      const key =
        isHeld && stranger === undefined ? lane : `${folder.origin} ${stranger?.destination ?? lane}`;
      pending[key] = (pending[key] ?? 0) + events;
    }
  }
  return pending;
}

/** The pending events that processes on one directory report. A folder without an owner is counted once. */
function said(all: readonly TrackingStats[]): Pending {
  const pending: Pending = {};
  const stranded = new Map<string, number>();
  for (const { lanes, journal } of all) {
    for (const [lane, { pending: events }] of Object.entries(lanes)) {
      if (events > 0) pending[lane] = (pending[lane] ?? 0) + events;
    }
    for (const { folder, destination, events } of journal!.stranded) {
      const name = folder.slice(folder.indexOf('/') + 1);
      stranded.set(`${name.slice(name.indexOf('+') + 1)} ${destination}`, events ?? -1);
    }
  }
  return { ...pending, ...Object.fromEntries(stranded) };
}

/**
 * Checks that every pending event on disk is in `stats()`, pending or stranded, and vice versa. Call it at rest: nothing
 * may be written, delivered or adopted during it.
 */
export async function expectOnDisk(reading: Reading, all: readonly TrackingStats[]): Promise<void> {
  expect(said(all)).toEqual(await onDisk(reading));
}
