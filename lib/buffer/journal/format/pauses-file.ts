import { epochMs } from '../../../event/event-time.js';
import type { LaneTrouble } from '../../../event/last-refusal.js';
import type { LaneAccount } from '../../event-buffer.js';

export const PAUSES_FORMAT = 1;

/** One account, and the wall clock's time until which its platform wants no request, in epoch milliseconds. */
export interface Pause {
  readonly account: LaneAccount;
  readonly until: number;
}

/** Why the destination of an account delivers nothing, as of `at`, in epoch milliseconds. */
export interface AccountTrouble extends LaneTrouble {
  readonly account: LaneAccount;
  readonly at: number;
}

/** The content of `pauses.json`. */
export interface PausesFile {
  readonly pauses: readonly Pause[];
  readonly troubles: readonly AccountTrouble[];
}

/** `undefined` for what is damaged, or of a later version. A trouble that cannot be read is none. */
export function pausesFileOf(text: string): PausesFile | undefined {
  try {
    const { format, pauses, troubles } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (format !== PAUSES_FORMAT || !Array.isArray(pauses) || !pauses.every(isPause)) return undefined;
    return { pauses, troubles: Array.isArray(troubles) ? troubles.filter(isTrouble) : [] };
  } catch {
    return undefined;
  }
}

function isPause(value: unknown): value is Pause {
  const { account, until } = membersOf(value);
  return typeof until === 'number' && isAccount(account);
}

function isTrouble(value: unknown): value is AccountTrouble {
  const { account, at, parked, lastRefusal } = membersOf(value);
  return isTime(at) && isAccount(account) && isPark(parked) && isRefusal(lastRefusal);
}

function isAccount(value: unknown): value is LaneAccount {
  const { kind, key } = membersOf(value);
  return typeof kind === 'string' && typeof key === 'string';
}

function isPark(value: unknown): boolean {
  const { reason, at } = membersOf(value);
  return value === null || (typeof reason === 'string' && isTime(at));
}

function isRefusal(value: unknown): boolean {
  const { status, reason, answer, at, count } = membersOf(value);
  return (
    value === null ||
    ([status, count].every(Number.isFinite) &&
      isTime(at) &&
      typeof reason === 'string' &&
      typeof answer === 'string')
  );
}

/** A number that a date can hold: the command line shows it as one. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(epochMs(value));
}

function membersOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}
