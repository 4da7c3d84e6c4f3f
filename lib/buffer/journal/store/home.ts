import type { Reason } from '../../../event/reasons.js';

/** The final outcome of an event in one lane. */
export interface End {
  readonly state: 'delivered' | 'dead' | 'dropped';
  readonly reason?: Reason | undefined;
}

/** Where an event is kept until its lanes are done with it: a segment on disk, or a frame that is still to be written. */
export interface Home {
  /** One lane is done with an event. */
  settle(lane: string, seq: number, end: End): void;
}
