import type { LaneAccount } from '../../event-buffer.js';

type Accounts = Readonly<Record<string, LaneAccount>>;

/**
 * Whether what waits for some accounts may be sent by a process that has others. `exact`: all of it. `partial`: that of
 * some lanes. `another key`: a lane of the same name is a way to another account, and one's events must never reach the
 * other. `another service`: they have nothing in common.
 */
export type Fit = 'exact' | 'partial' | 'another key' | 'another service';

export function fitOf(theirs: Accounts, ours: Accounts): Fit {
  let common = 0;
  for (const [name, account] of Object.entries(theirs)) {
    const own = Object.hasOwn(ours, name) ? ours[name] : undefined;
    if (own === undefined) continue;
    if (own.kind !== account.kind || own.host !== account.host || own.key !== account.key)
      return 'another key';
    common++;
  }
  if (common === 0) return 'another service';
  return common === Object.keys(theirs).length ? 'exact' : 'partial';
}
