import { epochMs } from '../../../event/event-time.js';
import type { LaneTrouble } from '../../../event/last-refusal.js';
import type { UnknownObject } from '../../../event/json-values.js';
import type { LaneAccount } from '../../event-buffer.js';
import { isAccount } from './accounts.js';
import { hasShape, isNumber, isText, listOf, type Check, type Shape } from '../format/shape.js';

export const PAUSES_FORMAT = 1;

/** One account, and the wall clock's time until which its platform wants no request, in epoch milliseconds. */
export interface Pause {
  readonly account: LaneAccount;
  readonly until: number;
}

/** Why the lane of an account does not deliver, as of `at`, in epoch milliseconds. */
export interface AccountTrouble extends LaneTrouble {
  readonly account: LaneAccount;
  readonly at: number;
}

/** The content of `pauses.json`. */
export interface PausesFile {
  readonly pauses: readonly Pause[];
  readonly troubles: readonly AccountTrouble[];
}

/** `undefined` for the content of a damaged file, or of a later version's. A trouble that cannot be read is left out. */
export function pausesFileOf(file: UnknownObject | 'damaged'): PausesFile | undefined {
  if (!hasShape(file, FILE)) return undefined;
  const { pauses, troubles } = file as { pauses: readonly Pause[]; troubles?: unknown };
  return { pauses, troubles: Array.isArray(troubles) ? troubles.filter(isTrouble) : [] };
}

/** A number that a date can hold: the command line shows it as one. */
const isTime: Check = (value) => isNumber(value) && !Number.isNaN(epochMs(value));
const orNull =
  (shape: Shape): Check =>
  (value) =>
    value === null || hasShape(value, shape);

const PAUSE: Shape = { account: isAccount, until: isNumber };
const FILE: Shape = {
  format: (value) => value === PAUSES_FORMAT,
  pauses: listOf((one) => hasShape(one, PAUSE)),
};
const TROUBLE: Shape = {
  account: isAccount,
  at: isTime,
  parked: orNull({ reason: isText, at: isTime }),
  lastRefusal: orNull({ status: isNumber, count: isNumber, at: isTime, reason: isText, answer: isText }),
};
const isTrouble = (value: unknown): value is AccountTrouble => hasShape(value, TROUBLE);
