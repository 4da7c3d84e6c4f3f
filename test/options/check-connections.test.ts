import { afterEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import {
  Agent,
  BalancedPool,
  Client,
  EnvHttpProxyAgent,
  interceptors,
  MockAgent,
  Pool,
  ProxyAgent,
  RetryAgent,
} from 'undici';
import * as undici6 from 'undici6';
import { checkDispatcher } from '../../lib/options/check-connections.js';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { takeProcessFaults } from '../support/process-faults.js';
import { playedDispatcher } from '../../lib/destinations/played-dispatcher.js';

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

/** A listener that must not get a connection: a dispatcher for its address would connect at its first request. */
async function untouched(): Promise<{ origin: string; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closes.push(() => new Promise((resolve) => server.close(resolve)));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
  };
}

/** The message of the check; undefined if it accepts. */
function refusal(dispatcher: unknown): string | undefined {
  try {
    checkDispatcher('dispatcher', dispatcher);
    return undefined;
  } catch (error) {
    if (!(error instanceof TrackingConfigError)) throw error;
    expect(error.option).toBe('dispatcher');
    return error.message;
  }
}

describe('a dispatcher is tried at start without a request', () => {
  test.each<[string, (origin: string) => object]>([
    ['an Agent', () => new undici6.Agent()],
    ['a Pool', (origin) => new undici6.Pool(origin)],
    ['a Client', (origin) => new undici6.Client(origin)],
    ['a ProxyAgent', (origin) => new undici6.ProxyAgent(origin)],
    ['an EnvHttpProxyAgent', () => new undici6.EnvHttpProxyAgent()],
    ['a RetryAgent', () => new undici6.RetryAgent(new undici6.Agent())],
    ['an Agent with interceptors', () => new undici6.Agent().compose(undici6.interceptors.retry())],
  ])('%s of undici 6 is refused', async (_, make) => {
    const { origin, connections } = await untouched();
    const dispatcher = make(origin);
    expect(refusal(dispatcher)).toMatch(/undici 6 or older; .* undici 7 or 8\. .*npm install undici@7/);
    expect(connections()).toBe(0);
  });

  test.each<[string, (origin: string) => object]>([
    ['an Agent', () => new Agent()],
    ['a Pool', (origin) => new Pool(origin)],
    ['a BalancedPool', (origin) => new BalancedPool(origin)],
    ['a Client', (origin) => new Client(origin)],
    ['a ProxyAgent', (origin) => new ProxyAgent(origin)],
    ['an EnvHttpProxyAgent', () => new EnvHttpProxyAgent()],
    ['a RetryAgent', () => new RetryAgent(new Agent())],
    ['a MockAgent', () => new MockAgent()],
    [
      'an Agent with interceptors',
      () =>
        new Agent().compose(
          interceptors.retry(),
          interceptors.redirect({ maxRedirections: 3 }),
          interceptors.dns(),
          interceptors.dump(),
        ),
    ],
    ['one of the application’s own', () => playedDispatcher((request) => request.end({ status: 200 }))],
  ])('%s that speaks as undici 7 does is accepted', async (_, make) => {
    const { origin, connections } = await untouched();
    const dispatcher = make(origin);
    expect(refusal(dispatcher)).toBeUndefined();
    expect(connections()).toBe(0);
  });

  test('a MockAgent does not record it: neither its history nor its interceptors are used up', () => {
    const agent = new MockAgent({ enableCallHistory: true });
    agent.disableNetConnect();
    agent
      .get('http://shop.example')
      .intercept({ path: () => true, method: () => true })
      .reply(200);
    expect(refusal(agent)).toBeUndefined();
    expect(agent.getCallHistory()?.calls()).toEqual([]);
    expect(agent.pendingInterceptors()).toHaveLength(1);
  });

  test('a dispatcher of the application that begins at once is stopped before anything is sent', async () => {
    let played = 0;
    expect(refusal(playedDispatcher(() => played++))).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(played).toBe(0);
  });

  test('a rejected promise of a dispatcher does not end the process', async () => {
    const failing = { dispatch: () => Promise.reject(new Error('nothing to send')) };
    takeProcessFaults();
    expect(refusal(failing)).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(takeProcessFaults()).toEqual([]);
  });

  test('a value that is no dispatcher is rejected, and never shown', () => {
    for (const none of [null, 'http://user:hunter2@proxy.example', 7, {}, { dispatch: true }]) {
      const message = refusal(none);
      expect(message).toContain('an undici Dispatcher');
      expect(message).not.toContain('hunter2');
    }
  });

  test('Node’s own is accepted if Node contains undici 7 or later, and rejected if it contains 6', () => {
    // In a process without the undici of this package, which would replace it.
    const program = `
      import { checkDispatcher } from ${JSON.stringify(new URL('../../lib/options/check-connections.ts', import.meta.url).href)};
      void fetch('data:,').catch(() => undefined);
      const own = globalThis[Symbol.for('undici.globalDispatcher.1')];
      let said = 'accepted';
      try { checkDispatcher('dispatcher', own); } catch (error) { said = error.message; }
      console.log(JSON.stringify({ own: typeof own?.dispatch, said }));`;
    const loader = new URL('../support/child/typescript.mjs', import.meta.url).href;
    const output = execFileSync(
      process.execPath,
      ['--import', loader, '--input-type=module', '--eval', program],
      { encoding: 'utf8' },
    );
    const { own, said } = JSON.parse(output) as { own: string; said: string };
    expect(own).toBe('function');
    if (Number.parseInt(process.versions['undici'] ?? '0') >= 7) expect(said).toBe('accepted');
    else expect(said).toContain('undici 6');
  });

  test('the dispatchers of the module and of each destination are checked', () => {
    const old = new undici6.Agent() as unknown as Agent;
    const shop = { url: 'https://shop.example/events' };
    expect(() => resolveOptions({ destinations: [webhook(shop)], dispatcher: old })).toThrow(
      /`dispatcher` .*undici 6/,
    );
    expect(() => resolveOptions({ destinations: [webhook({ ...shop, dispatcher: old })] })).toThrow(
      /`destinations\[0\]\.dispatcher` .*undici 6/,
    );
  });
});
