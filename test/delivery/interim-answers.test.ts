import { afterEach, describe, expect, test } from '@jest/globals';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import { Transport } from '../../lib/delivery/http/transport.js';
import type { OutgoingRequest } from '../../lib/destinations/destination.js';
import { systemClock } from '../../lib/host/clock.js';
import { Log } from '../../lib/host/log.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n';
const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n';

/** Answers each request, which is taken to end with a line feed, by what it is given: no HTTP server would send it. */
async function raw(
  answer: (socket: Socket) => void,
): Promise<{ url: string; requests: () => number; sockets: () => number }> {
  let requests = 0;
  let sockets = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    sockets++;
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const ended = chunk.toString().split('\n;').length - 1;
      for (let request = 0; request < ended; request++) {
        requests++;
        answer(socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of open) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    sockets: () => sockets,
  };
}

function transport(pipelining = 1): Transport {
  const made = new Transport({
    dispatcher: undefined,
    concurrency: pipelining,
    pipelining,
    timeoutMs: 10_000,
    clock: systemClock,
    log: new Log(),
  });
  ends.push(() => made.close());
  return made;
}

function send(over: Transport, request: Partial<OutgoingRequest> & { url: string }): Promise<AttemptResult> {
  return new Promise((resolve) => over.send({ method: 'POST', body: '\n;', ...request }, resolve));
}

describe('interim answers are read over', () => {
  test.each([
    ['100 Continue that nobody asked for', CONTINUE],
    ['102 Processing', PROCESSING],
    ['103 Early Hints', HINTS],
    ['several of them', CONTINUE + CONTINUE + PROCESSING + HINTS + CONTINUE],
    ['one with fields', 'HTTP/1.1 100 Continue\r\nx-proxy: 7\r\n\r\n'],
    ['one without a phrase', 'HTTP/1.1 100 \r\n\r\n'],
  ])('%s', async (_, interim) => {
    const { url, requests, sockets } = await raw((socket) => socket.write(interim + OK));
    const over = transport();
    for (let round = 0; round < 3; round++) {
      expect(await send(over, { url })).toMatchObject({
        answer: { status: 200, body: 'ok', complete: true },
      });
    }
    expect(requests()).toBe(3);
    expect(sockets()).toBe(1);
  });

  test('with any cut of the network', async () => {
    const whole = CONTINUE + CONTINUE + OK;
    for (let cut = 1; cut < whole.length; cut++) {
      const { url, requests } = await raw((socket) => {
        socket.write(whole.slice(0, cut), () => setImmediate(() => socket.write(whole.slice(cut))));
      });
      expect(await send(transport(), { url })).toMatchObject({ answer: { status: 200, body: 'ok' } });
      expect(requests()).toBe(1);
    }
  });

  test('between the answers to requests that share a socket', async () => {
    const { url, requests } = await raw((socket) => socket.write(CONTINUE + OK));
    const over = transport(4);
    const results = await Promise.all(
      Array.from({ length: 12 }, () => send(over, { url, idempotent: true })),
    );
    expect(results).toHaveLength(12);
    for (const result of results) expect(result).toMatchObject({ answer: { status: 200, body: 'ok' } });
    expect(requests()).toBe(12);
  });
});
