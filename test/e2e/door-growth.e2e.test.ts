import { describe, expect, test } from '@jest/globals';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { z } from 'zod';
import {
  defineTrackingPlan,
  emailAddresses,
  globalPrivacyControl,
  kissmetrics,
  paymentCardNumbers,
  TrackingService,
  webhook,
  type Destination,
  type TrackingEvent,
  type TrackingModuleOptions,
} from '../../lib/index.js';
import { endsSoon } from '../support/ends-soon.js';
import { TrackedApplication } from './track-application.js';

const LONG = 1_000_000;
const MANY = 40_000;
/** Smaller, because each of them is an event. */
const EVENTS = 10_000;
/** The maximum of a copy. */
const DEEP = 99;
/** Nearly the maximum of a request's head in Node. */
const HEAD = 6_000;

/** Requested for each event here, on every platform. */
const unlimited = (destination: Destination): Destination => ({
  ...destination,
  limits: { maxEvents: 1, maxBytes: 1_000_000_000, maxEventBytes: 1_000_000_000 },
  batch: { maxEvents: 1, maxBytes: 1_000_000_000 },
});

type Plan = Pick<TrackingModuleOptions, 'plan' | 'onInvalid'>;
type Work = (tracking: TrackingService) => unknown;
let work: Work;

@Controller()
class Shop {
  constructor(@Inject(TrackingService) private readonly tracking: TrackingService) {}

  @Get()
  sell(@Query() _query: object): void {
    endsSoon(() => work(this.tracking));
  }
}

/** Does it within a request whose head is full, with everything on; returns what was accepted. */
async function within(plan: Plan, todo: Work) {
  const events: TrackingEvent[] = [];
  // No server listens: the events are encoded, and dropped at the end.
  const url = 'http://127.0.0.1:9/';
  const destinations = [
    unlimited(webhook({ url })),
    unlimited(kissmetrics({ apiKey: 'a'.repeat(40), endpoint: url, spreadCollisions: true })),
  ];
  const sink: Destination = {
    ...unlimited({ name: 'sink', encode: () => ({ method: 'POST', url }) }),
    accept: (event) => void events.push(event),
  };
  const application = await TrackedApplication.start('Express', {
    controllers: [Shop],
    context: { userAgent: true, referrer: true, ip: 'full' },
    options: {
      ...plan,
      destinations: [...destinations, sink],
      redact: {
        paths: ['properties.a.b', 'properties.*.c', 'context.*'],
        keys: [/^password$/i],
        values: [emailAddresses, paymentCardNumbers],
        maxTextLength: LONG,
      },
      hashIds: { secret: 's'.repeat(32) },
      consent: globalPrivacyControl(),
      sampling: 1,
      idempotency: { header: true, eventId: 'x-event-id' },
      maxEventBytes: 100_000_000,
      shutdown: { timeoutMs: 1 },
    },
  });
  try {
    work = (tracking) => {
      todo(tracking);
      for (const event of events) {
        for (const destination of destinations) destination.encode([{ event }], { now: 0, number: 1 });
      }
    };
    const unit = 'utm_source=a%40b.cd&';
    const { status } = await application.request(`/?${unit.repeat(HEAD / unit.length)}`, {
      headers: { referer: `https://x/?${unit.repeat(HEAD / unit.length)}`, 'idempotency-key': 'k' },
    });
    expect(status).toBe(200);
    return { events };
  } finally {
    await application.close();
  }
}

const members = (name: (n: number) => string): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: MANY }, (_, n) => [name(n), n]));

/** The value below so many members. */
const below = (name: string, value: unknown): Record<string, unknown> => {
  let deep = value;
  for (let level = 0; level < DEEP - 1; level++) deep = { [name]: deep };
  return deep as Record<string, unknown>;
};

const TOLD: Plan = { plan: defineTrackingPlan({ Sent: z.strictObject({}) }), onInvalid: 'warn' };
const STRIPPED: Plan = {
  plan: defineTrackingPlan({ Sent: z.record(z.string(), z.string()) }),
  onInvalid: 'strip',
};

describe('the time of an event grows with its size, with all options on', () => {
  test.each<[string, () => Record<string, unknown>, Plan?]>([
    ['long text', () => ({ text: 'ann@example.com 4111 1111 1111 1111 '.repeat(LONG / 36) })],
    ['a long name', () => ({ ['ann@example.com '.repeat(LONG / 16)]: '1' })],
    ['many members', () => members((n) => `m${n}`)],
    ['many members that the plan strips', () => members((n) => `m${n}`), STRIPPED],
    ['members that clean to one name', () => members((n) => `a${n}@b.cd`)],
    ['members of one member', () => ({ a: members((n) => `m${n}`) })],
    ['a long list', () => ({ list: Array.from({ length: MANY }, (_unused, n) => `a${n}@b.cd`) })],
    [
      'many members in the depth',
      () =>
        below(
          'a',
          members((n) => `m${n}`),
        ),
    ],
    ['depth below long names', () => below('a b@c.de '.repeat(1_000), 1)],
  ])('%s', async (_, properties, plan = TOLD) => {
    const given = properties();
    const { events } = await within(plan, (tracking) =>
      tracking.track('Sent', given, { userId: 'ann', key: 'one', context: { said: given } }),
    );
    expect(events).toHaveLength(1);
  });
});

test('the time of many events grows with their number, whatever their differences', async () => {
  const { events } = await within(TOLD, (tracking) => {
    for (let n = 0; n < EVENTS; n++) {
      const name = n % 2 === 0 ? 'Sent' : `Sent ${n}`;
      tracking.track(name, { [`m${n}`]: `a${n}@b.cd` }, { userId: `user ${n}`, key: n, context: { n } });
    }
  });
  expect(events).toHaveLength(EVENTS);
});
