import type { Destination, DestinationOptions, OutgoingRequest, Outcome } from 'nestjs-tracking';
import { TrackingConfigError } from 'nestjs-tracking';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { ConformanceSetup } from '../../../lib/testing/index.js';

export const TOKEN = 'acme-token-0123456789';
export const URL_ = 'https://insights.example.com/v1/events';

/** One event in the form of Acme. */
export function acmeEvent({ event }: LaneEvent) {
  const { id, type, name, userId, anonymousId, groupId, timestamp, properties } = event;
  return { id, type, name, person: userId ?? anonymousId, group: groupId, time: timestamp, properties };
}

export function acmeRequest(batch: readonly LaneEvent[], now: number): OutgoingRequest {
  return {
    method: 'POST',
    url: URL_,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ sentAt: now, events: batch.map(acmeEvent) }),
  };
}

/** A destination that keeps every rule, with answers about single events. */
export function acme(options: DestinationOptions, credentials: boolean): Destination {
  const token = credentials ? TOKEN : '';
  return {
    name: 'acme',
    kind: 'acme',
    account: [URL_, 'workspace-1'],
    credentials: [token],
    secrets: [token],
    acknowledgement: 'perEvent',
    deduplication: { fields: ['id'] },
    ...options,
    batch: { maxEvents: 50, ...options.batch },
    check(path, isRequired) {
      if (isRequired && token === '')
        throw new TrackingConfigError(`${path}.token`, 'acme: `token` is missing.');
    },
    accept: ({ type }) => (type === 'alias' ? { declined: 'unsupported' } : undefined),
    partition: ({ event }) => (event.type === 'group' ? 'groups' : 'people'),
    encode: (batch, { now }) => acmeRequest(batch, now),
    decode({ status, body }) {
      if (status !== 200) return undefined;
      const { rejected } = JSON.parse(body) as { rejected: string[] };
      return new Map(rejected.map((id): [string, Outcome] => [id, { kind: 'rejected' }]));
    },
    resolvers: [
      (request: { headers?: { cookie?: unknown } }) => {
        const anonymousId = /(?:^|; )acme=([\w-]{8,64})(?:;|$)/.exec(String(request.headers?.cookie))?.[1];
        return anonymousId === undefined ? undefined : { anonymousId };
      },
    ],
  };
}

/** The setup that the kit needs. */
export const ACME: ConformanceSetup = {
  create: acme,
  secrets: [TOKEN],
  cookies: { acme: 'visitor-0123456789' },
  answers: {
    success: { status: 200, body: '{"rejected":[]}' },
    rejected: ({ ids: [first] }) => ({ status: 200, body: JSON.stringify({ rejected: [first] }) }),
  },
};
