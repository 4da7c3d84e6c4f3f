import { limitsOf, type Destination } from '../../lib/destinations/destination.js';
import { keyedId } from '../../lib/event/event-id.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import type { EventType, TrackingEvent } from '../../lib/event/tracking-event.js';
import { platforms, wordsOf, type Platform } from './platforms.js';

type Columns = Readonly<Record<string, (platform: Platform) => string>>;

const AT = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const USER = { userId: 'user-1001' };
const VISITOR = { anonymousId: '0197f3a2-5b1c-7e4d-8f00-a1b2c3d4e5f6' };

/** Members that an event of a type has. */
const OF_TYPE: Readonly<Record<EventType, Partial<TrackingEvent>>> = {
  track: { name: 'Order Completed', properties: { order_id: 'O-1', value: 49.95, currency: 'EUR' } },
  identify: { properties: { plan: 'pro' } },
  group: { groupId: 'acme', groupType: 'company', properties: { seats: 12 } },
  alias: { previousId: 'visitor-1' },
};

/** Parts of an event that only some platforms have a field for. */
const PARTS: Readonly<Record<string, Partial<LaneEvent> & { readonly of?: Partial<TrackingEvent> }>> = {
  groups: { of: { groups: { company: 'acme' } } },
  'page URL': { of: { context: { page: { url: 'https://shop.example.com/cart' } } } },
  'IP address': { of: { context: { ip: '192.0.2.1' } } },
  'user agent': { of: { context: { userAgent: 'Mozilla/5.0' } } },
  language: { of: { context: { locale: 'nl-NL' } } },
  campaign: { of: { context: { campaign: { source: 'news', name: 'May' } } } },
};

/** Platforms with session ids of their own form leave out another. */
const SESSIONS = [1_767_225_000, VISITOR.anonymousId].map((sessionId) => ({ browser: { sessionId } }));

const PROVES = {
  received: 'the host received it',
  accepted: 'the request was accepted',
  perEvent: 'each event was accepted',
};

const CALLS: Columns = Object.fromEntries(
  (Object.keys(OF_TYPE) as EventType[]).map((type) => [
    `\`${type}\``,
    ({ destination }: Platform) => admission(destination, type),
  ]),
);

const SENT: Columns = {
  ...Object.fromEntries(
    Object.entries(PARTS).map(([name, part]) => [
      name,
      ({ destination }: Platform) => (isSent(destination, part) ? 'yes' : '-'),
    ]),
  ),
  'session id': ({ destination }) => (SESSIONS.some((session) => isSent(destination, session)) ? 'yes' : '-'),
};

const LIMITS: Columns = {
  'events per request': ({ destination }) => limitsOf(destination).maxEvents.toLocaleString('en-US'),
  'request, uncompressed': ({ destination }) => bytes(limitsOf(destination).maxBytes),
  'one event': ({ destination }) => bytes(limitsOf(destination).maxEventBytes),
  'oldest event': ({ destination: { maxAgeMs } }) => (maxAgeMs === undefined ? 'any' : duration(maxAgeMs)),
  gzip: ({ rows: { gzip } }) => (gzip === undefined ? '-' : gzip.fallback === true ? 'default' : 'option'),
  regions: ({ rows: { region } }) =>
    wordsOf(region)
      .map((word) => `\`${word}\``)
      .join(', ') || '-',
};

const PROOF: Columns = {
  'a success proves': ({ destination: { acknowledgement = 'accepted' } }) => PROVES[acknowledgement],
  'repeats are recognised by': ({ destination: { deduplication } }) =>
    deduplication === undefined ? 'nothing' : deduplication.fields.map((field) => `\`${field}\``).join(', '),
  'for how long': ({ destination: { deduplication } }) => {
    if (deduplication === undefined) return '-';
    const { windowMs } = deduplication;
    return windowMs === undefined ? 'unknown' : windowMs === null ? 'no end' : duration(windowMs);
  },
  'after an unknown outcome': ({ destination: { onUnknown = 'retry' } }) =>
    onUnknown === 'retry' ? 'sent again' : 'dead letter',
};

const PEOPLE: Columns = {
  purpose: ({ destination: { purpose = 'analytics' } }) => purpose,
  'browser ids from': ({ destination: { resolvers = [] } }) =>
    [...new Set(resolvers.map(({ name }) => `\`${name}()\``))].join(', ') || '-',
  'anonymous people': ({ destination }) => (takes(destination, 'track', VISITOR) ? 'yes' : 'no'),
  'also needs': ({ destination: { needs = [] } }) => needs.map((need) => `\`${need}\``).join(', ') || '-',
};

const TABLES = { calls: CALLS, sent: SENT, limits: LIMITS, proof: PROOF, people: PEOPLE };

/** The tables of docs/platforms.md, by their markers. */
export async function platformTables(): Promise<Map<string, string>> {
  const all = await platforms();
  return new Map(Object.entries(TABLES).map(([name, columns]) => [name, tableOf(all, columns)]));
}

/** A variant has a row where it differs. */
export function tableOf(all: readonly Platform[], columns: Columns): string {
  const head = ['destination', ...Object.keys(columns)];
  const cells = (each: Platform): string[] => Object.values(columns).map((cell) => cell(each));
  const rows = all
    .filter((each) => each.variantOf === undefined || cells(each).join() !== cells(each.variantOf).join())
    .map((each) => [`\`${each.call}\``, ...cells(each)]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** Whether a destination accepts a type of event, and from whom. */
export function admission(destination: Destination, type: EventType): string {
  const user = takes(destination, type, USER);
  const visitor = type === 'alias' ? user : takes(destination, type, VISITOR);
  if (user && visitor) return 'yes';
  if (user) return 'with a `userId`';
  if (visitor) return 'with an `anonymousId`';
  const both = { ...USER, ...VISITOR };
  return takes(destination, type, both) ? 'with both ids' : `no (\`${refusal(destination, type, both)}\`)`;
}

/** Whether a request has more in it if the event has the part. */
export function isSent(destination: Destination, { of, ...entry }: (typeof PARTS)[string]): boolean {
  const event = anEvent('track', { ...USER, ...VISITOR });
  return bodyOf(destination, { event }) !== bodyOf(destination, { event: { ...event, ...of }, ...entry });
}

function takes(destination: Destination, type: EventType, person: Partial<TrackingEvent>): boolean {
  return refusal(destination, type, person) === undefined;
}

function refusal(
  destination: Destination,
  type: EventType,
  person: Partial<TrackingEvent>,
): string | undefined {
  const admitted = destination.accept?.(anEvent(type, person));
  return admitted !== undefined && 'declined' in admitted ? admitted.declined : undefined;
}

function bodyOf(destination: Destination, held: LaneEvent): string {
  const admitted = destination.accept?.(held.event);
  const note = admitted !== undefined && 'note' in admitted ? admitted.note : undefined;
  const request = destination.encode([note === undefined ? held : { ...held, note }], { now: AT, number: 1 });
  return `${request.url}\n${JSON.stringify(request.headers)}\n${String(request.body)}`;
}

function anEvent(type: EventType, person: Partial<TrackingEvent>): TrackingEvent {
  return {
    id: keyedId('docs', type, type, '1'),
    type,
    name: type,
    timestamp: AT,
    acceptedAt: AT,
    properties: {},
    lanes: ['docs'],
    ...OF_TYPE[type],
    ...person,
  };
}

function bytes(count: number): string {
  if (count % 1_000 !== 0) return count >= 1_048_576 ? `${count / 1_048_576} MiB` : `${count / 1_024} KiB`;
  return count >= 1_000_000 ? `${count / 1_000_000} MB` : `${count / 1_000} kB`;
}

function duration(ms: number): string {
  const hours = ms / HOUR_MS;
  return hours > 72 && hours % 24 === 0 ? `${Math.floor(hours / 24)} days` : `${Math.floor(hours)} h`;
}
