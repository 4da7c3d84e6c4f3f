import { REASONS, type Reason } from '../../../event/reasons.js';
import { lineKind } from './checked-line.js';
import { isRangeList, type RangeList } from './ranges.js';
import { isNumber, isText, optional } from './shape.js';

/** The outcome of some events of a segment in one lane. */
export interface Acknowledgement {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly lane: string;
  readonly state: 'delivered' | 'dead' | 'dropped';
  /** Of `dead` and `dropped`. */
  readonly reason?: Reason | undefined;
  readonly seqs: RangeList;
}

const STATES: readonly unknown[] = ['delivered', 'dead', 'dropped'];
const KNOWN = new Set<unknown>(REASONS);

export const { encode: encodeAcknowledgement, read: acknowledgementOf } = lineKind<Acknowledgement>({
  at: isNumber,
  lane: isText,
  state: (state) => STATES.includes(state),
  // An unknown reason could not be counted.
  reason: optional((reason) => KNOWN.has(reason)),
  seqs: isRangeList,
});
