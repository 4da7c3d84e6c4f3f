import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { EventsResponse, InvalidResponse, ListedEvent } from '../../lib/collector/api/responses.js';
import type { Order } from '../../sample-app/src/orders/order.js';
import { DESTINATIONS, type DestinationName } from '../../sample-app/src/tracking/destinations.js';
import { routesFrom, VARIABLES } from '../../sample-app/src/tracking/routes.js';
import { SCHEMAS } from '../../sample-app/src/tracking/snowplow-schemas.js';
import { ACollector } from '../collector/a-collector.js';
import { SampleShop } from './sample-shop.js';

const NAMES = Object.keys(DESTINATIONS) as DestinationName[];
const ROOT = new URL('../../', import.meta.url);

/** Runs the scripts of the storefront, with as much of a browser as they need, and returns the cookies that they set. */
function cookiesOf(page: string, kept: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const cookies = new Map(kept);
  const document = {
    body: { dataset: { account: /data-account="([^"]*)"/.exec(page)![1] } },
    get cookie() {
      return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    },
    set cookie(text: string) {
      const [, name = '', value = '', age] = /^([^=]+)=([^;]*).*max-age=(\d+)/.exec(text)!;
      if (age === '0') cookies.delete(name);
      else cookies.set(name, value);
    },
    getElementById: () => ({ replaceChildren: () => {} }),
    addEventListener: () => {},
  };
  const script = /<script>([^]*)<\/script>/.exec(page)![1]!;
  const fetch = async () => ({ json: async () => [] });
  const browser = { document, crypto, btoa, fetch, setInterval: () => {}, Uint8Array, Uint32Array };
  runInNewContext(script, browser);
  return cookies;
}

function headerOf(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

describe('the sample shop, with each destination', () => {
  let collector: ACollector;
  let shop: SampleShop;

  beforeEach(async () => {
    collector = await ACollector.start();
  });
  afterEach(async () => {
    await shop.app.close();
    await collector.close();
  });

  /** No subscription is renewed during the test. */
  async function open(...names: DestinationName[]): Promise<void> {
    const settings = { SHOP_DESTINATIONS: names.join(','), SHOP_BILLING_PERIOD_MS: '60000' };
    shop = await SampleShop.open(collector.url, settings);
  }

  const received = async (query = ''): Promise<readonly ListedEvent[]> =>
    [...(await collector.get<EventsResponse>(`events?limit=1000${query}`)).events].reverse();

  /** A visit that makes each kind of call, from the first look to a refund. */
  async function visit(): Promise<{ visitor: Map<string, string>; customer: string }> {
    const visitor = cookiesOf((await shop.browser().get('/')).text);
    const browser = shop.browser();
    await browser.get('/products/teapot').set('Cookie', headerOf(visitor)).expect(200);
    const answer = await browser
      .post('/accounts')
      .set('Cookie', headerOf(visitor))
      .send({ name: 'Ada', email: 'ada@example.com', password: 'secret', company: 'Engines' })
      .expect(201);
    const session = answer.headers['set-cookie']![0]!.split(';')[0]!;
    const { id: customer } = answer.body as { id: string };
    const signedIn = cookiesOf(
      (
        await shop
          .browser()
          .get('/')
          .set('Cookie', `${headerOf(visitor)}; ${session}`)
      ).text,
      visitor,
    );
    const cookie = `${headerOf(signedIn)}; ${session}`;
    const asCustomer = (path: string, body = {}) =>
      shop.browser().post(path).set('Cookie', cookie).send(body).expect(201);
    const { id } = (await asCustomer('/orders', { productId: 'mug', coupon: 'WELCOME' })).body as Order;
    await asCustomer(`/pretend-provider/orders/${id}/pay-twice`);
    await asCustomer('/subscription');
    await asCustomer('/subscription/upgrade');
    await (await shop.admin()).post(`/admin/orders/${id}/refund`).expect(201);
    await shop.settled();
    return { visitor, customer };
  }

  /** Calls that the platform has no counterpart for, see docs/sample-app.md. */
  const DECLINES: Partial<Record<DestinationName, Record<string, number>>> = {
    // Two webhooks of one payment, the refund and the admin's sign-in come without a browser.
    googleAnalytics: { unsupported: 2, no_identity: 4 },
    snowplow: { unsupported: 2 },
    meta: { unsupported: 2 },
    // It has no browser library, so it does not know the visitor.
    webhook: { no_identity: 1 },
  };

  test.each(NAMES)('%s gets the whole visit, and no event breaks its rules', async (name) => {
    await open(name);
    const { visitor, customer } = await visit();

    const { rejected, lanes } = shop.tracking.stats();
    const lane = lanes[name]!;
    // An event that the only destination declines is rejected.
    expect(Object.fromEntries(Object.entries(rejected).filter(([, calls]) => calls > 0))).toEqual(
      DECLINES[name] ?? {},
    );
    expect({ pending: lane.pending, dead: lane.dead, parked: lane.parked }).toEqual({
      pending: 0,
      dead: 0,
      parked: null,
    });
    expect(await collector.get<InvalidResponse>('invalid')).toEqual({ events: [], requests: [] });

    const events = await received();
    expect(events).toHaveLength(lane.accepted);
    expect(new Set(events.map(({ outcome }) => outcome))).toEqual(new Set(['delivered']));
    // The first look is the visitor's, by the id in the cookie of the platform's library; the others are the customer's.
    if (name !== 'webhook') {
      const [look] = events;
      const id = look!.userId ?? look!.anonymousId!;
      expect(id).not.toBe(customer);
      expect(decoded(visitor)).toContain(id);
      expect(visitor.size).toBe(1);
    }
    const later = events.slice(1).map((event) => event.userId ?? event.anonymousId);
    expect(later.length).toBeGreaterThan(4);
    if (name !== 'meta') expect(later).toContain(customer);
  });

  /** An order after each map: its name, and some of its properties. */
  const ORDERS = Object.entries({
    googleAnalytics: [
      'purchase',
      { value: 10.8, currency: 'EUR', items: [{ item_id: 'mug', item_name: 'Mug', quantity: 1 }] },
    ],
    meta: ['Purchase', { value: 10.8, currency: 'EUR', contents: [{ id: 'mug', quantity: 1 }] }],
    posthog: ['Order Completed', { revenue: 10.8, currency: 'EUR', product_id: 'mug', quantity: 1 }],
  } as const).map(([name, [event, properties]]) => ({ name, event, properties }));

  test.each(ORDERS)('$name gets an order as $event', async ({ name, event, properties }) => {
    await open(name as DestinationName);
    await visit();
    const order = { name: event, properties: expect.objectContaining(properties) };
    expect(await received()).toContainEqual(expect.objectContaining(order));
  });

  test('all at once: each gets its own ids of the visitor, and none gets another’s', async () => {
    await open(...NAMES);
    const { visitor } = await visit();
    const looks = (await received('&kind=track')).filter(({ name }) =>
      ['Product Viewed', 'Product_Viewed', 'view_item', 'ViewContent', 'product_viewed'].includes(name),
    );
    expect(looks.map(({ platform }) => platform).sort()).toEqual(
      NAMES.filter((name) => name !== 'webhook').sort(),
    );
    const ids = new Map(looks.map((look) => [look.platform, look.userId ?? look.anonymousId]));
    // Segment and Customer.io have one library, so one cookie.
    expect(ids.get('customerio')).toBe(ids.get('segment'));
    ids.delete('customerio');
    expect(new Set(ids.values()).size).toBe(ids.size);
    expect(visitor.size).toBe(ids.size);
  });

  test('a new visitor gets new ids after sign-out, and keeps them until then', async () => {
    await open(...NAMES);
    const page = (await shop.browser().get('/')).text;
    const first = cookiesOf(page);
    expect(cookiesOf(page, first)).toEqual(first);
    const signedIn = cookiesOf(page.replace('data-account=""', 'data-account="ada"'), first);
    expect(signedIn.get('km_ai')).toBe('ada');
    const next = cookiesOf(page, signedIn);
    expect([...next.keys()].sort()).toEqual([...first.keys()].sort());
    for (const [name, value] of next) expect(value).not.toBe(first.get(name));
  });
});

/** The texts of cookies, with those that are written in base64. */
function decoded(cookies: ReadonlyMap<string, string>): string {
  return [...cookies.values()]
    .map((value) => {
      const text = decodeURIComponent(value);
      const base64 = Buffer.from(text.replace('RS_ENC_v3_', ''), 'base64').toString();
      return `${text} ${base64.startsWith('%7B') ? decodeURIComponent(base64) : base64}`;
    })
    .join(' ');
}

describe('where the events of the sample go', () => {
  test('to the local collector without credentials, to KISSmetrics by default', () => {
    expect(routesFrom({})).toEqual([
      {
        name: 'kissmetrics',
        env: { KISSMETRICS_API_KEY: '0'.repeat(40) },
        endpoint: 'http://127.0.0.1:4100/kissmetrics',
      },
    ]);
    expect(
      routesFrom({ SHOP_DESTINATIONS: 'posthog', SHOP_COLLECTOR: 'http://localhost:1' })[0]!.env,
    ).toEqual({
      POSTHOG_API_KEY: 'phc_local',
      POSTHOG_HOST: 'http://localhost:1/posthog',
    });
  });

  test.each(NAMES)('to the real host of %s when all its variables are set', (name) => {
    const env = Object.fromEntries(Object.keys(VARIABLES[name]).map((variable) => [variable, 'of your own']));
    const [route] = routesFrom({ ...env, SHOP_DESTINATIONS: name });
    expect(route).toMatchObject({ name, endpoint: undefined, env });
  });

  test('to several, each named once', () => {
    const env = { SHOP_DESTINATIONS: 'posthog, segment,posthog' };
    expect(routesFrom(env).map(({ name }) => name)).toEqual(['posthog', 'segment']);
  });

  test('nowhere with incomplete credentials, or an unknown name', () => {
    const incomplete = { SHOP_DESTINATIONS: 'googleAnalytics', GA_MEASUREMENT_ID: 'G-1' };
    expect(() => routesFrom(incomplete)).toThrow('Set GA_API_SECRET too');
    expect(() => routesFrom({ SHOP_DESTINATIONS: 'toString' })).toThrow(
      "There is no destination 'toString'. Nothing was started. Choose one or more of: kissmetrics, segment,",
    );
  });

  test('by variables that the page lists', () => {
    const page = readFileSync(new URL('docs/sample-app.md', ROOT), 'utf8');
    for (const name of NAMES) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))!;
      for (const variable of Object.keys(VARIABLES[name])) expect(row).toContain(`\`${variable}\``);
    }
  });
});

test('every event of the shop has a schema for Snowplow', () => {
  const source = new URL('sample-app/src/', ROOT);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const names = files.flatMap((file) =>
    [
      ...readFileSync(new URL(file, source), 'utf8').matchAll(/(?:@Track|\btrack|\brecord)\(\s*'([^']+)'/g),
    ].map(([, name]) => name),
  );
  expect(new Set(names)).toEqual(new Set(Object.keys(SCHEMAS)));
});

describe('npm run sample and npm run demo', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['sample-app/run.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });

  test('print their help, and build nothing for it', () => {
    const { status, stdout } = run('sample', '--help');
    expect(status).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(NAMES.join(', '));
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(run('demo', '--help').stdout).toContain('--details');
  });

  test('answer a mistake at once, with the list of names', () => {
    const { status, stdout, stderr } = run('sample', '--destination', 'posthog,hubspot');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain("There is no destination 'hubspot'.");
    expect(stderr).toContain('googleAnalytics');
    expect(run('demo', '--fast').status).toBe(2);
  });
});
