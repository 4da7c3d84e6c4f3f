import type { Destination } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import type { MisbehavingServer } from './misbehaving-server.js';
import { ATTEMPT_MS } from './platforms.js';

/** A minimal destination object as an application may write it; `parts` misbehave. */
export function customDestination(
  server: MisbehavingServer,
  parts: { readonly [Part in keyof Destination]?: unknown } = {},
): Destination {
  return {
    name: 'custom',
    timeoutMs: ATTEMPT_MS,
    encode: (batch: readonly LaneEvent[]) => ({
      method: 'POST',
      url: `${server.url}/custom`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch.map(({ event: { id, properties } }) => ({ id, properties }))),
    }),
    ...parts,
  } as Destination;
}

/** The number that the test gave an event. */
export function numberOf({ event }: LaneEvent): number {
  return event.properties['n'] as number;
}
