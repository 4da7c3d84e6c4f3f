import { expect, test } from '@jest/globals';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Transport } from '../../../lib/delivery/http/transport.js';
import { kissmetrics } from '../../../lib/destinations/kissmetrics/kissmetrics.js';
import { systemClock } from '../../../lib/host/clock.js';
import { Log } from '../../../lib/host/log.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';

test.each([
  ['POST', undefined, 8],
  ['GET', undefined, 8],
  ['POST', 1, 32],
] as const)(
  '32 requests by %s with pipelining %s are under way at once, over %i sockets',
  async (method, pipelining, expected) => {
    const sockets = new Set<Socket>();
    const waiting: ServerResponse[] = [];
    // No request is answered before 32 have arrived: with fewer in flight this would never end.
    const server = createServer((request, response) => {
      request.resume();
      sockets.add(request.socket);
      waiting.push(response);
      if (waiting.length === 32) for (const each of waiting) each.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const apiKey = '0123456789abcdef0123456789abcdef01234567';
    const destination = kissmetrics({
      apiKey,
      endpoint,
      method,
      ...(pipelining !== undefined && { pipelining }),
    });
    const transport = new Transport({
      dispatcher: undefined,
      concurrency: destination.concurrency!,
      pipelining: destination.pipelining!,
      timeoutMs: 10_000,
      clock: systemClock,
      log: new Log(),
    });

    const send = (name: string) =>
      new Promise((resolve) => {
        transport.send(
          destination.encode([inLane(anEvent({ name }))], { now: NEW_YEAR, number: 1 }),
          resolve,
        );
      });
    const results = await Promise.all(Array.from({ length: 32 }, (_, i) => send(`Event ${i}`)));

    expect(results).toEqual(
      Array(32).fill(expect.objectContaining({ answer: expect.objectContaining({ status: 200 }) })),
    );
    expect(sockets.size).toBe(expected);
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
  },
);
