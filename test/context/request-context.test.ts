import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RequestContextReader } from '../../lib/context/request-context.js';
import type { RequestContextOptions } from '../../lib/context/request-context-options.js';
import { RequestScope } from '../../lib/identity/scope/request-scope.js';
import { aContext, aResponse, aScope } from './a-scope.js';

const ALL: RequestContextOptions = {
  userAgent: true,
  referrer: true,
  ip: 'full',
  sessions: [() => ({ posthog: 's1' })],
};
const NONE: RequestContextOptions = {
  method: false,
  route: false,
  locale: false,
  campaign: false,
  requestId: false,
  traceparent: false,
};
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const read = (request: unknown, options: RequestContextOptions = {}): unknown =>
  new RequestContextReader(options).read(aScope(request));
const headed = (headers: Record<string, unknown>, options: RequestContextOptions = {}): unknown =>
  read({ headers }, options);

const REQUEST = {
  method: 'POST',
  baseUrl: '/shop',
  app: { mountpath: '/shop', parent: {} },
  originalUrl: '/shop/orders/7?token=secret&utm_source=letter',
  route: { path: '/orders/:id' },
  ip: '203.0.113.77',
  headers: {
    'accept-language': 'de-CH, de;q=0.9, en;q=0.8',
    referer: 'https://user:secret@shop.example/cart/7?code=secret#secret',
    traceparent: TRACE,
    'user-agent': 'Firefox',
    'x-request-id': 'r-1',
    authorization: 'secret',
    cookie: 'session=secret',
  },
};

describe('the details', () => {
  test('contains nothing by default that identifies a person', () => {
    expect(read(REQUEST)).toEqual({
      method: 'POST',
      route: '/shop/orders/:id',
      locale: 'de-CH',
      campaign: { source: 'letter' },
      requestId: 'r-1',
      traceparent: TRACE,
    });
  });

  test('has more members if they are enabled, and never secrets', () => {
    const all = read(REQUEST, ALL);
    expect(all).toMatchObject({
      userAgent: 'Firefox',
      referrer: 'https://shop.example/cart/7',
      ip: '203.0.113.77',
      sessions: { posthog: 's1' },
    });
    expect(JSON.stringify(all)).not.toContain('secret');
    expect(read(REQUEST, { ...NONE, ip: 'truncated' })).toEqual({ ip: '203.0.113.0' });
  });

  test('is nothing where nothing is asked for, or nothing known', () => {
    expect(read(REQUEST, NONE)).toBeUndefined();
    for (const request of [undefined, null, 'text', 7, {}, { headers: null }]) {
      expect(read(request, ALL)).toEqual({ sessions: { posthog: 's1' } });
      expect(read(request)).toBeUndefined();
    }
  });

  test('leaves the client out if the code runs as another person', () => {
    const reader = new RequestContextReader(ALL);
    const scope = aScope(REQUEST);
    const known = { method: 'POST', route: '/shop/orders/:id', requestId: 'r-1', traceparent: TRACE };
    expect(reader.read(scope, true)).toEqual(known);
    expect(reader.read(scope)).toHaveProperty('ip');
    expect(new RequestContextReader({ ...NONE, ip: 'full' }).read(scope, true)).toBeUndefined();
  });

  test('is frozen all through', () => {
    const all = read(REQUEST, ALL) as Record<string, unknown>;
    for (const part of [all, all['campaign'], all['sessions']]) expect(Object.isFrozen(part)).toBe(true);
  });
});

describe('the locale', () => {
  test.each([
    ['en', 'en'],
    [' zh-Hans-CN ;q=0.7,en', 'zh-Hans-CN'],
    ['*', undefined],
    ['', undefined],
    ['de_CH', undefined],
    ['<script>', undefined],
    ['a-very-long-tag-that-nobody-speaks-in-any-country', undefined],
  ])('of %j is %s', (header, locale) => {
    expect(headed({ 'accept-language': header })).toEqual(locale && { locale });
  });
});

describe('the campaign', () => {
  const FULL = 'utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e&utm_id=f';

  test('has the names that platforms use', () => {
    expect(read({ url: `/?${FULL}` })).toEqual({
      campaign: { source: 'a', medium: 'b', name: 'c', term: 'd', content: 'e' },
    });
  });

  test('is that of the page if the request has none', () => {
    const headers = { referer: 'https://shop.example/?utm_source=page&utm_medium=x' };
    expect(read({ url: '/api?q=1', headers })).toEqual({ campaign: { source: 'page', medium: 'x' } });
    expect(read({ url: '/api?utm_source=api', headers })).toEqual({ campaign: { source: 'api' } });
  });

  test.each([
    ['/?utm_source=%E0%A4%A', { source: '\uFFFD%A' }],
    ['/?utm_source=first&utm_source=second', { source: 'first' }],
    ['/?utm_source=a%00b', { source: 'ab' }],
    [`/?utm_source=${'x'.repeat(5_000)}`, { source: 'x'.repeat(200) }],
    ['/?utm_source=', undefined],
    ['/?q=utm_source', undefined],
    ['/#?utm_source=a', undefined],
    ['/utm_source=a', undefined],
    [`/?${'x'.repeat(9_000)}&utm_source=a`, undefined],
  ])('in %s is %j', (url, campaign) => {
    const found = read({ url }) as { campaign?: unknown } | undefined;
    expect(found?.campaign).toEqual(campaign);
  });
});

describe('the id of a request', () => {
  test("is the header's, else the platform's own", () => {
    expect(read({ id: 'req-1', headers: { 'x-request-id': 'r-1' } })).toEqual({ requestId: 'r-1' });
    expect(read({ id: 'req-1', headers: {} })).toEqual({ requestId: 'req-1' });
    expect(read({ id: 17 })).toEqual({ requestId: '17' });
    expect(read({ id: {} })).toBeUndefined();
    expect(headed({ 'x-request-id': 'x'.repeat(5_000) })).toEqual({ requestId: 'x'.repeat(200) });
  });

  test('may be in another header', () => {
    const options = { requestId: 'X-Amzn-Trace-Id' };
    expect(headed({ 'x-request-id': 'r-1', 'x-amzn-trace-id': 'a-1' }, options)).toEqual({
      requestId: 'a-1',
    });
  });
});

describe('the trace', () => {
  test.each([
    [TRACE, TRACE],
    [TRACE.replace('00-', '01-') + '-more', TRACE.replace('00-', '01-')],
    [TRACE + '-more', undefined],
    [TRACE.toUpperCase(), undefined],
    [TRACE.replace('00-', 'ff-'), undefined],
    [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, undefined],
    [`00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`, undefined],
    [TRACE + '0', undefined],
    [TRACE.slice(1), undefined],
    ['', undefined],
  ])('of %j is %s', (header, traceparent) => {
    expect(headed({ traceparent: header })).toEqual(traceparent && { traceparent });
  });
});

describe('the referrer', () => {
  test.each([
    ['https://shop.example', 'https://shop.example/'],
    ['http://a:b@shop.example:8080/x/../y?q#f', 'http://shop.example:8080/y'],
    [`https://shop.example/${'x'.repeat(5_000)}`, `https://shop.example/${'x'.repeat(979)}`],
    ['android-app://com.google.android.gm/', undefined],
    ['javascript:alert(1)', undefined],
    ['about:blank', undefined],
    ['no address', undefined],
  ])('of %s is %s', (referer, referrer) => {
    expect(headed({ referer }, { referrer: true })).toEqual(referrer && { referrer });
  });
});

describe('sessions', () => {
  test('of several vendors are separate members; the first reader of a vendor decides', () => {
    const sessions = [
      () => ({ posthog: 's1', amplitude: 17 }),
      () => undefined,
      () => ({ posthog: 's2', snowplow: 'x'.repeat(5_000), jitsu: '', nan: Number.NaN }),
      () => {
        throw new Error('broken');
      },
      () => JSON.parse('{"__proto__":"s3"}') as Record<string, string>,
    ];
    expect(read({}, { sessions })).toEqual({
      sessions: { posthog: 's1', amplitude: 17, snowplow: 'x'.repeat(200) },
    });
  });
});

describe('the route', () => {
  const routeOf = (scope: RequestScope): unknown => new RequestContextReader({}).read(scope)?.['route'];
  const marked = (key: string, value: unknown): object => {
    const handler = (): void => {};
    Reflect.defineMetadata(key, value, handler);
    return handler;
  };
  const answering = (type: string, key: string, value: unknown, ...args: unknown[]): unknown =>
    routeOf(aScope({}, aContext(type, args, marked(key, value))));

  test('of a GraphQL operation is its field, not the HTTP route', () => {
    const info = { parentType: { name: 'Query' }, fieldName: 'orders' };
    expect(routeOf(aScope({ route: { path: '/graphql' } }, aContext('graphql', [{}, {}, {}, info])))).toBe(
      'Query.orders',
    );
    expect(routeOf(aScope({}, aContext('graphql', [{ __typename: 'Order' }, {}])))).toBeUndefined();
  });

  test('of a socket is the event', () => {
    expect(answering('ws', 'message', 'orders.created')).toBe('orders.created');
    expect(answering('ws', 'message', { event: 'a' })).toBe('{"event":"a"}');
    expect(answering('ws', 'other', 'a')).toBeUndefined();
  });

  test.each([
    [['orders.created'], undefined, 'orders.created'],
    [[{ cmd: 'sum' }], undefined, '{"cmd":"sum"}'],
    [[7], undefined, '7'],
    [[{ service: 'Orders', rpc: 'Create', streaming: 'no_stream' }], undefined, 'Orders/Create'],
    [['a', 'b'], { getPattern: () => 'b' }, 'b'],
    [['orders/+', 'x'], { getTopic: () => 'orders/17' }, 'orders/+'],
    [['a', 'b'], undefined, 'a'],
    [undefined, undefined, undefined],
  ])('of a message for %j is its pattern', (patterns, context, route) => {
    expect(answering('rpc', 'microservices:pattern', patterns, {}, context)).toBe(route);
  });

  test('is looked up until there is one, all else once', () => {
    const request: Record<string, unknown> = { method: 'GET' };
    let asked = 0;
    Object.defineProperty(request, 'originalUrl', { get: () => (asked++, '/orders/17') });
    const scope = new RequestScope(request);
    const reader = new RequestContextReader({});
    request['route'] = { path: '/{*path}' }; // as Express says while middleware runs
    const early = reader.read(scope);
    expect(early).toEqual({ method: 'GET' });
    scope.context = aContext('http', [request, aResponse]);
    request['route'] = { path: '/orders/:id' };
    const whole = reader.read(scope);
    expect(whole).toEqual({ method: 'GET', route: '/orders/:id' });
    expect(reader.read(scope)).toBe(whole);
    expect(asked).toBe(1);
    expect(early).toEqual({ method: 'GET' });
  });

  test('of a mounted application has the pattern of its mount, and nothing of the address', () => {
    const mounted = (app: unknown): unknown =>
      read({ baseUrl: '/reset/s3cr3t', route: { path: '/orders/:id' }, app }, { method: false });
    const parent = { mountpath: '/' };
    const inner = { mountpath: '/:token', parent: { mountpath: '/reset', parent } };
    expect(mounted(inner)).toEqual({ route: '/reset/:token/orders/:id' });
    const circle: Record<string, unknown> = { mountpath: '/x' };
    circle['parent'] = circle;
    for (const app of [undefined, null, {}, parent, 'text', circle]) {
      expect(mounted(app)).toEqual({ route: '/orders/:id' });
    }
    for (const mountpath of [undefined, ['/reset/:a', '/other/:a'], /^.reset/]) {
      expect(mounted({ mountpath, parent })).toEqual({ route: '/orders/:id' });
    }
  });

  test('is early known on Fastify', () => {
    expect(
      new RequestContextReader({}).read(new RequestScope({ routeOptions: { url: '/orders/:id' } })),
    ).toEqual({
      route: '/orders/:id',
    });
  });

  test('of operations of one GraphQL request is their own, with all else in common', () => {
    let asked = 0;
    const request = {
      get method() {
        asked++;
        return 'POST';
      },
    };
    const root = new RequestScope(request);
    const reader = new RequestContextReader({});
    const found = ['orders', 'carts', 'orders'].map((fieldName) => {
      const scope = new RequestScope(request, undefined, root);
      scope.context = aContext('graphql', [{}, {}, {}, { parentType: { name: 'Query' }, fieldName }]);
      return reader.read(scope);
    });
    expect(found).toEqual([
      { method: 'POST', route: 'Query.orders' },
      { method: 'POST', route: 'Query.carts' },
      { method: 'POST', route: 'Query.orders' },
    ]);
    expect(reader.read(root)).toEqual({ method: 'POST' });
    expect(asked).toBe(1);
  });

  test('and all else is read by the options of each application that a request meets', () => {
    const scope = aScope(REQUEST);
    const [one, other] = [
      new RequestContextReader(NONE),
      new RequestContextReader({ ...NONE, method: true }),
    ];
    expect([one.read(scope), other.read(scope), one.read(scope)]).toEqual([
      undefined,
      { method: 'POST' },
      undefined,
    ]);
  });
});

describe('a message', () => {
  const inContext = (context: unknown): unknown => {
    const payload = { ...REQUEST, headers: { ...REQUEST.headers, 'x-request-id': 'of the sender' } };
    return new RequestContextReader(ALL).read(aScope(payload, aContext('rpc', [payload, context])));
  };
  const headers = { 'x-request-id': 'r-1', traceparent: TRACE };
  const known = { requestId: 'r-1', traceparent: TRACE, sessions: { posthog: 's1' } };

  test.each([
    ['NATS', { getHeaders: () => new Map(Object.entries(headers)) }],
    ['Kafka', { getMessage: () => ({ headers: { ...headers, 'x-request-id': Buffer.from('r-1') } }) }],
    ['RabbitMQ', { getMessage: () => ({ properties: { headers } }) }],
    ['MQTT 5', { getPacket: () => ({ properties: { userProperties: headers } }) }],
    ['gRPC', { get: (name: 'traceparent') => [headers[name]].filter((value) => value !== undefined) }],
  ])('of %s has headers, which its payload has not', (_, context) => {
    expect(inContext(context)).toEqual(known);
  });

  test.each([
    undefined,
    {},
    { getHeaders: () => undefined },
    { getMessage: () => null },
    { getPacket: () => ({}) },
    {
      getMessage() {
        throw new Error('broken');
      },
    },
  ])('without headers says nothing of them: %p', (context) => {
    expect(inContext(context)).toEqual({ sessions: { posthog: 's1' } });
  });
});

describe('a socket', () => {
  test('is read from its handshake, without details of one request', () => {
    const handshake = {
      headers: REQUEST.headers,
      address: '::ffff:203.0.113.77',
      url: '/socket.io/?EIO=4&utm_source=letter',
    };
    const client = { id: 'socket-1', handshake };
    expect(new RequestContextReader(ALL).read(aScope(client, aContext('ws', [client])))).toEqual({
      locale: 'de-CH',
      campaign: { source: 'letter' },
      userAgent: 'Firefox',
      referrer: 'https://shop.example/cart/7',
      ip: '203.0.113.77',
      sessions: { posthog: 's1' },
    });
  });
});

describe('a hostile request', () => {
  test('of which every look throws gives nothing', () => {
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('broken');
        },
      },
    );
    for (const kind of ['http', 'graphql', 'ws', 'rpc', 'other']) {
      const scope = aScope(hostile, aContext(kind, [hostile, hostile, hostile, hostile], hostile));
      expect(new RequestContextReader({ ...ALL, sessions: [] }).read(scope)).toBeUndefined();
    }
    const broken = new RequestScope(hostile);
    broken.context = hostile as never;
    expect(new RequestContextReader(ALL).read(broken)).toBeUndefined();
  });

  test('of which one member throws gives the others', () => {
    const request = {
      ...REQUEST,
      get ip(): string {
        throw new Error('broken');
      },
    };
    expect(read(request, ALL)).toMatchObject({ method: 'POST', userAgent: 'Firefox' });
    expect(read(request, ALL)).not.toHaveProperty('ip');
  });

  test('never makes more than a bound, whatever its texts are', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 9_000 }), fc.constant('x'.repeat(20_000)));
    const header = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.constant(undefined), fc.integer());
    const names = [...Object.keys(REQUEST.headers), 'x-posthog-session-id'];
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), header),
        fc.record({ method: text, originalUrl: text, id: text, ip: text, route: fc.record({ path: text }) }),
        (headers, request) => {
          const found = read({ ...request, headers }, ALL) as Record<string, unknown>;
          expect(JSON.stringify(found).length).toBeLessThan(40_000);
          const texts = Object.values(found).flatMap((value) =>
            typeof value === 'object' ? Object.values(value as object) : [value],
          );
          for (const value of texts) expect(String(value).length).toBeLessThanOrEqual(1_000);
        },
      ),
    );
  });
});
