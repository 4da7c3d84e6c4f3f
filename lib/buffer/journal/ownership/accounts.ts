import type { StrandedReason } from '../../../event/stranded.js';
import { isObject } from '../../../event/json-values.js';
import type { LaneAccount } from '../../event-buffer.js';
import { hasShape, isText } from '../format/shape.js';

/** Accounts by the name of their destination. */
export type Accounts = Readonly<Record<string, LaneAccount>>;

const SHOWN_DIGITS = 12;

export const isAccount = (value: unknown): boolean =>
  hasShape(value, { kind: isText, host: isText, key: isText });

export const areAccounts = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every(isAccount);

/** An account in its displayed form: platform, host and the beginning of its digest. */
export function accountLabel({ kind, host, key }: LaneAccount): string {
  return [kind, ...(host === '' ? [] : [host]), key.slice(0, SHOWN_DIGITS)].join('/');
}

/** Whether both are one account; credentials may differ. Folders of earlier versions have the digest with credentials only. */
export function isSameAccount(one: LaneAccount, other: LaneAccount): boolean {
  return (
    one.kind === other.kind &&
    (one.key === other.key || one.key === other.credentials || one.credentials === other.key)
  );
}

export function hasSameCredentials(one: LaneAccount, other: LaneAccount): boolean {
  return (one.credentials ?? one.key) === (other.credentials ?? other.key);
}

/** Our destination for an account. Of several, the same name is preferred, then the same credentials, then the first. */
export function destinationOf(name: string, account: LaneAccount, ours: Accounts): string | undefined {
  const fitting = Object.entries(ours).filter(([, own]) => isSameAccount(own, account));
  const best =
    fitting.find(([own]) => own === name) ??
    fitting.find(([, own]) => hasSameCredentials(own, account)) ??
    fitting[0];
  return best?.[0];
}

/** Why none of our destinations delivers to the account of a lane in a folder. */
export function strandedReason(name: string, ours: Accounts, isOurFolder: boolean): StrandedReason {
  if (Object.hasOwn(ours, name)) return 'account_changed';
  return isOurFolder ? 'not_configured' : 'other_service';
}
