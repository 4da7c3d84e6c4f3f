import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TrackingConfigError } from '../../../lib/config/tracking-config.error.js';
import type { SelfDescribingJson } from '../../../lib/destinations/snowplow/self-describing.js';
import type { SnowplowOptions } from '../../../lib/destinations/snowplow/snowplow-options.js';
import { snowplow } from '../../../lib/destinations/snowplow/snowplow.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { Notices } from '../notices.js';
import { outcomesOf } from '../outcomes-of.js';
import { violations } from './payload-schema.js';

const URI = 'iglu:com.example/signed_up/jsonschema/1-0-0';
const OPTIONS: SnowplowOptions = {
  collector: 'https://collector.example.com/sp/',
  appId: 'shop',
  namespace: 'ns1',
  schemas: { 'Signed Up': URI },
};
const destination = snowplow(OPTIONS);

type Fields = Record<string, string>;
function sent(held: LaneEvent, options: Partial<SnowplowOptions> = {}): Fields {
  const { body } = snowplow({ ...OPTIONS, ...options }).encode([held], { now: NEW_YEAR + 9_000, number: 1 });
  return (JSON.parse(body as string) as { data: Fields[] }).data[0]!;
}
const ofEvent = (members: Partial<TrackingEvent>, options?: Partial<SnowplowOptions>): Fields =>
  sent(inLane(anEvent(members)), options);
const decoded = (text: string | undefined): { data: unknown } =>
  JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as { data: unknown };

describe('its declarations', () => {
  test('`received` only, the event id as eid, the collector and application as its account', () => {
    expect(destination).toMatchObject({
      name: 'snowplow',
      kind: 'snowplow',
      account: ['collector.example.com/sp', 'shop'],
      acknowledgement: 'received',
      deduplication: { fields: ['eid'] },
      limits: { maxBytes: 1_000_000 },
    });
    expect(destination.secrets).toEqual([]);
    expect(destination.encode([inLane(anEvent())], { now: NEW_YEAR, number: 1 }).url).toBe(
      'https://collector.example.com/sp/com.snowplowanalytics.snowplow/tp2',
    );
  });

  test('a header of a proxy is a secret', () => {
    const proxied = snowplow({ ...OPTIONS, headers: { authorization: 'Bearer collector-token' } });
    expect(proxied.secrets).toEqual(['collector-token']);
    const { headers } = proxied.encode([inLane(anEvent())], { now: NEW_YEAR, number: 1 });
    expect(headers).toMatchObject({ authorization: 'Bearer collector-token', 'sp-anonymous': '*' });
  });
});

describe('its options', () => {
  test.each([
    [{ collector: undefined }, 'collector', 'undefined'],
    [{ collector: 'collector.example.com' }, 'collector', 'http'],
    [{ appId: '' }, 'appId', 'an empty string'],
    [{ namespace: undefined }, 'namespace', 'undefined'],
    [{ schemas: [] }, 'schemas', 'an object'],
    [{ schemas: { 'Signed Up': 'com.example/signed_up' } }, "schemas['Signed Up']", 'Iglu URI'],
    [{ schemas: { a: 'iglu:com.example/a/jsonschema/1-*-*' } }, "schemas['a']", 'whole version'],
    [{ schemas: { a: undefined } }, "schemas['a']", 'Iglu URI'],
    [{ contexts: [] }, 'contexts', 'a function'],
    [{ encodeBase64: 1 }, 'encodeBase64', 'true or false'],
    [{ headers: { 'SP-Anonymous': '*' } }, 'headers', 'SP-Anonymous'],
    [{ endpoint: 'https://collector.example.com' }, 'endpoint', 'collector'],
  ])('%o is refused at start', (options, option, wants) => {
    const error = configError(snowplow({ ...OPTIONS, ...options } as never));
    expect(error.option).toContain(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
  });
});

describe('which events it accepts', () => {
  test.each([
    ['a track with a schema', anEvent(), undefined],
    ['a track without one', anEvent({ name: 'Signed Out' }), 'unsupported'],
    ['a name that every object has', anEvent({ name: 'constructor' }), 'unsupported'],
    ['an identify', anEvent({ type: 'identify' }), 'unsupported'],
    ['a group', anEvent({ type: 'group', groupId: 'acme' }), 'unsupported'],
    ['an alias', anEvent({ type: 'alias', previousId: 'a' }), 'unsupported'],
    ['a user id of 255 characters', anEvent({ userId: 'u'.repeat(255) }), undefined],
    ['a longer one', anEvent({ userId: 'u'.repeat(256) }), 'invalid_id'],
    ['a browser id of more than 128 characters', anEvent({ anonymousId: 'a'.repeat(129) }), 'invalid_id'],
    ['half a character in an id', anEvent({ userId: 'a\ud800' }), 'invalid_id'],
  ])('%s', (_, event, reason) => {
    expect(destination.accept!(event)).toEqual(reason && { declined: reason });
  });

  test('none without the option schemas', () => {
    const { schemas: _, ...others } = OPTIONS;
    expect(snowplow(others).accept!(anEvent())).toEqual({ declined: 'unsupported' });
  });
});

describe('a record', () => {
  test("has the event's time and id on every attempt, and the time of the attempt", () => {
    const held = inLane(anEvent({ timestamp: NEW_YEAR - 86_400_000 }));
    const [one, other] = [NEW_YEAR, NEW_YEAR + 3_600_000].map((now, index) => {
      const { body } = destination.encode([held], { now, number: index + 1 });
      return (JSON.parse(body as string) as { data: Fields[] }).data[0]!;
    });
    const { stm, ...rest } = one!;
    expect(rest).toMatchObject({ eid: held.event.id, dtm: String(NEW_YEAR - 86_400_000), uid: 'user-1001' });
    expect(rest).not.toHaveProperty('ttm');
    expect(stm).toBe(String(NEW_YEAR));
    expect(other).toEqual({ ...rest, stm: String(NEW_YEAR + 3_600_000) });
  });

  test('has a session that is a UUID; the pipeline rejects an event with another', () => {
    const browser = { anonymousId: 'a', sessionId: '0198c2a0-1111-7a11-8111-000000000003' };
    expect(sent({ event: anEvent(), browser })['sid']).toBe(browser.sessionId);
    expect(sent({ event: anEvent(), browser: { sessionId: 'forged' } })).not.toHaveProperty('sid');
    expect(sent({ event: anEvent(), browser: { sessionId: 7 } })).not.toHaveProperty('sid');
  });

  test("has the request's context of the person, and nothing of this server", () => {
    const context = {
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0',
      locale: 'nl-NL',
      page: { url: 'https://shop.example/a?b=1', title: 'Shop', referrer: 'https://search.example/' },
    };
    expect(ofEvent({ context })).toMatchObject({
      ip: '203.0.113.7',
      ua: 'Mozilla/5.0',
      lang: 'nl-NL',
      url: 'https://shop.example/a?b=1',
      refr: 'https://search.example/',
      page: 'Shop',
    });
    expect(Object.keys(ofEvent({})).toSorted()).toEqual([
      'aid', 'dtm', 'e', 'eid', 'p', 'stm', 'tna', 'tv', 'ue_px', 'uid',
    ]); // prettier-ignore
  });

  test('leaves out a field that would make a bad row of the event, and reports it once', () => {
    const notices = new Notices();
    const watched = snowplow(OPTIONS);
    watched.open!(notices);
    const page = { url: '/relative', referrer: `https://a.example/${'x'.repeat(4_096)}`, title: 't\ud800' };
    const event = anEvent({
      context: { ip: 'not an address', userAgent: 'u'.repeat(1_001), locale: 'l'.repeat(129), page },
    });
    const { body } = watched.encode([inLane(event)], { now: NEW_YEAR, number: 1 });
    const [record] = (JSON.parse(body as string) as { data: Fields[] }).data;
    for (const key of ['ip', 'ua', 'url', 'refr', 'page', 'lang']) expect(record).not.toHaveProperty(key);
    expect(notices.of('normalised')).toHaveLength(6);
    watched.encode([inLane(event)], { now: NEW_YEAR, number: 2 });
    expect(notices.of('normalised')).toHaveLength(6);
  });
});

describe('the event and its entities', () => {
  const COMPANY: SelfDescribingJson = {
    schema: 'iglu:com.example/company/jsonschema/1-0-0',
    data: { id: 'acme' },
  };

  test('are in base64, or in JSON', () => {
    const contexts = ({ groups }: TrackingEvent): SelfDescribingJson[] => [
      { ...COMPANY, data: { id: groups?.['company'] } },
    ];
    const members = { groups: { company: 'acme' }, properties: { plan: 'pro' } };
    const encoded = ofEvent(members, { contexts });
    expect(decoded(encoded['ue_px']).data).toEqual({ schema: URI, data: { plan: 'pro' } });
    expect(decoded(encoded['cx'])).toEqual({
      schema: 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0',
      data: [COMPANY],
    });
    const plain = ofEvent(members, { contexts, encodeBase64: false });
    expect(JSON.parse(plain['co']!)).toEqual(decoded(encoded['cx']));
    expect(JSON.parse(plain['ue_pr']!)).toEqual(decoded(encoded['ue_px']));
  });

  test.each([[undefined], [[]]])('%j is no entity', (entities) => {
    expect(ofEvent({}, { contexts: () => entities })).not.toHaveProperty('cx');
  });

  test.each<[string, unknown]>([
    ['no array', {}],
    ['nothing', null],
    ['an entity that is none', [null]],
    ['no Iglu URI', [{ schema: 'company', data: {} }]],
    ['no data', [{ schema: COMPANY.schema }]],
  ])('%s makes no request: a bad row would lose the event', (_, entities) => {
    expect(() => ofEvent({}, { contexts: () => entities as never })).toThrow(TypeError);
  });

  test.each([true, false])(
    'never have half of a surrogate pair, in base64 (%s) or in JSON',
    (encodeBase64) => {
      const contexts = () => [{ schema: URI, data: { note: 'b\udc00' } }];
      const record = ofEvent(
        { properties: { note: 'a\ud800', text: '\\ud800' } },
        { contexts, encodeBase64 },
      );
      const [event, entities] = encodeBase64
        ? [decoded(record['ue_px']), decoded(record['cx'])]
        : [record['ue_pr']!, record['co']!].map((text) => JSON.parse(text) as { data: unknown });
      expect(event).toMatchObject({ data: { data: { note: 'a\ufffd', text: '\\ud800' } } });
      expect(entities).toMatchObject({ data: [{ data: { note: 'b\ufffd' } }] });
    },
  );

  test('a promise parks the lane: the option is wrong, not an event', () => {
    const contexts = (() => Promise.reject(new Error('no company'))) as never;
    expect(() => ofEvent({}, { contexts })).toThrow(TrackingConfigError);
  });

  test('an event whose schema is not configured any more makes no request', () => {
    expect(() => ofEvent({ name: 'Removed' })).toThrow(TypeError);
  });
});

test('a page with status 200 is no answer of the platform: the lane parks', () => {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  const outcomes = (body: string) =>
    outcomesOf(destination, { status: 200, headers, body }, [inLane(anEvent())]);
  expect(outcomes('\n<!doctype html>')).toEqual(['park']);
  for (const body of ['ok', '']) expect(outcomes(body)).toEqual(['delivered']);
});

test('a body of more than 1 MB is not built: the lane halves the batch', () => {
  const large = inLane(anEvent({ properties: { text: '漢'.repeat(60_000) } }));
  const encode = (count: number) =>
    destination.encode(Array<LaneEvent>(count).fill(large), { now: NEW_YEAR, number: 1 });
  expect(() => encode(5)).toThrow(RangeError);
  expect(Buffer.byteLength(encode(4).body as string)).toBeLessThanOrEqual(1_000_000);
});

const anyText = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom('__proto__', 'https://shop.example/', '203.0.113.7', 'e', 'tv'),
);
const anyValue = fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null));

/** Values and names after UTF-8: half of a surrogate pair is U+FFFD. */
const inUtf8 = (properties: object): unknown =>
  JSON.parse(JSON.stringify(properties), (_, value: unknown) => {
    if (typeof value === 'string') return Buffer.from(value).toString();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [Buffer.from(name).toString(), member]),
    );
  });

test("whatever an event holds, the payload keeps Snowplow's own schema, and decodes to the event", () => {
  const page = fc.record({ url: anyValue, title: anyValue, referrer: anyValue }, { requiredKeys: [] });
  const context = fc.record(
    { ip: anyValue, userAgent: anyValue, locale: anyValue, referrer: anyValue, page: fc.oneof(page, anyValue), other: anyValue },
    { requiredKeys: [] },
  ); // prettier-ignore
  const properties = fc.dictionary(anyText, fc.oneof(anyValue, fc.array(anyValue)));
  fc.assert(
    fc.property(
      fc.array(fc.record({ context, properties, sessionId: fc.oneof(anyText, fc.uuid()) }), { minLength: 1 }),
      fc.boolean(),
      (events, encodeBase64) => {
        const contexts = (event: TrackingEvent): SelfDescribingJson[] => [
          { schema: URI, data: event.properties },
        ];
        const made = snowplow({ ...OPTIONS, contexts, encodeBase64 });
        const batch = events.map(({ sessionId, ...members }) => ({
          event: anEvent(members as Partial<TrackingEvent>),
          browser: { sessionId },
        }));
        const { body } = made.encode(batch, { now: NEW_YEAR, number: 1 });
        const { data } = JSON.parse(body as string) as { data: Fields[] };
        expect(violations(data)).toEqual([]);
        for (const [index, record] of data.entries()) {
          const { data: inner } = encodeBase64
            ? decoded(record['ue_px'])
            : (JSON.parse(record['ue_pr']!) as { data: unknown });
          expect(inner).toEqual({ schema: URI, data: inUtf8(events[index]!.properties) });
        }
      },
    ),
  );
});

test('the check of the payload can fail', () => {
  expect(violations([])).toEqual(['data has too few items']);
  expect(violations([{ tv: '1', p: 'srv', stm: 5, own: 'x' }])).toEqual([
    'data[0].e is missing',
    'data[0].stm is no string',
    'data[0].own is not in the schema',
  ]);
});
