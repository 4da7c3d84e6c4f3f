import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import dns from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { createServer } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { HostLookup } from '../../../lib/delivery/http/host-lookup.js';
import type { AttemptResult } from '../../../lib/delivery/reading.js';
import { Transport } from '../../../lib/delivery/http/transport.js';
import { systemClock } from '../../../lib/host/clock.js';
import { Log } from '../../../lib/host/log.js';
import { ManualClock } from '../../support/manual-clock.js';
import { aLog } from '../../support/spoken-log.js';

type Answer = (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void;

/** A resolver that the test controls: its unanswered lookups. */
const asked: { name: string; options: LookupOptions; answer: Answer }[] = [];
let total = 0;
const own = dns.lookup;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  asked.length = 0;
  total = 0;
  const held = (name: string, options: LookupOptions, answer: Answer): void => {
    // What a server asks for to listen.
    if (isIP(name) > 0) return own(name, options as dns.LookupAllOptions, answer);
    total++;
    asked.push({ name, options, answer });
  };
  dns.lookup = held as unknown as typeof dns.lookup;
});
afterEach(async () => {
  dns.lookup = own;
  for (const end of ends.splice(0).toReversed()) await end();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const addresses = (...list: string[]): LookupAddress[] => list.map((address) => ({ address, family: 4 }));
const notFound = (): NodeJS.ErrnoException => Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });

function answer(error: NodeJS.ErrnoException | null, ...found: string[]): void {
  asked.shift()!.answer(error, error === null ? addresses(...found) : undefined);
}

/** The result for a socket: its addresses, or a code. */
function find(lookup: HostLookup, name: string, options: LookupOptions = { all: true }): Promise<unknown> {
  return new Promise((resolve) =>
    lookup.lookup()(name, options, (error, found, family) =>
      resolve(error?.code ?? (Array.isArray(found) ? found.map((each) => each.address) : [found, family])),
    ),
  );
}

describe('a lookup', () => {
  test('is one for all sockets, and its result is shared for 30 seconds', async () => {
    const clock = new ManualClock();
    const lookup = new HostLookup(clock, new Log());
    const sockets = Promise.all(Array.from({ length: 32 }, () => find(lookup, 'a.example')));
    expect(asked.map(({ name }) => name)).toEqual(['a.example']);
    answer(null, '192.0.2.1', '192.0.2.2');
    for (const found of await sockets) expect(found).toEqual(['192.0.2.1', '192.0.2.2']);
    clock.advance(29_999);
    expect(await find(lookup, 'a.example')).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(total).toBe(1);
    clock.advance(1);
    const later = find(lookup, 'a.example');
    answer(null, '192.0.2.3');
    expect(await later).toEqual(['192.0.2.3']);
    expect(total).toBe(2);
    expect(clock.timers).toBe(0);
  });

  test('asks for all addresses, and gives one to a socket that wants one', async () => {
    const lookup = new HostLookup(new ManualClock(), new Log());
    const found = find(lookup, 'a.example', { family: 4, hints: dns.ADDRCONFIG });
    expect(asked[0]!.options).toMatchObject({ family: 4, hints: dns.ADDRCONFIG, all: true });
    answer(null, '192.0.2.1', '192.0.2.2');
    expect(await found).toEqual(['192.0.2.1', 4]);
  });

  test('is the only one that runs, for any names', async () => {
    const lookup = new HostLookup(new ManualClock(), new Log());
    const found = ['a.example', 'b.example', 'c.example'].map((name) => find(lookup, name));
    for (const [index, name] of ['a.example', 'b.example', 'c.example'].entries()) {
      expect(asked.map((each) => each.name)).toEqual([name]);
      answer(null, `192.0.2.${index}`);
    }
    expect(await Promise.all(found)).toEqual([['192.0.2.0'], ['192.0.2.1'], ['192.0.2.2']]);
    expect(total).toBe(3);
  });

  test('that hangs does not delay hosts that were found before', async () => {
    const clock = new ManualClock();
    const lookup = new HostLookup(clock, new Log());
    const first = find(lookup, 'good.example');
    answer(null, '192.0.2.1');
    await first;
    clock.advance(60_000);
    const hanging = find(lookup, 'silent.example');
    expect(await find(lookup, 'good.example')).toEqual(['192.0.2.1']);
    expect(asked.map(({ name }) => name)).toEqual(['silent.example']);
    answer(notFound());
    expect(await hanging).toBe('ENOTFOUND');
    // The lookup has ended, so the next socket sees the change.
    expect(asked.map(({ name }) => name)).toEqual(['good.example']);
    answer(null, '192.0.2.2');
    expect(await find(lookup, 'good.example')).toEqual(['192.0.2.2']);
  });

  test('that failed is not tried again at once, but later and later, up to 30 seconds', async () => {
    const clock = new ManualClock();
    const lookup = new HostLookup(clock, new Log());
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = total;
      const failed = find(lookup, 'a.example');
      answer(notFound());
      expect(await failed).toBe('ENOTFOUND');
      clock.advance(pauseMs - 1);
      expect(await find(lookup, 'a.example')).toBe('ENOTFOUND');
      expect(total).toBe(before + 1);
      clock.advance(1);
    }
    const found = find(lookup, 'a.example');
    answer(null, '192.0.2.1');
    expect(await found).toEqual(['192.0.2.1']);
    clock.advance(30_000);
    void find(lookup, 'a.example');
    answer(notFound());
    clock.advance(1_000);
    void find(lookup, 'a.example');
    expect(asked).toHaveLength(1);
  });

  test.each<[string, (answer: Answer) => void]>([
    [
      'throws',
      () => {
        throw new TypeError('secret');
      },
    ],
    ['finds no address', (answer) => process.nextTick(answer, null, [])],
    ['gives an address instead of a list', (answer) => process.nextTick(answer, null, '192.0.2.1')],
    ['gives null', (answer) => process.nextTick(answer, null, null)],
    ['gives a list of something else', (answer) => process.nextTick(answer, null, [null, {}])],
  ])(
    'of the application’s own that %s is a failure like any other, and holds up no other',
    async (_, own) => {
      const lookup = new HostLookup(new ManualClock(), new Log());
      const held = dns.lookup;
      dns.lookup = ((_name: string, _options: LookupOptions, done: Answer) => own(done)) as typeof dns.lookup;
      expect(await find(lookup, 'a.example')).toBe('ENOTFOUND');
      dns.lookup = held;
      const found = find(lookup, 'b.example');
      answer(null, '192.0.2.1');
      expect(await found).toEqual(['192.0.2.1']);
    },
  );

  test('whose result a socket cannot use leaves a trace, and holds up no other socket', async () => {
    const { log, spoken } = aLog();
    const lookup = new HostLookup(new ManualClock(), log);
    lookup.lookup()('a.example', { all: true }, () => {
      throw new TypeError('unforeseen');
    });
    const same = find(lookup, 'a.example');
    const other = find(lookup, 'b.example');
    answer(null, '192.0.2.1');
    answer(null, '192.0.2.2');
    expect([await same, await other]).toEqual([['192.0.2.1'], ['192.0.2.2']]);
    expect(spoken.errors).toEqual([expect.stringContaining('giving a socket its addresses')]);
  });

  test('is the last one after closing, so that the process may end', async () => {
    const lookup = new HostLookup(new ManualClock(), new Log());
    const found = find(lookup, 'a.example');
    void find(lookup, 'b.example');
    lookup.close();
    answer(notFound());
    expect(await found).toBe('ENOTFOUND');
    expect(total).toBe(1);
  });

  test('keeps a bounded number of names', async () => {
    const lookup = new HostLookup(new ManualClock(), new Log());
    for (let n = 0; n < 1_001; n++) {
      const found = find(lookup, `${n}.example`);
      answer(null, '192.0.2.1');
      await found;
    }
    await find(lookup, '1000.example');
    expect(total).toBe(1_001);
    void find(lookup, '0.example');
    expect(total).toBe(1_002);
  });
});

describe('the sockets of a lane', () => {
  async function serve(): Promise<{ port: number; sockets: () => number }> {
    let sockets = 0;
    const server = createServer((_, response) => response.end('ok')).on('connection', () => sockets++);
    server.keepAliveTimeout = 600_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
    return { port: (server.address() as AddressInfo).port, sockets: () => sockets };
  }

  test('look up their host once, and connect to the result', async () => {
    const { port, sockets } = await serve();
    const over = new Transport({
      dispatcher: undefined,
      concurrency: 8,
      pipelining: 1,
      timeoutMs: 10_000,
      clock: systemClock,
      log: new Log(),
      lookup: new HostLookup(systemClock, new Log()),
    });
    ends.push(() => over.close());
    const results = Promise.all(
      Array.from(
        { length: 8 },
        () =>
          new Promise<AttemptResult>((resolve) =>
            over.send({ method: 'POST', url: `http://collector.example:${port}/`, body: 'x' }, resolve),
          ),
      ),
    );
    await turn();
    expect(asked.map(({ name }) => name)).toEqual(['collector.example']);
    answer(null, '127.0.0.1');
    for (const result of await results) expect(result).toMatchObject({ answer: { status: 200 } });
    expect(sockets()).toBe(8);
    expect(total).toBe(1);
  });

  test.each(['idle', 'busy'])('are replaced once a day: %s', async (state) => {
    const clock = new ManualClock();
    const { port, sockets } = await serve();
    const over = new Transport({
      dispatcher: undefined,
      concurrency: 1,
      pipelining: 1,
      timeoutMs: 10_000,
      clock,
      log: new Log(),
      lookup: new HostLookup(clock, new Log()),
    });
    ends.push(() => over.close());
    const send = (): Promise<AttemptResult> =>
      new Promise((resolve) =>
        over.send({ method: 'POST', url: `http://127.0.0.1:${port}/`, body: 'x' }, resolve),
      );
    await send();
    clock.advance(86_399_000);
    await send();
    expect(sockets()).toBe(1);
    // A running request keeps the old socket until its answer.
    const underWay = state === 'busy' ? [send()] : [];
    clock.advance(1_000);
    for (const result of await Promise.all([...underWay, send(), send()])) {
      expect(result).toMatchObject({ answer: { status: 200 } });
    }
    expect(sockets()).toBe(2);
  });
});
