import { REASONS, type Reason } from '../../../event/reasons.js';
import { toCheckedLine } from './checked-line.js';
import { isRangeList, type RangeList } from './ranges.js';
import { hasShape, isNumber, isText, optional, type Shape } from './shape.js';

/** The outcome of some events of a segment in one lane. */
export interface Acknowledgement {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly lane: string;
  readonly state: 'delivered' | 'dead' | 'dropped';
  /** Of `dead` and `dropped`. */
  readonly reason?: Reason | undefined;
  /** Sequence numbers, as ranges with both ends inclusive. */
  readonly seqs: RangeList;
}

const KNOWN = new Set<unknown>(REASONS);

/** The line of an acknowledgement. */
export function encodeAcknowledgement({ at, lane, state, reason, seqs }: Acknowledgement): string {
  return toCheckedLine({ at, lane, state, reason, seqs });
}

const STATES: readonly unknown[] = ['delivered', 'dead', 'dropped'];
const SHAPE: Shape = {
  at: isNumber,
  lane: isText,
  state: (state) => STATES.includes(state),
  // An unknown reason could not be counted.
  reason: optional((reason) => KNOWN.has(reason)),
  seqs: isRangeList,
};

/** The acknowledgement in a checked line; `undefined` for any other line. */
export function acknowledgementOf(value: Record<string, unknown>): Acknowledgement | undefined {
  return hasShape(value, SHAPE) ? (value as unknown as Acknowledgement) : undefined;
}
