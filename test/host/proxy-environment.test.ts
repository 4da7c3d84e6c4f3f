import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { ProxyEnvironment } from '../../lib/host/proxy-environment.js';

const of = (env: Record<string, string>, execArgv: string[] = []): ProxyEnvironment =>
  new ProxyEnvironment({ env, execArgv });

describe('the proxies of the environment', () => {
  test.each<[boolean, Record<string, string>, string[]?]>([
    [true, { NODE_USE_ENV_PROXY: '1' }],
    [true, {}, ['--use-env-proxy']],
    [true, { NODE_OPTIONS: '--enable-source-maps --use-env-proxy' }],
    [false, {}],
    // As in Node, no other word will do.
    [false, { NODE_USE_ENV_PROXY: 'true' }],
    [false, { NODE_USE_ENV_PROXY: '0' }],
  ])('are in use (%s) with %j %j', (inUse, env, execArgv = []) => {
    expect(of(env, execArgv).inUse).toBe(inUse);
  });

  test('have names in lower case first; an empty one is none', () => {
    const { http, https } = of({ http_proxy: 'http://a', HTTP_PROXY: 'http://b', HTTPS_PROXY: 'http://c' });
    expect([http, https]).toEqual([
      { variable: 'http_proxy', url: 'http://a' },
      { variable: 'HTTPS_PROXY', url: 'http://c' },
    ]);
    expect(of({ http_proxy: '', HTTP_PROXY: 'http://b' }).http).toBeUndefined();
  });

  /** Whether undici would use the proxy. */
  const asked = (proxy: string, noProxy: string, url: string): boolean => {
    const direct = (): void => {};
    let proxied: boolean | undefined;
    const agent = new EnvHttpProxyAgent({
      httpProxy: proxy,
      httpsProxy: proxy,
      noProxy,
      connect: direct,
      factory: (_: unknown, options: { connect?: unknown }) => {
        proxied = options.connect !== direct;
        return {
          dispatch: () => true,
          on: () => ({ on: () => undefined }),
          close: () => Promise.resolve(),
          destroy: () => Promise.resolve(),
        } as unknown as Dispatcher;
      },
    } as never);
    const { origin } = new URL(url);
    try {
      agent.dispatch({ origin, path: '/', method: 'GET' }, { onError: () => undefined } as never);
    } catch {
      // Only the decision is of interest.
    }
    void agent.destroy();
    return proxied!;
  };

  const host = fc.constantFrom(
    'shop.example',
    'api.shop.example',
    'notshop.example',
    '127.0.0.1',
    '[::1]',
    'LOCALHOST',
  );
  const entry = fc
    .tuple(
      fc.constantFrom('', '.', '*.'),
      fc.constantFrom('shop.example', 'SHOP.example', 'example', '127.0.0.1', '[::1]', 'localhost', '*'),
      fc.constantFrom('', ':80', ':443', ':8080'),
    )
    .map((parts) => parts.join(''));
  const noProxy = fc.oneof(
    fc.constantFrom('', '*'),
    fc.array(entry, { maxLength: 3 }).map((list) => list.join(', ')),
  );
  const url = fc
    .tuple(fc.constantFrom('http', 'https'), host, fc.constantFrom('', ':8080', ':443'))
    .map(([scheme, name, port]) => `${scheme}://${name}${port}/`);

  test('are used for the hosts that undici uses them for', () => {
    fc.assert(
      fc.property(noProxy, url, (exceptions, to) => {
        const proxies = of({ HTTP_PROXY: 'http://proxy:1', NO_PROXY: exceptions });
        expect(proxies.for(to) !== undefined).toBe(asked('http://proxy:1', exceptions, to));
      }),
      { numRuns: 500 },
    );
  });
});
