import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import { Transport } from '../../lib/delivery/http/transport.js';
import type { OutgoingRequest } from '../../lib/destinations/destination.js';
import { systemClock } from '../../lib/host/clock.js';
import { Log } from '../../lib/host/log.js';

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A host that sends only the bytes of the test. */
async function host(met: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    met(socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function transport(options: { concurrency?: number; pipelining?: number } = {}): Transport {
  const made = new Transport({
    dispatcher: undefined,
    concurrency: 1,
    pipelining: 1,
    timeoutMs: 10_000,
    clock: systemClock,
    log: new Log(),
    ...options,
  });
  open.push(() => made.close());
  return made;
}

function sent(by: Transport, request: Partial<OutgoingRequest> & { url: string }): Promise<AttemptResult> {
  return new Promise((done) => by.send({ method: 'POST', body: 'x', ...request }, done));
}

/** A host that answers each request with 200 and keeps its first line. */
async function listener(): Promise<{ at: string; lines: string[] }> {
  const lines: string[] = [];
  const at = await host((socket) =>
    socket.on('data', (data) => {
      lines.push(data.toString().split('\r\n', 1)[0]!);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    }),
  );
  return { at, lines };
}

describe('a request is made once', () => {
  test.each([
    [
      'asks for a pause and closes',
      (socket: Socket) =>
        socket.end('HTTP/1.1 429 x\r\nretry-after: 60\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
    ],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('although the host %s while others wait behind it', async (_, end) => {
    const seen: string[] = [];
    const at = await host((socket) => {
      let ended = false;
      socket.on('data', (data) => {
        seen.push(...[...data.toString().matchAll(/GET (\S+)/g)].map(([, path]) => path!));
        if (ended) return;
        ended = true;
        setTimeout(() => end(socket), 50);
      });
    });
    const by = transport({ concurrency: 8, pipelining: 8 });
    const results = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
        sent(by, { method: 'GET', url: `http://${at}/${n}`, body: undefined, idempotent: true } as never),
      ),
    );
    await new Promise((later) => setTimeout(later, 200));
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen).size).toBe(seen.length);
    expect(results.slice(1).every((result) => 'failure' in result)).toBe(true);
  });
});

test('a socket that is still connecting ends with the transport', async () => {
  let connected = (): void => {};
  let closed = (): void => {};
  const connection = new Promise<void>((resolve) => (connected = resolve));
  const end = new Promise<string>((resolve) => (closed = () => resolve('closed')));
  // It takes the connection and never answers the TLS greeting.
  const at = await host((socket) => {
    socket.once('close', closed);
    socket.resume();
    connected();
  });
  const by = transport();
  const result = sent(by, { url: `https://${at}/` });
  await connection;
  await by.close();
  await expect(result).resolves.toEqual({ failure: 'closed', isUnsent: true });
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('still open'), 2_000).unref());
  await expect(Promise.race([end, late])).resolves.toBe('closed');
});

describe('a URL', () => {
  test.each([
    ['', '/'],
    ['/', '/'],
    ['/a/b?c=/d', '/a/b?c=/d'],
    ['?next=/foo&token=1', '/?next=/foo&token=1'],
    ['?plain', '/?plain'],
    ['#part/of', '/'],
    ['/a#part', '/a'],
    ['/a?b=c#part/of?it', '/a?b=c'],
  ])('that ends in "%s" is asked for as "%s"', async (end, path) => {
    const { at, lines } = await listener();
    await sent(transport(), { url: `http://${at}${end}` });
    expect(lines).toEqual([`POST ${path} HTTP/1.1`]);
  });
});
