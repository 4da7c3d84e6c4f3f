import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { MockAgent } from 'undici';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import { systemClock } from '../../lib/host/clock.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { rehearsedOptions } from '../../lib/testing/rehearsed-options.js';
import { TrackingRuntime } from '../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { ConnectProxy } from '../support/connect-proxy.js';
import { PLATFORM_CERTIFICATE, PLATFORM_HOST, PLATFORM_KEY } from '../support/platform-certificate.js';
import { aLog, type Spoken } from '../support/spoken-log.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_USE_ENV_PROXY'];
const ENVIRONMENT = [
  ...VARIABLES,
  ...VARIABLES.slice(0, 3).map((name) => name.toLowerCase()),
  'NODE_OPTIONS',
];
const PASSWORD = 'hush-hush';

const ends: (() => Promise<unknown>)[] = [];
const connect = tls.connect;
let before: Record<string, string | undefined> = {};

beforeEach(() => {
  before = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));
  for (const name of ENVIRONMENT) delete process.env[name];
  // The certificate of the platform is not trusted.
  tls.connect = ((options: tls.ConnectionOptions, ...rest: never[]) =>
    connect({ ...options, ca: PLATFORM_CERTIFICATE }, ...rest)) as typeof tls.connect;
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  tls.connect = connect;
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** A platform, and the proxy through which its name leads to it. */
async function behindProxy(
  scheme: 'http' | 'https',
  answer: RequestListener = (_, response) => response.end(),
) {
  let requests = 0;
  const listener: RequestListener = (request, response) => {
    requests++;
    request.resume();
    answer(request, response);
  };
  const server: Server =
    scheme === 'http'
      ? createHttpServer(listener)
      : createHttpsServer({ key: PLATFORM_KEY, cert: PLATFORM_CERTIFICATE }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy = await new ConnectProxy(port).listen();
  ends.push(async () => {
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { proxy, port, url: `${scheme}://${PLATFORM_HOST}/events`, requests: () => requests };
}

function start(options: Partial<TrackingModuleOptions>): {
  service: TrackingService;
  runtime: TrackingRuntime;
  spoken: Spoken;
} {
  const { log, spoken } = aLog(() => performance.now());
  const resolved = resolveOptions({
    destinations: [],
    shutdown: { timeoutMs: 0 },
    retry: { minDelayMs: 1, maxDelayMs: 10 },
    ...options,
  });
  const runtime = new TrackingRuntime(resolved, systemClock, log);
  ends.push(() => runtime.close());
  return { service: new TrackingService(runtime), runtime, spoken };
}

const track = (service: TrackingService, count: number): void => {
  for (let n = 0; n < count; n++) service.track('Ordered', { n }, { userId: 'ann' });
};

describe('with NODE_USE_ENV_PROXY=1', () => {
  beforeEach(() => void (process.env['NODE_USE_ENV_PROXY'] = '1'));

  test.each([
    ['https', 'HTTPS_PROXY', 443],
    ['https', 'https_proxy', 443],
    ['http', 'HTTP_PROXY', 80],
    ['https', 'HTTP_PROXY', 443],
  ] as const)(
    '%s goes through the tunnel of %s, with its credentials, and keeps one socket',
    async (scheme, variable, port) => {
      const { proxy, url, requests } = await behindProxy(scheme);
      process.env[variable] = `http://me:${PASSWORD}@127.0.0.1:${proxy.port}`;
      const { service, spoken } = start({
        destinations: [webhook({ url, concurrency: 1, batch: { maxEvents: 1 } })],
      });
      track(service, 5);
      expect(await service.flush()).toMatchObject({ delivered: 5, pending: 0 });
      expect(requests()).toBe(5);
      expect(proxy.tunnels).toEqual([`${PLATFORM_HOST}:${port}`]);
      expect(proxy.authorizations).toEqual([`Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`]);
      expect(spoken.all).toEqual([]);
    },
  );

  test('a host in NO_PROXY, and one whose destination has a dispatcher, are connected to directly', async () => {
    const { proxy, port, requests } = await behindProxy('http');
    process.env['HTTP_PROXY'] = `http://127.0.0.1:${proxy.port}`;
    process.env['NO_PROXY'] = '.example.com, 127.0.0.1';
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock.get('http://shop.example').intercept({ path: '/', method: 'POST' }).reply(200);
    const { service } = start({
      destinations: [
        webhook({ url: `http://127.0.0.1:${port}/` }),
        webhook({ name: 'mocked', url: 'http://shop.example/', dispatcher: mock }),
      ],
    });
    track(service, 1);
    expect(await service.flush()).toMatchObject({ delivered: 2 });
    expect([requests(), proxy.tunnels]).toEqual([1, []]);
  });

  test('an unrequested 100 Continue is read over within a tunnel', async () => {
    const { proxy, url, requests } = await behindProxy('https', (_, response) => {
      response.socket!.write('HTTP/1.1 100 Continue\r\n\r\n', () => response.end());
    });
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${proxy.port}`;
    const { service } = start({ destinations: [webhook({ url })] });
    track(service, 1);
    expect(await service.flush()).toMatchObject({ delivered: 1 });
    expect(requests()).toBe(1);
  });

  test('a proxy that refuses is named in the log, without its credentials, and nothing is given up', async () => {
    const { proxy, url } = await behindProxy('https');
    process.env['HTTPS_PROXY'] = `http://me:${PASSWORD}@127.0.0.1:${proxy.port}`;
    proxy.manner = 407;
    const { service, spoken } = start({ destinations: [webhook({ url })] });
    track(service, 1);
    await new Promise<void>((resolve) => {
      const look = (): void => void (spoken.errors.length > 0 ? resolve() : setImmediate(look));
      void service.flush({ timeoutMs: 20_000 });
      look();
    });
    expect(spoken.errors[0]).toMatch(/failing \(PROXY_407\).*queued.*proxy.*HTTPS_PROXY/);
    expect(spoken.all.join()).not.toContain(PASSWORD);
    proxy.manner = 'open';
    expect(await service.flush({ timeoutMs: 20_000 })).toMatchObject({ pending: 0, dead: 0 });
    expect(service.stats().lanes['webhook']).toMatchObject({ delivered: 1 });
  });

  test('a silent proxy costs an attempt its deadline, and keeps no socket after the end', async () => {
    const { proxy, url } = await behindProxy('https');
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${proxy.port}`;
    proxy.manner = 'silent';
    const { service, runtime, spoken } = start({ destinations: [webhook({ url, timeoutMs: 50 })] });
    track(service, 1);
    await new Promise<void>((resolve) => {
      const look = (): void => void (spoken.errors.length > 0 ? resolve() : setImmediate(look));
      void service.flush({ timeoutMs: 20_000 });
      look();
    });
    expect(spoken.errors[0]).toContain('(timeout)');
    await runtime.close();
    while (proxy.open > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});

/** The error at start, and its message. */
function refusal(options: Partial<TrackingModuleOptions>): [string, string] | undefined {
  try {
    resolveOptions({ destinations: [], ...options });
    return undefined;
  } catch (error) {
    if (!(error instanceof TrackingConfigError)) throw error;
    return [error.option, error.message];
  }
}

describe('at start', () => {
  const url = 'https://shop.example/events';

  test.each([
    'not a url',
    'proxy.corp:3128',
    'ftp://proxy',
    `http://me:%zz${PASSWORD}@proxy:3128`,
    'socks5://proxy:1',
  ])('a proxy of %s is refused without being shown, where it is in use', (text) => {
    process.env['HTTPS_PROXY'] = text;
    expect(refusal({ destinations: [webhook({ url })] })).toBeUndefined();
    process.env['NODE_USE_ENV_PROXY'] = '1';
    const [option, message] = refusal({ destinations: [webhook({ url })] })!;
    expect(option).toBe('HTTPS_PROXY');
    expect(message).toContain('http://proxy.example.com:3128');
    expect(message).not.toContain(text);
    expect(refusal({ destinations: [webhook({ url })], enabled: false })).toBeUndefined();
    expect(refusal({ destinations: [webhook({ url })], dispatcher: new MockAgent() })).toBeUndefined();
    expect(() => resolveOptions(rehearsedOptions({ destinations: [webhook({ url })] }, {}))).not.toThrow();
  });

  test('`allowPrivateHosts: false` is refused together with a proxy, behind which no address can be checked', () => {
    const destinations = [webhook({ url, allowPrivateHosts: false })];
    process.env['HTTPS_PROXY'] = 'http://proxy.corp:3128';
    expect(refusal({ destinations })).toBeUndefined();
    process.env['NODE_USE_ENV_PROXY'] = '1';
    expect(refusal({ destinations })).toEqual([
      'destinations[0].allowPrivateHosts',
      expect.stringMatching(/`HTTPS_PROXY`.*cannot be checked.*NO_PROXY/),
    ]);
    expect(
      refusal({
        destinations: [{ name: 'own', encode: () => ({ method: 'POST', url }), allowPrivateHosts: false }],
      }),
    ).toBeDefined();
    process.env['NO_PROXY'] = 'shop.example';
    expect(refusal({ destinations })).toBeUndefined();
  });

  test('a proxy that is set and not in use is logged once, with the switch and the destinations', () => {
    process.env['HTTPS_PROXY'] = `http://me:${PASSWORD}@proxy.corp:3128`;
    const { spoken } = start({ destinations: [kissmetrics({ apiKey: KEY }), webhook({ url })] });
    expect(spoken.warnings).toEqual([
      "`HTTPS_PROXY` is set and not in use: events are sent to 'kissmetrics', 'webhook' without a proxy. " +
        'Set NODE_USE_ENV_PROXY=1 to use it, or add the hosts to NO_PROXY.',
    ]);
  });

  test.each<[string, () => Partial<TrackingModuleOptions>]>([
    [
      'the host is in NO_PROXY',
      () => ((process.env['NO_PROXY'] = 'example'), { destinations: [webhook({ url })] }),
    ],
    ['NO_PROXY is *', () => ((process.env['NO_PROXY'] = '*'), { destinations: [webhook({ url })] })],
    [
      'the proxy is in use',
      () => ((process.env['NODE_USE_ENV_PROXY'] = '1'), { destinations: [webhook({ url })] }),
    ],
    [
      'the proxy is in use by an option',
      () => ((process.env['NODE_OPTIONS'] = '--use-env-proxy'), { destinations: [webhook({ url })] }),
    ],
    ['there is a dispatcher', () => ({ destinations: [webhook({ url })], dispatcher: new MockAgent() })],
    ['the host is on this machine', () => ({ destinations: [webhook({ url: 'https://localhost:3000/' })] })],
    [
      'the proxy is for the other scheme',
      () => ({ destinations: [webhook({ url: 'http://shop.example/' })] }),
    ],
    ['tracking is disabled', () => ({ destinations: [webhook({ url })], enabled: false })],
    [
      'the host is not known',
      () => ({ destinations: [{ name: 'own', encode: () => ({ method: 'POST', url }) }] }),
    ],
  ])('nothing is told where %s', (_, options) => {
    process.env['HTTPS_PROXY'] = 'http://proxy.corp:3128';
    expect(start(options()).spoken.warnings.filter((line) => line.includes('PROXY'))).toEqual([]);
  });
});
