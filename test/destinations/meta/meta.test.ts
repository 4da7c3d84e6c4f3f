import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { meta } from '../../../lib/destinations/meta/meta.js';
import type { MetaOptions } from '../../../lib/destinations/meta/meta-options.js';
import type { Answer } from '../../../lib/destinations/destination.js';
import { ecommerce } from '../../../lib/destinations/vocabularies/ecommerce.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../../lib/event/tracking-event.js';
import { isSharedId } from '../../../lib/event/shared-ids.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { Notices } from '../notices.js';
import { readAttempt } from '../../../lib/delivery/reading.js';
import { outcomesOf } from '../outcomes-of.js';

const DATASET = '1234567890123456';
const TOKEN = 'EAAexampleAccessToken0123456789';
const FBP = 'fb.1.1767225590000.1098115397';
const FBC = 'fb.1.1767225580000.IwAR2F4-dbP0l7Mn1IawQQ';
const PAGE = 'https://shop.example/teapots';
const WEBSITE = { page: { url: PAGE }, userAgent: 'Mozilla/5.0', ip: '203.0.113.7' };

const make = (options: Partial<MetaOptions> = {}) =>
  meta({ datasetId: DATASET, accessToken: TOKEN, ...options });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Body {
  readonly data: (JsonObject & { readonly user_data: JsonObject })[];
  readonly access_token: string;
  readonly test_event_code?: string;
}
const request = (held: LaneEvent, options: Partial<MetaOptions> = {}) =>
  make(options).encode([held], { now: NEW_YEAR, number: 1 });
const body = (held: LaneEvent, options: Partial<MetaOptions> = {}): Body =>
  JSON.parse(request(held, options).body as string) as Body;
const sent = (held: LaneEvent, options: Partial<MetaOptions> = {}) => body(held, options).data[0]!;
const sentEvent = (members: Partial<TrackingEvent>) => sent(inLane(anEvent(members)));

/** An event as the door passes it, of a visitor of whom only the browser is known. */
const ofBrowser = (members: Partial<TrackingEvent> = {}, clickIds?: Record<string, string>): LaneEvent => {
  const { userId: _, ...event } = anEvent({ anonymousId: FBP, ...members });
  return { event, browser: { anonymousId: FBP, ...(clickIds && { clickIds }) } };
};

// There is no fixture of this platform: requests and answers are built from its documentation.
describe('a request of meta()', () => {
  test('goes to the dataset, with the token in the body alone', () => {
    const made = request(inLane(anEvent()), { testEventCode: 'TEST12345' });
    expect(made).toMatchObject({ method: 'POST', url: `https://graph.facebook.com/v24.0/${DATASET}/events` });
    expect(JSON.stringify([made.url, made.headers])).not.toContain(TOKEN);
    expect(body(inLane(anEvent()), { testEventCode: 'TEST12345' })).toMatchObject({
      access_token: TOKEN,
      test_event_code: 'TEST12345',
    });
    expect(body(inLane(anEvent()))).not.toHaveProperty('test_event_code');
  });

  test('goes to another version or base URL', () => {
    const options = { apiVersion: 'v25.0', endpoint: 'https://proxy.example.com/meta/' };
    expect(request(inLane(anEvent()), options).url).toBe(
      `https://proxy.example.com/meta/v25.0/${DATASET}/events`,
    );
  });

  test('belongs to the dataset, whatever the token and version', () => {
    expect(make().account).toEqual(['graph.facebook.com', DATASET]);
    expect(make({ apiVersion: 'v25.0', accessToken: 'other-token-1' }).account).toEqual(make().account);
    expect(make().credentials).toEqual([TOKEN]);
    expect(make().secrets).toContain(TOKEN);
  });

  test('has at most 1,000 events, none of them as old as 7 days', () => {
    const { limits, maxAgeMs } = make();
    expect(limits?.maxEvents).toBe(1_000);
    expect(maxAgeMs).toBeLessThan(7 * 86_400_000);
    expect(maxAgeMs).toBeGreaterThan(6.9 * 86_400_000);
  });
});

describe('the form of an event', () => {
  test('a purchase on a website', () => {
    const properties = { value: 49.95, currency: 'EUR', order_id: 'O-77' };
    const event = anEvent({ name: 'Purchase', timestamp: NEW_YEAR + 1_999, properties, context: WEBSITE });
    expect(sent(inLane(event))).toEqual({
      event_name: 'Purchase',
      event_time: NEW_YEAR / 1_000 + 1,
      event_id: event.id,
      action_source: 'website',
      event_source_url: PAGE,
      user_data: {
        external_id: [sha256('user-1001')],
        client_ip_address: '203.0.113.7',
        client_user_agent: 'Mozilla/5.0',
      },
      custom_data: properties,
    });
  });

  test('has the names of Meta with its vocabulary', () => {
    const map = ecommerce('meta')(
      anEvent({
        name: 'Order Completed',
        properties: { order_id: 'O-77', revenue: '49.95', currency: 'EUR' },
      }),
    );
    expect(map).toMatchObject({ name: 'Purchase' });
    expect(sentEvent({ name: map.name!, properties: map.properties as JsonObject })).toMatchObject({
      event_name: 'Purchase',
      custom_data: { value: 49.95, currency: 'EUR', order_id: 'O-77' },
    });
  });

  test('without properties has no custom_data', () => {
    expect(sentEvent({})).not.toHaveProperty('custom_data');
  });

  test.each([
    ['no user agent', { page: { url: PAGE } }],
    ['no page', { userAgent: 'Mozilla/5.0' }],
    ['a page that is no website', { page: { url: 'app://teapots' }, userAgent: 'Mozilla/5.0' }],
    ['no context', undefined],
  ])('with %s has no website as its source, and a notice reports it', (_, context) => {
    const notices = new Notices();
    const destination = make();
    destination.open!(notices);
    const held = inLane(anEvent({ context }));
    for (const number of [1, 2]) {
      const { data } = JSON.parse(
        destination.encode([held], { now: NEW_YEAR, number }).body as string,
      ) as Body;
      expect(data[0]).toMatchObject({ action_source: 'system_generated' });
    }
    expect(notices.all.map(({ notice, about }) => [notice, about])).toEqual([
      ['normalised', 'action_source'],
    ]);
  });

  test('has the source of the option', () => {
    const notices = new Notices();
    const destination = make({ actionSource: 'physical_store' });
    destination.open!(notices);
    const { data } = JSON.parse(
      destination.encode([inLane(anEvent())], { now: NEW_YEAR, number: 1 }).body as string,
    ) as Body;
    expect(data[0]).toMatchObject({ action_source: 'physical_store' });
    expect(notices.all).toEqual([]);
  });

  test("has the fields of a consent decision that are Meta's, and no others", () => {
    const fields = {
      data_processing_options: ['LDU'],
      data_processing_options_country: 0,
      data_processing_options_state: 0,
      opt_out: true,
      event_name: 'Other',
      user_data: {},
    };
    const event = sent({ event: anEvent(), consent: { advertising: 'allow', fields } });
    expect(event).toMatchObject({
      event_name: 'Signed Up',
      data_processing_options: ['LDU'],
      data_processing_options_country: 0,
      data_processing_options_state: 0,
      opt_out: true,
    });
    expect(event.user_data).toHaveProperty('external_id');
  });
});

describe('the person of an event', () => {
  test('has the names that Meta gives its data, and stays hashed', () => {
    const person = {
      email: '1'.repeat(64),
      phone: '2'.repeat(64),
      firstName: '3'.repeat(64),
      lastName: '4'.repeat(64),
      dateOfBirth: '5'.repeat(64),
      gender: '6'.repeat(64),
      city: '7'.repeat(64),
      state: '8'.repeat(64),
      postalCode: '9'.repeat(64),
      country: 'a'.repeat(64),
    };
    const { user_data } = sent({ event: anEvent(), person });
    expect(user_data).toEqual({
      em: ['1'.repeat(64)],
      ph: ['2'.repeat(64)],
      fn: ['3'.repeat(64)],
      ln: ['4'.repeat(64)],
      db: ['5'.repeat(64)],
      ge: ['6'.repeat(64)],
      ct: ['7'.repeat(64)],
      st: ['8'.repeat(64)],
      zp: ['9'.repeat(64)],
      country: ['a'.repeat(64)],
      external_id: [sha256('user-1001')],
    });
  });

  test('is found by the ids of the application, hashed, and by those of the browser, unchanged', () => {
    expect(sent(ofBrowser({}, { fbc: FBC })).user_data).toEqual({ fbp: FBP, fbc: FBC });
    const both = { event: anEvent({ anonymousId: 'cart-7' }), browser: { anonymousId: FBP } };
    expect(sent(both).user_data).toEqual({
      external_id: [sha256('user-1001'), sha256('cart-7')],
      fbp: FBP,
    });
    expect(sent({ event: anEvent({ anonymousId: FBP }), browser: { anonymousId: FBP } }).user_data).toEqual({
      external_id: [sha256('user-1001')],
      fbp: FBP,
    });
  });

  test('has browser ids in the form of the pixel only: a hashed one, or the id of a job, is an external id', () => {
    const hash = sha256(FBP);
    const { userId: _, ...visitor } = anEvent({ anonymousId: hash });
    const held = {
      event: visitor,
      browser: { anonymousId: hash, clickIds: { fbc: 'click', fbclid: 'a b' } },
    };
    expect(sent(held).user_data).toEqual({ external_id: [sha256(hash)] });
  });

  test('has a valid address only', () => {
    const addressOf = (ip: string) => sentEvent({ context: { ip } }).user_data['client_ip_address'];
    for (const ip of ['203.0.113.7', '2001:db8::7']) expect(addressOf(ip)).toBe(ip);
    for (const ip of ['unknown', '203.0.113.7, 198.51.100.4', '203.0.113.7:443'])
      expect(addressOf(ip)).toBeUndefined();
  });

  test.each([
    [`${PAGE}?fbclid=IwAR2F4-dbP0`, `fb.1.${NEW_YEAR}.IwAR2F4-dbP0`],
    [`${PAGE}?a=b&fbclid=IwAR_Aem#top`, `fb.1.${NEW_YEAR}.IwAR_Aem`],
    [`${PAGE}?xfbclid=IwAR`, undefined],
    [`${PAGE}?fbclid=`, undefined],
    [`${PAGE}?fbclid=${'x'.repeat(501)}`, undefined],
    [`${PAGE}?fbclid=a%20b`, undefined],
  ])('comes from a click on an ad, if the page %s says so', (url, fbc) => {
    const context = { page: { url } };
    expect(sentEvent({ context }).user_data['fbc']).toBe(fbc);
    expect(sent(ofBrowser({ context }, { fbc: FBC })).user_data['fbc']).toBe(FBC);
  });

  test('has the click id of its request', () => {
    expect(sent(ofBrowser({}, { fbclid: 'IwAR_x' })).user_data['fbc']).toBe(`fb.1.${NEW_YEAR}.IwAR_x`);
  });

  test('is never sent in plain text', () => {
    // Ids that many people share are not sent at all.
    const id = fc.string({ minLength: 3 }).filter((text) => !isSharedId(text));
    fc.assert(
      fc.property(id, id, (userId, anonymousId) => {
        const event = sent(inLane(anEvent({ userId, anonymousId, name: 'N', context: WEBSITE })));
        expect(event.user_data['external_id']).toEqual([sha256(userId), sha256(anonymousId)]);
      }),
      { numRuns: 50 },
    );
  });
});

test('a word that many people share is not sent as an id of the person', () => {
  const { user_data } = sentEvent({ anonymousId: 'anonymous' });
  expect(user_data['external_id']).toEqual([sha256('user-1001')]);
});

test('half of a surrogate pair in a text is sent as U+FFFD', () => {
  expect(request(inLane(anEvent({ properties: { 'a\udc00': 'b\ud83d' } }))).body).toContain('b\ufffd');
});

describe('meta() declines', () => {
  const { userId: _, ...nobody } = anEvent();
  test.each([
    ['an identify', anEvent({ type: 'identify' }), 'unsupported'],
    ['a group', anEvent({ type: 'group', groupId: 'acme' }), 'unsupported'],
    ['an alias', anEvent({ type: 'alias', previousId: 'visitor-1' }), 'unsupported'],
    ['an event of nobody', nobody, 'no_identity'],
    ['a word that many share', anEvent({ userId: 'Guest' }), 'invalid_id'],
    ['an id with half of a character', anEvent({ userId: 'half \ud800' }), 'invalid_id'],
  ] as const)('%s', (_, event, declined) => {
    expect(make().accept!(event)).toEqual({ declined });
  });

  test('no event of a person or a browser', () => {
    expect(make().accept!(anEvent())).toBeUndefined();
    expect(make().accept!(ofBrowser().event)).toBeUndefined();
  });
});

describe('answers', () => {
  const batch = [inLane(anEvent()), inLane(anEvent())];
  const answer = (status: number, body: unknown): Answer => ({
    status,
    headers: {},
    body: JSON.stringify(body),
    complete: true,
  });
  const error = (code: unknown, more: object = {}) => ({
    error: { message: 'example', type: 'OAuthException', code, fbtrace_id: 'A1', ...more },
  });

  test.each([
    [200, { events_received: 2, messages: [], fbtrace_id: 'A1' }, 'delivered'],
    [200, error(4), 'retry'],
    [400, error(190), 'park'],
    [400, error(190, { error_subcode: 463 }), 'park'],
    [400, error(10), 'park'],
    [403, error(200), 'park'],
    [400, error(100), 'refuse'],
    [400, error(100, { error_subcode: 2_804_003 }), 'refuse'],
    [400, error(100, { error_subcode: 33 }), 'park'],
    [400, error(2_635), 'park'],
    ...[1, 2, 4, 17, 32, 613, 80_004].map((code) => [400, error(code), 'retry'] as const),
    [500, error(1), 'retry'],
    [400, error('190'), 'refuse'],
    [400, error(9_999), 'refuse'],
    [503, '', 'retry'],
    [413, null, 'refuse'],
  ] as const)('%i with %j is %s for the whole request', (status, said, kind) => {
    expect(outcomesOf(make(), answer(status, said), batch)).toEqual([kind, kind]);
  });

  test('a 200 that is not an answer of Meta, or that counts fewer events, is unverified', () => {
    const readingOf = (body: string, count = 2) =>
      readAttempt(
        { answer: { status: 200, headers: {}, body, complete: true } },
        make(),
        batch.slice(0, count),
      ).request;
    const proven = { kind: 'delivered', verified: true };
    expect(readingOf('{"events_received":2}')).toEqual(proven);
    expect(readingOf('{"events_received":1}', 1)).toEqual(proven);
    for (const body of ['<html>sign in</html>', '', '{}', '{"events_received":"2"}', '{"events_received":1}'])
      expect(readingOf(body)).toEqual({ kind: 'delivered', verified: false });
  });

  test('too many calls pause the lane', () => {
    expect(make().decode!(answer(400, error(613)), batch)).toEqual({ kind: 'retry', afterMs: 30_000 });
  });

  test('an error is explained by its code and message', () => {
    const explain = (said: unknown) => make().explain!(answer(400, said));
    expect(explain(error(100, { error_subcode: 2_804_003 }))).toEqual({
      code: '100/2804003',
      message: 'example',
    });
    expect(explain(error(190))).toEqual({ code: 190, message: 'example' });
    expect(explain({ events_received: 1 })).toBeUndefined();
  });
});

describe('the options of meta()', () => {
  test.each([
    ['datasetId', { datasetId: undefined }],
    ['datasetId', { datasetId: 'my-pixel' }],
    ['accessToken', { accessToken: '' }],
    ['accessToken', { accessToken: 'two words' }],
    ['apiVersion', { apiVersion: '24.0' }],
    ['testEventCode', { testEventCode: '' }],
    ['actionSource', { actionSource: 'app' }],
    ['endpoint', { endpoint: 'https://proxy.example.com/?access_token=1' }],
  ])('a wrong %s fails at start, and its value is not shown', (option, wrong) => {
    const { message } = configError(make(wrong as never));
    expect(message).toContain(`destinations[0].${option}`);
    expect(message).not.toMatch(/two words|access_token=1/);
  });
});
