import type { LaneEntry } from '../../../../lib/event/lane-event.js';

/**
 * What an event, or the knowledge of its end, survives: `nothing`; `crash`, the death of its process; `powerCut`, the loss of
 * power, too.
 */
export type Safety = 'nothing' | 'crash' | 'powerCut';

const ORDER: readonly Safety[] = ['nothing', 'crash', 'powerCut'];

/** The safer one. */
export function safer(a: Safety, b: Safety): Safety {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}

/** Whether something that is so safe survives what happens. */
export function survives(is: Safety, what: 'crash' | 'powerCut'): boolean {
  return ORDER.indexOf(is) >= ORDER.indexOf(what);
}

/** What became of an event in a lane. */
export interface KnownEnd {
  readonly state: 'delivered' | 'dead' | 'dropped';
  readonly life: number;
  readonly at: number;
  safety: Safety;
  /** The disk failed while it was not on it; nobody can promise any more that the end is remembered. */
  tainted: boolean;
  /** Whoever comes next has to know of it. */
  final: boolean;
}

/** An event as one lane has it, known from outside. */
export interface KnownEvent {
  readonly id: string;
  readonly lane: string;
  readonly json: string;
  readonly entry: LaneEntry | undefined;
  readonly keyed: boolean;
  /** The process that accepted it. */
  readonly life: number;
  /** What its acceptance promised as its position there. */
  readonly position: number;
  readonly acceptedAt: number;
  safety: Safety;
  /** The disk failed while it was not on it for good; nobody can promise any more that it ever is. */
  tainted: boolean;
  /** It may have been lost with its process before anybody promised to keep it. */
  mayBeGone: boolean;
  /**
   * Its process was late when it wrote it: another one may have taken the folder meanwhile, and then the event stands in
   * two. It may be sent twice, under the same id.
   */
  mayBeTwofold: boolean;
  /** The last one counts. */
  readonly ends: KnownEnd[];
}
