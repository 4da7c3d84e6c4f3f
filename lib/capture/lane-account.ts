import { createHmac } from 'node:crypto';
import type { LaneAccount } from '../buffer/event-buffer.js';
import type { Destination } from '../destinations/destination.js';

const HOST = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d+)?$/i;

/**
 * What a destination is a way to, as it may be written to a disk: its platform, its host, and a digest that is keyed with
 * all that tells the account. Neither a credential nor a digest that credentials could be tried on without a key.
 */
export function laneAccount({ kind = 'custom', name, account, secrets }: Destination): LaneAccount {
  const told = account ?? [name];
  const host = told.length < 2 ? '' : hostOf(told[0]!);
  return {
    kind,
    // A destination of the application's own may have its account in another order.
    host: secrets?.includes(host) ? '' : host,
    key: createHmac('sha256', JSON.stringify(told)).update(kind).digest('hex'),
  };
}

/** The host of a URL, with or without its scheme; nothing else of it. */
function hostOf(place: string): string {
  const authority = place.replace(/^https?:\/\//i, '').split(/[/?#]/, 1)[0]!;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return HOST.test(host) ? host.toLowerCase() : '';
}
