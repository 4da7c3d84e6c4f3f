import type { LaneEvent } from '../../event/lane-event.js';
import type { OutgoingRequest } from '../destination.js';
import { personOf, refusal, secondOf } from './admission.js';
import { eventName, percentEncode } from './names.js';
import { encodeGroup, encodeProperties, type Report } from './properties.js';

/**
 * Characters of a URL above which the host has closed connections (issue 15 of the older Ruby client); Segment's
 * integration goes over to POST at about the same length.
 */
const MAX_URL_LENGTH = 2_000;

const FORM = Object.freeze({ 'content-type': 'application/x-www-form-urlencoded' });

interface Target {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly method: 'POST' | 'GET';
  /** Percent-encoded. */
  readonly key: string;
  /** Further headers, with names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * One operation: `/e` records an event, `/s` sets properties of a person, `/a` joins two ids. `_t`, the event's time, counts only
 * with `_d=1`; otherwise a retry would be another event. All three may be sent twice: KISSmetrics recognises events and properties
 * by person, name and second, and an alias by its ids.
 */
export function operation(target: Target, { event, note }: LaneEvent, report: Report): OutgoingRequest {
  const start = `_k=${target.key}&_p=`;
  if (event.type === 'alias') {
    const pair = `${percentEncode(event.previousId ?? '')}&_n=${percentEncode(event.userId ?? '')}`;
    return request(target, '/a', start + pair);
  }
  const person = percentEncode(personOf(event) ?? '');
  // A shifted second was fixed when the event was accepted; it is never decided again.
  const second = typeof note === 'number' ? note : secondOf(event);
  const time = `&_t=${second}&_d=1`;
  if (event.type === 'track') {
    const name = eventName(event.name).encoded;
    const pairs = encodeProperties(event.properties, report);
    return request(target, '/e', `${start}${person}&_n=${name}${time}${pairs}`);
  }
  const pairs =
    event.type === 'group'
      ? encodeGroup(event.groupId, event.properties, report)
      : encodeProperties(event.properties, report);
  return request(target, '/s', start + person + time + pairs);
}

function request({ endpoint, method, headers }: Target, path: string, parameters: string): OutgoingRequest {
  if (method === 'GET') {
    const url = `${endpoint}${path}?${parameters}`;
    if (url.length <= MAX_URL_LENGTH)
      return { method: 'GET', url, ...(headers && { headers }), idempotent: true };
  }
  return {
    method: 'POST',
    url: endpoint + path,
    headers: headers === undefined ? FORM : { ...headers, ...FORM },
    body: parameters,
    idempotent: true,
  };
}

const TARGET = { endpoint: '', method: 'POST', key: '' } as const;
/** Parameters of a request that are not about its event. */
const NOT_OF_EVENT = new Set(['_k', '_d']);

/**
 * An event as an object of KISSmetrics' JSON import: `_p` and `_t`, `_n` for an event, `_p2` for an alias, all else a property. It
 * is made from the request that the destination sends, so that KISSmetrics recognises it. `undefined` for an event that the
 * destination declines.
 */
export function importLine({ event, note }: LaneEvent): object | undefined {
  if (refusal(event) !== undefined) return undefined;
  const { body = '' } = operation(TARGET, { event, note }, () => {});
  const line: Record<string, string | number> = {};
  for (const pair of body.toString().split('&')) {
    const at = pair.indexOf('=');
    const name = decodeURIComponent(pair.slice(0, at));
    if (!NOT_OF_EVENT.has(name)) line[name] = decodeURIComponent(pair.slice(at + 1));
  }
  line['_t'] = typeof note === 'number' ? note : secondOf(event);
  if (event.type === 'alias') {
    line['_p2'] = line['_n'] ?? '';
    delete line['_n'];
  }
  return line;
}
