import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import dns from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { type AddressInfo, createServer } from 'node:net';
import { MockAgent } from 'undici';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import { Transport } from '../../lib/delivery/http/transport.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import type { WebhookOptions } from '../../lib/destinations/webhook/webhook-options.js';
import { systemClock } from '../../lib/host/clock.js';
import { Log } from '../../lib/host/log.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { rehearsedOptions } from '../../lib/testing/rehearsed-options.js';
import { TrackingRuntime } from '../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { aLog } from '../support/spoken-log.js';

const ends: (() => Promise<unknown>)[] = [];
const own = dns.lookup;
let answers: string[] = [];

beforeEach(() => {
  const lookup = (
    name: string,
    options: dns.LookupAllOptions,
    done: (error: null, found: LookupAddress[]) => void,
  ): void => {
    if (!name.endsWith('.example')) return own(name, options, done as never);
    process.nextTick(
      done,
      null,
      answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  dns.lookup = lookup as unknown as typeof dns.lookup;
});
afterEach(async () => {
  dns.lookup = own;
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A host of a private network. */
async function inside(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

function refusal(options: Partial<WebhookOptions>, module: Partial<TrackingModuleOptions> = {}): unknown {
  try {
    const url = 'https://shop.example/events';
    resolveOptions({
      destinations: [webhook({ url, allowPrivateHosts: false, ...options })],
      ...module,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof TrackingConfigError)) throw error;
    return [error.option, error.message];
  }
}

describe('allowPrivateHosts: false at start', () => {
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/hooks?token=hunter22',
    'http://169.254.169.254/latest/meta-data',
    'http://localhost:3000/',
  ])('refuses %s', (url) => {
    const [option, message] = refusal({ url }) as [string, string];
    expect(option).toBe('destinations[0].url');
    expect(message).toContain('allowPrivateHosts');
    expect(message).not.toContain('hunter22');
  });

  test('accepts any other URL; without the option, it accepts every URL', () => {
    expect(refusal({})).toBeUndefined();
    expect(refusal({ url: 'http://127.0.0.1/', allowPrivateHosts: true })).toBeUndefined();
    expect(refusal({ allowPrivateHosts: 'no' as never })).toEqual([
      'destinations[0].allowPrivateHosts',
      expect.stringContaining('true or false'),
    ]);
  });

  test('is refused together with a dispatcher, which may connect to any host', () => {
    const dispatcher = new MockAgent();
    for (const refused of [refusal({ dispatcher }), refusal({}, { dispatcher })]) {
      expect(refused).toEqual([
        'destinations[0].allowPrivateHosts',
        expect.stringMatching(/`dispatcher`.*cannot be checked/),
      ]);
    }
  });

  test('does not trouble an application under test, which connects to nothing', () => {
    const application = {
      destinations: [webhook({ url: 'https://shop.example/', allowPrivateHosts: false })],
      dispatcher: new MockAgent(),
    };
    expect(() => resolveOptions(rehearsedOptions(application, {}))).not.toThrow();
  });
});

describe('allowPrivateHosts: false at a connection', () => {
  const send = (url: string, allowPrivateHosts: boolean): Promise<AttemptResult> => {
    const over = new Transport({
      dispatcher: undefined,
      concurrency: 1,
      pipelining: 1,
      timeoutMs: 10_000,
      clock: systemClock,
      log: new Log(),
      allowPrivateHosts,
    });
    ends.push(() => over.close());
    return new Promise((resolve) => over.send({ method: 'POST', url, body: 'x' }, resolve));
  };

  test.each([
    [['127.0.0.1']],
    [['::ffff:127.0.0.1']],
    // One of several is enough: it is the resolver's choice which is tried.
    [['8.8.8.8', '127.0.0.1']],
  ])('a name that resolves to %s is not connected to', async (found) => {
    const { port, connections } = await inside();
    answers = found;
    expect(await send(`http://shop.example:${port}/`, false)).toMatchObject({ failure: 'PRIVATE_ADDRESS' });
    expect(connections()).toBe(0);
  });

  test('nor is an address that no lookup is needed for', async () => {
    const { port, connections } = await inside();
    for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '[::1]']) {
      expect(await send(`http://${host}:${port}/`, false)).toMatchObject({ failure: 'PRIVATE_ADDRESS' });
    }
    expect(connections()).toBe(0);
  });

  test('without it both are', async () => {
    const { port, connections } = await inside();
    answers = ['127.0.0.1'];
    expect(await send(`http://shop.example:${port}/`, true)).toMatchObject({ answer: { status: 200 } });
    expect(await send(`http://127.0.0.1:${port}/`, true)).toMatchObject({ answer: { status: 200 } });
    expect(connections()).toBe(2);
  });

  test('parks the lane, logs the cause, and gives up no event', async () => {
    const { port, connections } = await inside();
    answers = ['127.0.0.1'];
    const { log, spoken } = aLog(() => performance.now());
    const runtime = new TrackingRuntime(
      resolveOptions({
        destinations: [webhook({ url: `http://shop.example:${port}/`, allowPrivateHosts: false })],
        shutdown: { timeoutMs: 0 },
      }),
      systemClock,
      log,
    );
    ends.push(() => runtime.close());
    const service = new TrackingService(runtime);
    for (let n = 0; n < 10; n++) service.track('Ordered', { n }, { userId: 'ann' });
    expect(await service.flush()).toMatchObject({ delivered: 0, pending: 10, dead: 0 });
    expect(service.stats().lanes['webhook']).toMatchObject({ parked: 'misconfigured', pending: 10 });
    expect(spoken.errors).toEqual([expect.stringMatching(/parked.*private address.*allowPrivateHosts/)]);
    expect(connections()).toBe(0);
  });
});
