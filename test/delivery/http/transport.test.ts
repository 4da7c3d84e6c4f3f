import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Agent, MockAgent } from 'undici';
import * as undici6 from 'undici6';
import { Transport } from '../../../lib/delivery/http/transport.js';
import { type AttemptResult, isNoRequest } from '../../../lib/delivery/reading.js';
import type { OutgoingRequest } from '../../../lib/destinations/destination.js';
import { systemClock } from '../../../lib/host/clock.js';
import { Log } from '../../../lib/host/log.js';
import { ManualClock } from '../../support/manual-clock.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function serve(handler: Handler): Promise<{ url: string; server: Server; sockets: () => number }> {
  let sockets = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(request, response, Buffer.concat(chunks)));
  });
  server.on('connection', () => sockets++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    sockets: () => sockets,
  };
}

function transport(options: Partial<ConstructorParameters<typeof Transport>[0]> = {}): Transport {
  const made = new Transport({
    dispatcher: undefined,
    concurrency: 4,
    pipelining: 1,
    timeoutMs: 10_000,
    clock: systemClock,
    log: new Log(),
    ...options,
  });
  ends.push(() => made.close());
  return made;
}

function send(over: Transport, request: Partial<OutgoingRequest> & { url: string }): Promise<AttemptResult> {
  return new Promise((resolve) => over.send({ method: 'POST', ...request }, resolve));
}

describe('an attempt', () => {
  test('sends the request, and returns the answer', async () => {
    let seen: unknown;
    const { url } = await serve((request, response, body) => {
      seen = {
        method: request.method,
        url: request.url,
        type: request.headers['content-type'],
        body: body.toString(),
      };
      response.writeHead(202, { 'X-Request-Id': '7', 'set-cookie': ['a=1', 'b=2'] }).end('tack så mycket');
    });
    const result = await send(transport(), {
      url: `${url}/e?a=1&b=%20`,
      headers: { 'content-type': 'text/plain' },
      body: 'hej',
    });
    expect(seen).toEqual({ method: 'POST', url: '/e?a=1&b=%20', type: 'text/plain', body: 'hej' });
    expect(result).toEqual({
      answer: {
        status: 202,
        headers: expect.objectContaining({ 'x-request-id': '7', 'set-cookie': 'a=1, b=2' }),
        body: 'tack så mycket',
        complete: true,
      },
    });
  });

  test('names the package, or the destination’s value, in one header', async () => {
    const agents: string[][] = [];
    const { url } = await serve(({ rawHeaders }, response) => {
      agents.push(rawHeaders.filter((_, i) => rawHeaders[i - 1]?.toLowerCase() === 'user-agent'));
      response.end();
    });
    await send(transport(), { url });
    await send(transport(), { url, headers: { 'USER-AGENT': 'shop/2' } });
    const dispatcher = new Agent();
    ends.push(() => dispatcher.close());
    await send(transport({ dispatcher }), { url });
    const ours = expect.stringMatching(/^nestjs-tracking\/\d+\.\d+\.\d+/);
    expect(agents).toEqual([[ours], ['shop/2'], [ours]]);
  });

  test('with a header that undici refuses cannot be made, and does not stop later ones', async () => {
    const { url } = await serve((_, response) => response.end('ok'));
    const over = transport({ concurrency: 2 });
    for (const header of ['expect', 'Transfer-Encoding', 'keep-alive', 'upgrade', 'proxy-authorization']) {
      const result = await send(over, { url, headers: { [header]: 'x' } });
      expect(isNoRequest((result as { failure?: string }).failure)).toBe(true);
    }
    expect(await send(over, { url })).toMatchObject({ answer: { status: 200 } });
  });

  test('compresses on request, with its header', async () => {
    let seen: unknown;
    const { url } = await serve((request, response, body) => {
      seen = { encoding: request.headers['content-encoding'], body: gunzipSync(body).toString() };
      response.end();
    });
    await send(transport(), { url, body: 'x'.repeat(10_000), compress: 'gzip' });
    expect(seen).toEqual({ encoding: 'gzip', body: 'x'.repeat(10_000) });
  });

  test('asks a host without a path for its root', async () => {
    let seen: string | undefined;
    const { url } = await serve((request, response) => {
      seen = request.url;
      response.end();
    });
    await send(transport(), { url, method: 'GET' });
    expect(seen).toBe('/');
  });

  test('ends at its one deadline while the platform is silent', async () => {
    const { url } = await serve(() => undefined);
    expect(await send(transport({ timeoutMs: 50 }), { url })).toEqual({ failure: 'timeout' });
  });

  test('ends at its deadline within a body that drips: the status was said, and counts, unread', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200);
      response.write('{"ok"');
    });
    expect(await send(transport({ timeoutMs: 100 }), { url })).toEqual({
      answer: { status: 200, headers: expect.any(Object), body: '{"ok"', complete: false },
      cut: 'early',
    });
  });

  test('whose connection ends within the answer counts by its status, unread', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"ok":', () => response.destroy());
    });
    expect(await send(transport(), { url })).toEqual({
      answer: { status: 200, headers: expect.any(Object), body: '{"ok":', complete: false },
      cut: 'early',
    });
  });

  test('fails by a code alone: nothing of the request is in it', async () => {
    const { url, server } = await serve((request) => request.socket.destroy());
    const secret = { url: `${url}/?key=hunter2`, headers: { authorization: 'Bearer hunter2' } };
    const reset = await send(transport(), secret);
    expect(reset).toEqual({ failure: expect.stringMatching(/^[A-Z0-9_]+$/) });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const refused = await send(transport(), secret);
    expect(refused).toEqual({ failure: 'ECONNREFUSED', isUnsent: true });
    expect(await send(transport(), { url: 'http://[hunter2' })).toEqual({
      failure: expect.stringMatching(/^[A-Z0-9_]+$/),
      isUnsent: true,
    });
  });

  test('reads no more of a body than it needs, and never waits for the end of an endless one', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200);
      const flood = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', flood);
      };
      flood();
    });
    const result = await send(transport(), { url });
    expect(result).toMatchObject({ answer: { status: 200, complete: false } });
    expect((result as { answer: { body: string } }).answer.body.length).toBeLessThanOrEqual(65_536);
  });
});

describe('a failure says whether the request may have been written:', () => {
  const failureOf = async (over: Transport, url: string): Promise<AttemptResult> =>
    send(over, { url, body: 'x' });

  test('no, if no connection was made', async () => {
    const unsent = { failure: expect.any(String), isUnsent: true };
    const { url, server } = await serve(() => undefined);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await failureOf(transport(), url)).toEqual(unsent);
    expect(await failureOf(transport(), 'http://no-such-host.invalid/')).toEqual(unsent);
    expect(await failureOf(transport({ allowPrivateHosts: false }), url)).toEqual(unsent);
  });

  test('not at a deadline before it is its turn, or before TLS is agreed on', async () => {
    const silent = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const sockets = new Set<Socket>();
    silent.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
    ends.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => silent.close(resolve));
    });
    const tls = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    expect(await failureOf(transport({ timeoutMs: 100 }), tls)).toEqual({
      failure: 'timeout',
      isUnsent: true,
    });

    const { url } = await serve(() => undefined);
    // One socket, which a request of another transport occupies.
    const dispatcher = new Agent({ connections: 1 });
    ends.push(() => dispatcher.destroy());
    const first = failureOf(transport({ dispatcher }), url);
    const second = await failureOf(transport({ dispatcher, timeoutMs: 100 }), url);
    expect(second).toEqual({ failure: 'timeout', isUnsent: true });
    await dispatcher.destroy();
    expect(await first).toEqual({ failure: expect.any(String) });
  });

  test('yes, if the platform had it: reset, silent, closed at the end', async () => {
    const { url } = await serve((request) => request.socket.resetAndDestroy());
    expect(await failureOf(transport(), url)).toEqual({ failure: expect.any(String) });
    const { url: silent, server } = await serve(() => undefined);
    expect(await failureOf(transport({ timeoutMs: 100 }), silent)).toEqual({ failure: 'timeout' });
    const over = transport();
    const result = failureOf(over, silent);
    await new Promise((resolve) => server.once('request', resolve));
    await over.close();
    expect(await result).toEqual({ failure: 'closed' });
  });
});

describe('an answer that is longer than the limit', () => {
  const long = 'x'.repeat(70_000);

  test.each<[string, Record<string, string>, string | Buffer, string | undefined]>([
    ['plain', {}, long, 'long'],
    ['far too long', {}, 'x'.repeat(3_000_000), 'long'],
    ['when it is decoded', { 'content-encoding': 'gzip' }, gzipSync(long), 'long'],
    ['compressed and too long', { 'content-encoding': 'gzip' }, gzipSync(randomBytes(100_000)), 'long'],
    ['or just long enough', {}, 'x'.repeat(65_536), undefined],
    ['or cannot be decoded at all', { 'content-encoding': 'gzip' }, Buffer.from([1, 2, 3]), undefined],
  ])('says so: %s', async (_, headers, body, cut) => {
    const { url } = await serve((_request, response) => response.writeHead(200, headers).end(body));
    const result = (await send(transport(), { url })) as Extract<AttemptResult, { answer: object }>;
    expect(result).toMatchObject({ answer: { status: 200 } });
    expect(result.cut).toBe(cut);
  });
});

describe('the sockets of a lane', () => {
  test('are kept alive and no more than it may have attempts under way', async () => {
    const { url, sockets } = await serve((_, response) => response.end('ok'));
    const over = transport({ concurrency: 3 });
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 10 }, () => send(over, { url, body: 'x' })));
    }
    expect(sockets()).toBeLessThanOrEqual(3);
  });

  test('are closed at the end, with every attempt answered', async () => {
    const { url, server } = await serve(() => undefined);
    const over = transport();
    const results = Promise.all([send(over, { url }), send(over, { url })]);
    await new Promise((resolve) => server.once('request', resolve));
    await over.close();
    expect(await results).toEqual([{ failure: 'closed' }, { failure: 'closed' }]);
  });

  test('are those of the application’s dispatcher, which is never closed', async () => {
    const dispatcher = new MockAgent();
    dispatcher.disableNetConnect();
    ends.push(() => dispatcher.close());
    dispatcher
      .get('http://shop.example')
      .intercept({ path: '/e', method: 'POST' })
      .reply(200, 'mocked')
      .times(2);
    const over = transport({ dispatcher });
    expect(await send(over, { url: 'http://shop.example/e' })).toMatchObject({
      answer: { status: 200, body: 'mocked' },
    });
    await over.close();
    expect(await send(transport({ dispatcher }), { url: 'http://shop.example/e' })).toMatchObject({
      answer: { body: 'mocked' },
    });
  });

  test('are not used with a dispatcher of undici 6: the request cannot be made', async () => {
    const agent = new undici6.Agent();
    ends.push(() => agent.close());
    const mocked = new undici6.MockAgent();
    mocked.disableNetConnect();
    mocked.get('http://shop.example').intercept({ path: '/e', method: 'POST' }).reply(200);
    for (const dispatcher of [agent, mocked] as unknown as Agent[]) {
      const result = await send(transport({ dispatcher }), { url: 'http://shop.example/e' });
      expect(isNoRequest((result as { failure?: string }).failure)).toBe(true);
    }
  });

  test('leave no timer behind', async () => {
    const { url } = await serve((_, response) => response.end('ok'));
    const clock = new ManualClock();
    const agent = new Agent();
    ends.push(() => agent.close());
    const over = transport({ clock, dispatcher: agent });
    await send(over, { url });
    expect(clock.timers).toBe(0);
  });

  test('belong to no trace with OpenTelemetry, because a URL may contain a key', async () => {
    const api = Symbol.for('opentelemetry.js.api.1');
    const suppressed: unknown[] = [];
    const { url } = await serve((_, response) => response.end());
    const world = globalThis as Record<symbol, unknown>;
    world[api] = {
      context: {
        active: () => ({ setValue: (key: symbol, value: unknown) => ({ key: key.description, value }) }),
        with: (context: unknown, fn: () => unknown) => (suppressed.push(context), fn()),
      },
    };
    try {
      expect(await send(transport(), { url })).toMatchObject({ answer: { status: 200 } });
    } finally {
      delete world[api];
    }
    expect(suppressed).toEqual([{ key: 'OpenTelemetry SDK Context Key SUPPRESS_TRACING', value: true }]);
  });
});
