import { REASONS } from '../../../event/reasons.js';
import type { Reason } from '../../../event/reasons.js';
import { toCheckedLine } from './checked-line.js';
import { isRangeList, type RangeList } from './ranges.js';

/** What became of some events of a segment in one lane. */
export interface Acknowledgement {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly lane: string;
  readonly state: 'delivered' | 'dead' | 'dropped';
  /** Why, for `dead` and `dropped`. */
  readonly reason?: Reason | undefined;
  /** Sequence numbers, as ranges with both ends inclusive. */
  readonly seqs: RangeList;
}

const KNOWN = new Set<unknown>(REASONS);

/** An acknowledgement as the line that is appended. */
export function encodeAcknowledgement({ at, lane, state, reason, seqs }: Acknowledgement): string {
  return toCheckedLine({ at, lane, state, reason, seqs });
}

/** The acknowledgement that a checked line holds, if it does. */
export function acknowledgementOf({
  at,
  lane,
  state,
  reason,
  seqs,
}: Record<string, unknown>): Acknowledgement | undefined {
  if (typeof at !== 'number' || typeof lane !== 'string') return undefined;
  if (state !== 'delivered' && state !== 'dead' && state !== 'dropped') return undefined;
  // A word that is not known here could not be counted.
  if (reason !== undefined && !KNOWN.has(reason)) return undefined;
  if (!isRangeList(seqs)) return undefined;
  return reason === undefined
    ? { at, lane, state, seqs }
    : { at, lane, state, reason: reason as Reason, seqs };
}
