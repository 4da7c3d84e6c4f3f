import type { TrackingStats } from 'nestjs-tracking';

/** The counts of calls in one or more processes. */
export interface DoorTotals {
  readonly calls: number;
  readonly accepted: number;
  readonly duplicates: number;
  /** Suppressed by `when`. */
  readonly suppressed: number;
  /** Held by `hold()` for an operation that failed. */
  readonly rolledBack: number;
  readonly rejected: number;
}

/** The counts of the events for one destination, or for several together. */
export interface LaneTotals {
  readonly accepted: number;
  /** Taken over from the journal of a process that died. */
  readonly takenOver: number;
  readonly delivered: number;
  /** Neither delivered nor given up: in this process, or left in the journal when it exited. */
  readonly pending: number;
  readonly dead: number;
  readonly dropped: number;
  readonly declined: number;
}

export function doorTotals(stats: readonly TrackingStats[]): DoorTotals {
  const sum = (of: (each: TrackingStats) => number): number => stats.reduce((all, each) => all + of(each), 0);
  const rolledBack = sum(({ suppressed }) => suppressed.rolled_back ?? 0);
  return {
    calls: sum(({ called }) => called),
    accepted: sum(({ accepted }) => accepted),
    duplicates: sum(({ duplicate }) => duplicate),
    suppressed: sum(({ suppressed }) => all(suppressed)) - rolledBack,
    rolledBack,
    rejected: sum(({ rejected }) => all(rejected)),
  };
}

/** Without a name: of all destinations. */
export function laneTotals(stats: readonly TrackingStats[], destination?: string): LaneTotals {
  const lanes = stats.flatMap((each) =>
    Object.entries(each.lanes).flatMap(([name, lane]) => (name === (destination ?? name) ? lane : [])),
  );
  const sum = (of: (lane: TrackingStats['lanes'][string]) => number): number =>
    lanes.reduce((total, lane) => total + of(lane), 0);
  return {
    accepted: sum(({ accepted }) => accepted),
    takenOver: sum(({ recovered, adopted }) => recovered + adopted),
    delivered: sum(({ delivered }) => delivered),
    pending: sum(({ pending, handedOver }) => pending + handedOver),
    dead: sum(({ dead }) => dead),
    dropped: sum(({ dropped }) => all(dropped)),
    declined: sum(({ declined }) => all(declined)),
  };
}

function all(counts: Partial<Record<string, number>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
