import { hideCredentials, hideInUrl } from '../credentials/hide-credentials.js';
import { hideInJson } from '../credentials/hide-in-json.js';
import type { Person } from '../ledger/figures.js';
import type { KeptEvent, KeptRequest } from '../ledger/kept.js';
import type { ListedPerson, ListedRequest } from './responses.js';

const MAX_IDS = 100;

/** A `ListedEvent` as JSON. Its properties are JSON already; those of browser SDKs can have the project's key. */
export function eventRow(kept: KeptEvent): string {
  const { properties, bytes: _, ...event } = kept;
  return `${JSON.stringify(event).slice(0, -1)},"properties":${hideInJson(properties)}}`;
}

export const eventRows = (events: readonly KeptEvent[]): string => `[${events.map(eventRow).join(',')}]`;

export function requestRow(request: KeptRequest): ListedRequest {
  const { headers: _h, body: _b, answer: _a, firstEvent: _f, bytes: _, ...row } = request;
  return { ...row, url: hideInUrl(row.url) };
}

/** A `RequestResponse['request']` as JSON: as it came, without its credentials. */
export function wholeRequest(request: KeptRequest): string {
  const { body, answer, headers } = hideCredentials(request);
  return `${JSON.stringify({ ...requestRow(request), body, answer }).slice(0, -1)},"headers":${headers}}`;
}

export function personRow({ platform, ids, events, lastReceivedAt }: Person): ListedPerson {
  return { platform, ids: ids.slice(0, MAX_IDS), idCount: ids.length, events, lastReceivedAt };
}
