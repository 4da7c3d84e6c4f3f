import { limitsOf, type OutgoingRequest } from '../../../destinations/destination.js';
import { toEventJson } from '../../../event/event-json.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import { checkPath, outgoingHeaders } from '../../../delivery/http/outgoing-headers.js';
import { guarded } from '../../../host/guarded.js';
import { conformanceMessages } from '../conformance.messages.js';
import { Encoder } from '../encoder.js';
import { everyEvent } from '../generated-events.js';
import { bodyText } from '../request-values.js';
import { aSample, allTypes } from '../sample-events.js';
import type { Subject } from '../subject.js';
import { deepFrozen } from '../../../event/json-values.js';
import { orBroken } from '../untrusted-code.js';

const METHODS: ReadonlySet<unknown> = new Set(['GET', 'POST', 'PUT', 'PATCH']);
const HOUR_MS = 3_600_000;
/** The characters that grow most in JSON, in a form and in UTF-8, and one that never grows. */
const FILLINGS = ['a', '%', ' ', '"', '漢', '\u0001'];
/** Bytes of a large property; platforms cut or refuse larger ones. */
const PROPERTY_BYTES = 8_000;

/** A request can be built from every event that it accepts. */
function encode(setup: Subject): void {
  const encoder = new Encoder(setup);
  const all = encoder.allAdmitted();
  for (const batch of [...all.map((held) => [held]), ...encoder.batches(all)]) {
    const types = batch.map(({ event }) => event.type);
    const frozen = deepFrozen(structuredClone(batch));
    const request = orBroken(
      () => encoder.destination.encode(frozen, { now: Date.now(), number: 1 }),
      (error) => conformanceMessages.encodeThrows(types, error),
    );
    const member = invalidMember(request);
    if (member !== undefined) throw new Error(conformanceMessages.noRequest(member, types));
  }
}

/** The first part of a request that is not valid. */
function invalidMember(request: OutgoingRequest): string | undefined {
  if (typeof request !== 'object' || request === null) return 'its result';
  const { method, url, body } = request;
  if (!METHODS.has(method)) return '`method`';
  if (typeof url !== 'string' || !/^https?:/i.test(url) || !URL.canParse(url)) return '`url`';
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) return '`body`';
  const sent = guarded(() => {
    const { pathname, search } = new URL(url);
    checkPath(pathname + search);
    return outgoingHeaders(request);
  });
  return sent === undefined ? '`headers`' : undefined;
}

/** Every accepted event fits in a request in the platform's form. */
function limits(setup: Subject): void {
  const encoder = new Encoder(setup);
  const { maxBytes } = limitsOf(encoder.destination);
  const max = Math.min(maxBytes, encoder.destination.batch?.maxBytes ?? maxBytes);
  const large = FILLINGS.flatMap((filling) => [
    ofSize(encoder.maxEventBytes, filling, 'track'),
    ofSize(encoder.maxEventBytes, filling, 'identify'),
  ]);
  for (const held of encoder.allAdmitted([...large, ...everyEvent(setup)])) {
    const request = encoder.request([held]);
    if (request === undefined) continue;
    const bytes = Buffer.byteLength(bodyText(request.body));
    if (bytes > max) throw new Error(conformanceMessages.tooLarge(sizeOf(held.event), bytes, max));
  }
}

/** Nearly as large as an event may be, in properties of a usual size. */
function ofSize(maxBytes: number, filling: string, type: 'track' | 'identify'): TrackingEvent {
  const each = Buffer.byteLength(JSON.stringify(filling)) - 2;
  const value = filling.repeat(Math.floor(PROPERTY_BYTES / each));
  const empty = aSample({ type, properties: {} });
  const left = maxBytes - sizeOf(empty) - PROPERTY_BYTES;
  const count = Math.floor(left / (PROPERTY_BYTES + '"property_1234":"",'.length));
  const members = Array.from(
    { length: Math.max(0, count) },
    (_, n) => [`property_${1_000 + n}`, value] as const,
  );
  return { ...empty, properties: Object.fromEntries(members) };
}

function sizeOf(event: TrackingEvent): number {
  return Buffer.byteLength(JSON.stringify(toEventJson(event)));
}

/** The request has the ids and the content of each event. */
function content(setup: Subject): void {
  const encoder = new Encoder(setup);
  const { deduplication } = encoder.destination;
  const byId = deduplication?.fields.some((field) => /id$/i.test(field)) ?? false;
  for (const event of allTypes()) {
    const { type } = event;
    const { userId: _, ...anonymous } = event;
    const visitor: TrackingEvent = { ...anonymous, anonymousId: 'visitor-a' };
    const isAlias = type === 'alias';
    const changes: readonly (readonly [string, TrackingEvent, Partial<TrackingEvent>])[] = [
      ...(byId ? [['id', event, { id: event.id.replace(/^0193/, '0194') }] as const] : []),
      ['userId', event, { userId: 'person-z' }],
      ...(type === 'track' ? [['name', event, { name: 'Order Refunded' }] as const] : []),
      ...(isAlias ? [['previousId', event, { previousId: 'visitor-z' }] as const] : []),
      ...(type === 'group' ? [['groupId', event, { groupId: 'company-z' }] as const] : []),
      ...(isAlias
        ? []
        : ([
            ['timestamp', event, { timestamp: event.timestamp - HOUR_MS }],
            ['anonymousId', visitor, { anonymousId: 'visitor-z' }],
            ['properties', event, { properties: { ...event.properties, plan: 'plan-z' } }],
          ] as const)),
    ];
    for (const [member, before, change] of changes) {
      const [one, other] = [before, { ...before, ...change }].map((each) => textOf(encoder, each));
      if (one === undefined || other === undefined || one !== other) continue;
      throw new Error(conformanceMessages.notSent(member, type));
    }
  }
}

export const REQUEST_RULES = { encode, limits, content };

/** The request of one event; undefined if there is none. */
function textOf(encoder: Encoder, event: TrackingEvent): string | undefined {
  const held = encoder.admitted(event);
  return held && encoder.text([held]);
}
