import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mixpanel } from '../../../lib/destinations/mixpanel/mixpanel.js';
import type { MixpanelOptions } from '../../../lib/destinations/mixpanel/mixpanel-options.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { Notices } from '../notices.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const DEVICE = '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f';
const ORIGINAL = { identity: 'original' } as const;
const ATTEMPT = { now: NEW_YEAR, number: 1 };

function destinationOf(options: Partial<MixpanelOptions> = {}) {
  return mixpanel({ token: TOKEN, region: 'us', ...options });
}

interface Sent {
  readonly event?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** The one record of a request. */
function recordOf(held: LaneEvent, options: Partial<MixpanelOptions> = {}): Sent {
  const { body } = destinationOf(options).encode([held], ATTEMPT);
  return (JSON.parse(body as string) as Sent[])[0]!;
}

/** The ids of an event. */
function idsOf(event: Partial<TrackingEvent>, options: Partial<MixpanelOptions> = {}, browser?: string) {
  const held: LaneEvent = {
    ...inLane(anEvent({ userId: undefined, ...event })),
    ...(browser !== undefined && { browser: { anonymousId: browser } }),
  };
  const { distinct_id, $user_id, $device_id } = recordOf(held, options).properties;
  return [distinct_id, $user_id, $device_id];
}

describe('people', () => {
  test('a signed-in user in a known browser has both ids, and Mixpanel merges them', () => {
    expect(idsOf({ userId: 'u1', anonymousId: DEVICE })).toEqual(['u1', 'u1', DEVICE]);
  });

  test('with `join: false`, only the user', () => {
    expect(idsOf({ userId: 'u1', anonymousId: DEVICE }, { join: false })).toEqual(['u1', 'u1', undefined]);
    expect(idsOf({ anonymousId: DEVICE }, { join: false })).toEqual([`$device:${DEVICE}`, undefined, DEVICE]);
  });

  test('a visitor is the person that the browser library shows', () => {
    expect(idsOf({ anonymousId: DEVICE })).toEqual([`$device:${DEVICE}`, undefined, DEVICE]);
    expect(idsOf({ anonymousId: `$device:${DEVICE}` })).toEqual([`$device:${DEVICE}`, undefined, DEVICE]);
  });

  test.each([
    ['guest', DEVICE],
    ['system', DEVICE],
    ['u1', 'anonymous'],
    ['u1', 'guest'],
  ])(
    'the ids %s and %s are not joined: a word that many share would merge them all',
    (userId, anonymousId) => {
      expect(idsOf({ userId, anonymousId })).toEqual([userId, userId, undefined]);
    },
  );

  test('in an original project, an event joins nothing', () => {
    expect(idsOf({ userId: 'u1', anonymousId: DEVICE }, ORIGINAL, DEVICE)).toEqual([
      'u1',
      undefined,
      undefined,
    ]);
    expect(idsOf({ anonymousId: DEVICE }, ORIGINAL, DEVICE)).toEqual([
      `$device:${DEVICE}`,
      undefined,
      undefined,
    ]);
    expect(idsOf({ anonymousId: 'visitor-7' }, ORIGINAL)).toEqual(['visitor-7', undefined, undefined]);
  });

  test('properties never change the person, the time or the project', () => {
    const hostile = {
      distinct_id: 'victim',
      $user_id: 'victim',
      $device_id: 'victim',
      $insert_id: 'x',
      time: 1,
      token: 'other',
    };
    fc.assert(
      fc.property(
        fc.subarray(Object.keys(hostile) as (keyof typeof hostile)[]),
        fc.boolean(),
        fc.constantFrom('simplified' as const, 'original' as const),
        (names, asGroups, identity) => {
          const given = Object.fromEntries(names.map((name) => [name, hostile[name]]));
          const event = anEvent();
          const members = asGroups ? { groups: given as Record<string, string> } : { properties: given };
          const sent = recordOf(inLane({ ...event, ...members }), { identity });
          expect(sent).toEqual(recordOf(inLane(event), { identity }));
        },
      ),
    );
  });

  test('a property with a reserved name is reported', () => {
    const destination = destinationOf();
    const notices = new Notices();
    destination.open!(notices);
    const batch = [inLane(anEvent({ properties: { time: 'late', plan: 'pro', note: 'x'.repeat(256) } }))];
    destination.encode(batch, ATTEMPT);
    destination.encode(batch, { ...ATTEMPT, number: 2 });
    expect(notices.all.map(({ about }) => about)).toEqual([
      'Signed Up.time: reserved',
      'Signed Up.note: long_text',
    ]);
    expect(notices.of('normalised').join()).not.toContain('late');
  });
});

test('half of a surrogate pair is sent as U+FFFD, and such a browser id is not joined', () => {
  const event = anEvent({ anonymousId: 'half \ud800', properties: { 'a\udc00': 'b\ud83d' } });
  const { body } = destinationOf({}).encode([{ event }], { now: NEW_YEAR, number: 1 });
  expect(body).toContain('"a\ufffd":"b\ufffd"');
  expect(body).not.toContain('half');
});

describe('declined at the door', () => {
  const declined = (event: Partial<TrackingEvent>, options: Partial<MixpanelOptions> = {}) => {
    const admission = destinationOf(options).accept!(anEvent(event));
    return admission !== undefined && 'declined' in admission ? admission.declined : undefined;
  };

  // prettier-ignore
  test.each([
    '00000000-0000-0000-0000-000000000000', 'anon', 'anonymous', 'nil', 'none', 'null', 'n/a', 'na', 'undefined',
    'unknown', '<nil>', '0', '-1', 'true', 'false', '[]', '{}', 'Undefined', ' null ', `$device:${DEVICE}`,
    'half \ud800',
  ])('the user id %j', (userId) => {
    expect(declined({ userId })).toBe('invalid_id');
    expect(declined({ userId, type: 'identify', properties: { plan: 'pro' } })).toBe('invalid_id');
  });

  test('an event without a person, and of a visitor with a banned id', () => {
    expect(declined({ userId: undefined })).toBe('no_identity');
    expect(declined({ userId: undefined, anonymousId: 'undefined' })).toBe('invalid_id');
    expect(declined({ anonymousId: 'undefined' })).toBeUndefined();
    expect(declined({ userId: undefined, anonymousId: 'half \ud800' })).toBe('invalid_id');
  });

  test('a banned word in the form of a browser', () => {
    for (const anonymousId of ['$device:', '$device:null', '$device:undefined'])
      expect(declined({ userId: undefined, anonymousId })).toBe('invalid_id');
    expect(idsOf({ userId: 'u1', anonymousId: '$device:null' })).toEqual(['u1', 'u1', undefined]);
  });

  test.each(['$identify', '$create_alias', '$merge'])(
    'an event with the name %s, which merges people',
    (name) => {
      expect(declined({ name })).toBe('invalid_name');
      expect(declined({ name }, ORIGINAL)).toBe('invalid_name');
    },
  );

  test('traits without content, and a group without a key', () => {
    expect(declined({ type: 'identify' })).toBe('unsupported');
    const group = { type: 'group', groupId: 'acme', properties: { plan: 'pro' } } as const;
    expect(declined(group)).toBe('unsupported');
    expect(declined(group, { groupKey: 'company' })).toBeUndefined();
    expect(declined({ ...group, groupType: 'team' })).toBeUndefined();
    expect(declined({ ...group, groupType: 'team', properties: {} })).toBe('unsupported');
    expect(declined({ ...group, groupType: 'team', groupId: 'null' })).toBe('invalid_id');
    expect(declined({ ...group, groupType: 'team', groupId: 'half \ud800' })).toBe('invalid_id');
  });

  test('an alias, which simplified projects do not have', () => {
    const alias = { type: 'alias', previousId: DEVICE, userId: 'u1' } as const;
    expect(declined(alias)).toBe('unsupported');
    expect(declined(alias, ORIGINAL)).toBeUndefined();
    expect(declined({ ...alias, previousId: 'guest' }, ORIGINAL)).toBe('invalid_id');
    expect(declined({ ...alias, previousId: 'half \ud800' }, ORIGINAL)).toBe('invalid_id');
    expect(declined({ ...alias, userId: 'system' }, ORIGINAL)).toBe('invalid_id');
    expect(declined({ ...alias, previousId: 'u1' }, ORIGINAL)).toBe('invalid_id');
  });
});

describe('times', () => {
  const future = anEvent({ timestamp: NEW_YEAR + 60_000, acceptedAt: NEW_YEAR });

  test('a future time becomes the time of acceptance, once and for every attempt', () => {
    const destination = destinationOf();
    const notices = new Notices();
    destination.open!(notices);
    expect(destination.accept!(future)).toEqual({ note: NEW_YEAR });
    expect(notices.of('normalised')).toHaveLength(1);
    const held = inLane(future, NEW_YEAR);
    const bodies = [1, 2, 3].map(
      (number) => destination.encode([held], { now: 9e12, number }).body as string,
    );
    expect(new Set(bodies).size).toBe(1);
    expect((JSON.parse(bodies[0]!) as Sent[])[0]!.properties['time']).toBe(NEW_YEAR);
  });

  test('the time of profiles is not sent, so nothing is replaced', () => {
    expect(destinationOf().accept!({ ...future, type: 'identify', properties: { a: 1 } })).toBeUndefined();
  });
});

describe('the content of a request', () => {
  test('groups are properties by their key', () => {
    const { properties } = recordOf(inLane(anEvent({ groups: { company: 'acme', team: 't1' } })));
    expect(properties).toMatchObject({ company: 'acme', team: 't1' });
  });

  test('the address of the person, or 0: never that of this server', () => {
    const ipOf = (event: Partial<TrackingEvent>) => recordOf(inLane(anEvent(event))).properties['ip'];
    expect(ipOf({})).toBe(0);
    expect(ipOf({ context: { ip: '203.0.113.7' } })).toBe('203.0.113.7');
    expect(ipOf({ properties: { ip: '198.51.100.4' }, context: { ip: '203.0.113.7' } })).toBe('198.51.100.4');
    expect(ipOf({ properties: { ip: null } })).toBe(0);
  });

  test('page and campaign as the browser library names them; an own property has precedence', () => {
    const context = {
      page: {
        url: 'https://shop.example.com/teapots?utm_source=news',
        referrer: 'https://search.example.com/',
      },
      campaign: { source: 'news', medium: 'email', name: 'spring', term: 'teapot', content: 'top' },
      userAgent: 'Mozilla/5.0',
    };
    const { properties } = recordOf(inLane(anEvent({ context, properties: { utm_term: 'mine' } })));
    expect(properties).toMatchObject({
      $current_url: context.page.url,
      $referrer: context.page.referrer,
      utm_source: 'news',
      utm_medium: 'email',
      utm_campaign: 'spring',
      utm_term: 'mine',
      utm_content: 'top',
    });
    expect(JSON.stringify(properties)).not.toContain('Mozilla');
  });

  test('traits of a visitor go to the profile of the browser', () => {
    const visitor = anEvent({
      type: 'identify',
      userId: undefined,
      anonymousId: DEVICE,
      properties: { plan: 'pro' },
      context: { ip: '203.0.113.7' },
    });
    expect(recordOf(inLane(visitor))).toEqual({
      $token: TOKEN,
      $distinct_id: `$device:${DEVICE}`,
      $ip: '203.0.113.7',
      $set: { plan: 'pro' },
    });
  });

  test('an alias merges the two ids, the library’s own in the form that Mixpanel knows', () => {
    const alias = anEvent({ type: 'alias', previousId: DEVICE, userId: 'u1', properties: {} });
    const merge = { token: TOKEN, time: NEW_YEAR, distinct_id: 'u1', $insert_id: alias.id, ip: 0 };
    expect(recordOf(inLane(alias), ORIGINAL)).toEqual({
      event: '$merge',
      properties: { ...merge, $distinct_ids: [DEVICE, 'u1'] },
    });
    expect(recordOf({ event: alias, browser: { anonymousId: DEVICE } }, ORIGINAL)).toEqual({
      event: '$merge',
      properties: { ...merge, $distinct_ids: [`$device:${DEVICE}`, 'u1'] },
    });
  });

  test('three endpoints, and no event in a request of another one', () => {
    const destination = destinationOf(ORIGINAL);
    const parts = (['track', 'alias', 'identify', 'group'] as const).map((type) =>
      destination.partition!(inLane(anEvent({ type }))),
    );
    expect(parts).toEqual(['/import', '/import', '/engage', '/groups']);
    expect(destination.partition!({ ...inLane(anEvent()), json: JSON.stringify(anEvent()) })).toBe('/import');
  });

  test('the token authenticates events, and is neither in a URL nor in an event', () => {
    const destination = destinationOf();
    const { url, headers, body } = destination.encode([inLane(anEvent())], ATTEMPT);
    expect(headers!['authorization']).toBe(`Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}`);
    expect(url + (body as string)).not.toContain(TOKEN);
    const profiles = destination.encode([inLane(anEvent({ type: 'identify' }))], ATTEMPT);
    expect(profiles.headers).not.toHaveProperty('authorization');
  });

  test('the account is the host and the token: a service account may be added later', () => {
    const serviceAccount = { username: 'svc', secret: 'service-secret-1', projectId: '7' };
    const [without, beside] = [destinationOf(), destinationOf({ serviceAccount })];
    expect(beside.account).toEqual(without.account);
    expect(beside.credentials).toEqual(['service-secret-1']);
    expect(beside.secrets).toEqual(
      expect.arrayContaining([
        TOKEN,
        'service-secret-1',
        Buffer.from('svc:service-secret-1').toString('base64'),
      ]),
    );
    expect(destinationOf({ region: 'eu' }).account).not.toEqual(without.account);
  });
});
