import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, Module, Req, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { parseCookie } from 'cookie';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import {
  Track,
  TrackingService,
  webhook,
  type Destination,
  type TrackingModuleOptions,
} from '../../lib/index.js';
import { platforms } from '../docs/platforms.js';
import { expectAccounted } from '../support/accounting.js';
import { cookieHeader, VENDOR_BROWSERS, vendorDestination } from '../support/vendor-browsers.js';
import { TrackedApplication } from './track-application.js';

const ADA = 'ada-1001';
const GRACE = 'grace-2002';
const NAMES = [...VENDOR_BROWSERS.keys()];
const VISITOR = cookieHeader(...[...VENDOR_BROWSERS.values()].map(({ cookies }) => cookies));
const ALL_IDS = [...new Set([...VENDOR_BROWSERS.values()].flatMap(({ ids }) => ids))];

interface Request {
  user?: { id: string };
  headers: IncomingHttpHeaders;
  cookies?: unknown;
}

/** Names of cookies, and of headers with a vendor's ids, that were read from a request. `*`: all cookies. */
const lookedFor = new Set<string>();

@Controller()
class ShopController {
  constructor(private readonly tracking: TrackingService) {}

  @Get('order')
  @Track('Order Completed', { properties: () => ({ orderId: 'O-77', total: 49.95, currency: 'EUR' }) })
  order(@Req() request: Request): void {
    const id = request.headers['x-user'];
    if (typeof id === 'string') request.user = { id };
  }

  @Get('twice')
  twice(): string[] {
    this.tracking.track('Order Completed');
    const first = [...lookedFor];
    lookedFor.clear();
    this.tracking.track('Order Completed');
    return first;
  }
}

@Module({ controllers: [ShopController] })
class ShopModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(observed).forRoutes('*');
  }
}

/** Records the reads of a request's cookies, in the form of a cookie plugin. */
function observed(request: Request, _response: unknown, next: () => void): void {
  const { headers } = request;
  // Object.keys() reads the descriptor of each name, not its value.
  let listed = 0;
  const noted = (name: string | symbol): void => {
    if (listed > 0) listed--;
    else lookedFor.add(String(name));
  };
  request.cookies = new Proxy(parseCookie(headers.cookie ?? ''), {
    getOwnPropertyDescriptor: (cookies, name) => {
      noted(name);
      return Reflect.getOwnPropertyDescriptor(cookies, name);
    },
    get: (cookies, name) => {
      lookedFor.add(String(name));
      return cookies[name as string];
    },
    ownKeys: (cookies) => {
      lookedFor.add('*');
      const names = Reflect.ownKeys(cookies);
      listed = names.length;
      return names;
    },
  });
  Object.defineProperty(request, 'headers', {
    value: new Proxy(headers, {
      get: (given, name) => {
        if (/^x-(?!user)/.test(String(name))) lookedFor.add(String(name));
        return given[name as string];
      },
    }),
  });
  next();
}

/** One server for all platforms, each with its own path. */
const requests: { readonly path: string; readonly content: string }[] = [];
const server = createServer((request, response) => {
  void buffer(request).then((bytes) => {
    const path = request.url!;
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    requests.push({ path, content: readable(`${path} ${JSON.stringify(request.headers)} ${body}`) });
    response.end();
  });
});
let url = '';
let shop: TrackedApplication | undefined;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  requests.splice(0);
  lookedFor.clear();
});
afterEach(async () => {
  await shop?.close();
  shop = undefined;
});

async function start(
  destinations: readonly Destination[],
  options: Partial<TrackingModuleOptions> = {},
): Promise<void> {
  shop = await TrackedApplication.start('Express', {
    imports: [ShopModule],
    options: { destinations, ...options },
  });
}

const everyVendor = (): Destination[] => NAMES.map((name) => vendorDestination(name, url));

async function order(cookie: string, user?: string): Promise<void> {
  requests.splice(0);
  const headers = { cookie, ...(user !== undefined && { 'x-user': user }) };
  expect((await shop!.request('/order', { headers })).status).toBe(200);
  await shop!.tracking.flush();
  expectAccounted(shop!.stats);
}

/** All requests to one vendor, or to all: URLs, headers and bodies. */
function sentTo(name = ''): string {
  return requests
    .filter(({ path }) => path.startsWith(`/${name}`))
    .map(({ content }) => content)
    .join('\n');
}

function readable(text: string): string {
  return text.replace(/%[\dA-F]{2}/gi, (code) => decodeURIComponent(code.toLowerCase() < '%80' ? code : '?'));
}

test('covers every destination of the package that reads browser ids', async () => {
  await start(everyVendor());
  const reading = (await platforms()).filter(({ destination }) => (destination.resolvers ?? []).length > 0);
  expect(new Set(NAMES)).toEqual(new Set(reading.map(({ destination }) => destination.kind)));
});

describe('with all platforms and the cookies of all of their libraries', () => {
  const expectIds = (name: string, expected: readonly string[]): void => {
    const sent = sentTo(name);
    expect([name, ALL_IDS.filter((id) => sent.includes(id))]).toEqual([
      name,
      ALL_IDS.filter((id) => expected.includes(id)),
    ]);
  };

  test('a visitor is known to each by its own ids, and to none by another one’s', async () => {
    await start(everyVendor());
    await order(VISITOR);
    for (const [name, { ids }] of VENDOR_BROWSERS) expectIds(name, ids);
  });

  test('so is the browser of a user', async () => {
    await start(everyVendor());
    await order(VISITOR, ADA);
    for (const [name, { ids, idsBesideUser = ids, hidesUser = false }] of VENDOR_BROWSERS) {
      expectIds(name, idsBesideUser);
      expect([name, sentTo(name).includes(ADA)]).toEqual([name, !hidesUser]);
    }
  });

  test('no browser id goes anywhere if one library knows the browser as another user’s', async () => {
    await start(everyVendor());
    let conflicts = 0;
    for (const { named } of VENDOR_BROWSERS.values()) {
      if (named === undefined) continue;
      await order(cookieHeader(parseCookieRaw(VISITOR), named(GRACE)), ADA);
      const sent = sentTo();
      expect(sent).toContain(ADA);
      expect([...ALL_IDS, GRACE].filter((id) => sent.includes(id))).toEqual([]);
      expect(shop!.stats.notices.identity_conflict).toBe(++conflicts);
    }
    expect(conflicts).toBeGreaterThan(4);
  });

  test('a stripped event has neither the user nor a browser', async () => {
    await start(everyVendor(), { consent: () => 'strip' });
    await order(VISITOR, ADA);
    const sent = sentTo();
    expect(sent).toContain('Order Completed');
    expect([...ALL_IDS, ADA].filter((id) => sent.includes(id))).toEqual([]);
  });
});

describe('an application with one destination', () => {
  test.each(NAMES)('%s() reads nothing of another platform', async (name) => {
    await start([vendorDestination(name, url)]);
    await order(VISITOR);
    const { looksFor, ids } = VENDOR_BROWSERS.get(name)!;
    expect(lookedFor.size).toBeGreaterThan(0);
    // Snowplow's cookie is named after the site, so all names must be read to find it.
    const foreign = [...lookedFor].filter(
      (each) => !looksFor.test(each) && !(name === 'snowplow' && each === '*'),
    );
    expect(foreign).toEqual([]);
    for (const id of ids) expect(sentTo(name)).toContain(id);
  });

  test.each(NAMES)('%s() reads the cookies once in a request, however many events it has', async (name) => {
    await start([vendorDestination(name, url)]);
    const answer = await shop!.request('/twice', { headers: { cookie: VISITOR } });
    expect(JSON.parse(answer.text)).not.toEqual([]);
    expect([...lookedFor]).toEqual([]);
  });

  test('without a browser library reads no cookie at all', async () => {
    await start([webhook({ url: url })]);
    await order(VISITOR, ADA);
    expect(requests).toHaveLength(1);
    expect([...lookedFor]).toEqual([]);
  });
});

/** The undecoded cookies of a header. */
function parseCookieRaw(header: string): Record<string, string> {
  return Object.fromEntries(
    header.split('; ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}
