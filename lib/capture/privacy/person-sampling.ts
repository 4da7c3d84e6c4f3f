import { hash } from 'node:crypto';
import { anyBrowserId } from '../../event/browser-ids.js';
import type { Identity } from '../../event/identity.js';
import type { Reason } from '../../event/reasons.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import type { EventParts } from '../event-parts.js';
import type { Sampling } from './privacy-options.js';
import { shown } from '../shown-event.js';

const HEX_DIGITS = 8;
const SHARES = 16 ** HEX_DIGITS;

/** Records the events of a share of all people. Who is in is in for every larger share, in every process and for ever. */
export class PersonSampling {
  constructor(private readonly sampling: Sampling) {}

  /** Why an event is not recorded; undefined where it is. */
  refusal(parts: EventParts, describe: (parts: EventParts) => TrackingEvent): Reason | undefined {
    const { sampling } = this;
    try {
      const share: unknown = typeof sampling === 'number' ? sampling : sampling(shown(describe(parts)));
      if (isShare(share)) return isWithin(parts.who, share) ? undefined : 'sampled';
      disown(share);
    } catch {
      // As good as an answer that is no share: nobody knows whether the person is to be recorded.
    }
    return 'sampling_error';
  }
}

/** Whether a value can be the share of people that is recorded. */
export function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isWithin({ userId, anonymousId, browserIds }: Identity, share: number): boolean {
  if (share === 1 || share === 0) return share === 1;
  return placeOf(userId ?? anonymousId ?? anyBrowserId(browserIds)?.id ?? '') < share;
}

/**
 * Where a person stands between 0 and 1: the first 8 hexadecimal digits of the id's SHA-256, so that a warehouse or a browser
 * can tell in its own language who is in.
 */
function placeOf(id: string): number {
  return Number.parseInt(hash('sha256', id).slice(0, HEX_DIGITS), 16) / SHARES;
}
