import { hash } from 'node:crypto';
import { anyBrowserId } from '../../event/browser-ids.js';
import type { Identity } from '../../event/identity.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import { guarded } from '../../host/guarded.js';
import type { EventParts } from '../made-event.js';
import type { Sampling } from './privacy-options.js';
import { Refusal } from '../call-end.js';
import { shown } from '../shown-event.js';

const HEX_DIGITS = 8;
const SHARES = 16 ** HEX_DIGITS;

/** Records the events of a share of all people. A person in a share is also in every larger share, in every process. */
export class PersonSampling {
  constructor(private readonly sampling: Sampling) {}

  refusal(parts: EventParts, describe: (parts: EventParts) => TrackingEvent): Refusal | undefined {
    const { sampling } = this;
    const share: unknown =
      typeof sampling === 'number' ? sampling : guarded(() => sampling(shown(describe(parts))));
    if (isShare(share)) return isWithin(parts.who, share) ? undefined : new Refusal('sampled');
    disown(share);
    return new Refusal('sampling_error');
  }
}

export function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isWithin({ userId, anonymousId, browserIds }: Identity, share: number): boolean {
  if (share === 1 || share === 0) return share === 1;
  return placeOf(userId ?? anonymousId ?? anyBrowserId(browserIds)?.id ?? '') < share;
}

/**
 * A person's place between 0 and 1: the first 8 hexadecimal digits of the id's SHA-256, so that a warehouse or a browser can
 * compute it, too.
 */
function placeOf(id: string): number {
  return Number.parseInt(hash('sha256', id).slice(0, HEX_DIGITS), 16) / SHARES;
}
