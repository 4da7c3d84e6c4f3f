import type { LaneEntry } from '../../../../lib/event/lane-event.js';

/**
 * The faults that an event or its outcome survives: `nothing`; `crash`, of its process; `powerCut`, also a loss of power.
 */
export type Safety = 'nothing' | 'crash' | 'powerCut';

const ORDER: readonly Safety[] = ['nothing', 'crash', 'powerCut'];

/** The safer of two. */
export function safer(a: Safety, b: Safety): Safety {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}

/** Whether an event with this safety survives a fault. */
export function survives(is: Safety, what: 'crash' | 'powerCut'): boolean {
  return ORDER.indexOf(is) >= ORDER.indexOf(what);
}

/** The outcome of an event in a lane. */
export interface KnownEnd {
  readonly state: 'delivered' | 'dead' | 'dropped';
  readonly life: number;
  readonly at: number;
  safety: Safety;
  /** The disk failed before the outcome was on it: the outcome may be forgotten. */
  tainted: boolean;
  /** The next process must know it. */
  final: boolean;
}

/** An event in one lane, as an observer knows it. */
export interface KnownEvent {
  readonly id: string;
  readonly lane: string;
  readonly json: string;
  readonly entry: LaneEntry | undefined;
  readonly keyed: boolean;
  /** The process that accepted it. */
  readonly life: number;
  /** Its position in the lane, as `accept()` returned it. */
  readonly position: number;
  readonly acceptedAt: number;
  safety: Safety;
  /** The disk failed before the event was safely on it: it may never be. */
  tainted: boolean;
  /** It may have been lost with its process before it was committed. */
  mayBeGone: boolean;
  /**
   * Its process was late when it wrote the event. If another process had adopted the folder, the event is in two folders, and may
   * be sent twice with the same id.
   */
  mayBeTwofold: boolean;
  /** The last outcome counts. */
  readonly ends: KnownEnd[];
}
