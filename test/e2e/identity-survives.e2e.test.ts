import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Param,
  UseGuards,
} from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  fromCookie,
  fromHeader,
  fromJwtClaim,
  type Identity,
  RunAs,
  Track,
  TrackingService,
} from '../../lib/index.js';
import { platforms, TrackedApplication } from './track-application.js';

const TOTAL = 2_000;
const AT_ONCE = 48;

interface Request {
  auth?: { payload: { sub: string } };
  headers: Record<string, string>;
}

/** Like a JWT library: verifies the token, and puts the payload on the request. */
@Injectable()
class Verifies implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    await nextTurn();
    request.auth = { payload: { sub: request.headers['authorization']! } };
    return true;
  }
}

/** A queue of the process. One loop processes it, in the async context of the request that found it idle. */
@Injectable()
class Mailing {
  readonly #jobs: { expected: string; identity: Identity | undefined; done: () => void }[] = [];
  #working = false;

  constructor(private readonly tracking: TrackingService) {}

  send(expected: string): Promise<void> {
    return new Promise((done) => {
      this.#jobs.push({ expected, identity: this.tracking.identity(), done });
      if (!this.#working) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      const { expected, identity, done } = job;
      await nextTurn();
      await this.tracking.runAs(identity ?? {}, () => this.mail(expected));
      await this.decorated(job);
      done();
    }
    this.#working = false;
  }

  async mail(expected: string): Promise<void> {
    await Promise.resolve();
    this.tracking.track('Mailed By The Service', { expected });
  }

  @RunAs((job: { identity: Identity | undefined }) => job.identity)
  @Track('Mailed', { properties: (expected: string) => ({ expected }) })
  async decorated({ expected }: { expected: string; identity: Identity | undefined }): Promise<string> {
    await Promise.resolve();
    return expected;
  }
}

@Controller('orders')
@UseGuards(Verifies)
class OrdersController {
  readonly #emitter = new EventEmitter();

  constructor(
    private readonly tracking: TrackingService,
    private readonly mailing: Mailing,
  ) {
    // One listener for all requests, added outside of every request.
    this.#emitter.on('ordered', (expected: string, heard: () => void) => {
      this.tracking.track('Heard', { expected });
      void nextTurn()
        .then(() => this.tracking.track('Heard Later', { expected }))
        .then(heard);
    });
  }

  @Get(':id')
  @Track('Answered', { properties: (expected: string) => ({ expected }) })
  async order(@Param('id') expected: string): Promise<string> {
    await Promise.all([
      this.#afterTimers(expected),
      this.#throughStreams(expected),
      new Promise<void>((heard) => this.#emitter.emit('ordered', expected, heard)),
      this.mailing.send(expected),
      nextTurn().then(() => queueMicrotask(() => this.tracking.track('After Promises', { expected }))),
    ]);
    return expected;
  }

  async #afterTimers(expected: string): Promise<void> {
    const timers = new EventEmitter();
    setTimeout(() => {
      this.tracking.track('After A Timer', { expected });
      process.nextTick(() => timers.emit('over'));
    }, expected.length % 3);
    await once(timers, 'over');
  }

  async #throughStreams(expected: string): Promise<void> {
    const { tracking } = this;
    await pipeline(
      Readable.from(['a', 'b']),
      new Transform({
        transform(chunk: Buffer, _encoding, next) {
          setImmediate(() => {
            tracking.track('In A Stream', { expected });
            next(null, chunk);
          });
        },
      }),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) yield chunk;
        tracking.track('At Its End', { expected });
      },
      async (source: AsyncIterable<Buffer>) => {
        for await (const _ of source) await nextTurn();
      },
    );
  }
}

/** The events of one request. */
const NAMES = [
  'After A Timer',
  'After Promises',
  'Answered',
  'At Its End',
  'Heard',
  'Heard Later',
  'In A Stream',
  'In A Stream',
  'Mailed',
  'Mailed By The Service',
];

describe.each(platforms)('on %s', (platform) => {
  let shop: TrackedApplication;
  afterEach(() => shop.close());

  test('thousands of requests at once keep their people through promises, streams, timers, emitters and a queue', async () => {
    shop = await TrackedApplication.start(platform, {
      controllers: [OrdersController],
      providers: [Mailing],
      identity: { resolvers: [fromJwtClaim('sub'), fromHeader('x-visitor'), fromCookie('visitor')] },
      context: { userAgent: true },
    });
    let asked = 0;
    const shopper = async (): Promise<void> => {
      while (asked < TOTAL) {
        const id = `user-${asked++}`;
        const visitor =
          asked % 2 === 0
            ? { 'x-visitor': `v-${id}` }
            : { cookie: `visitor=${encodeURIComponent(`v-${id}`)}` };
        const answer = await shop.send(`/orders/${id}`, {
          headers: { authorization: id, 'user-agent': `of-${id}`, ...visitor },
        });
        expect(await answer.body.text()).toBe(id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, shopper));
    await shop.answered();

    const byPerson = new Map<string, string[]>();
    for (const { name, userId, anonymousId, context, properties } of shop.events) {
      const expected = properties['expected'] as string;
      expect([userId, anonymousId]).toEqual([expected, `v-${expected}`]);
      // The queue's loop runs in the context of the first request: the client's data is not about the person.
      expect(context?.['userAgent']).toBe(name.startsWith('Mailed') ? undefined : `of-${expected}`);
      const names = byPerson.get(expected);
      if (names === undefined) byPerson.set(expected, [name]);
      else names.push(name);
    }
    expect(byPerson.size).toBe(TOTAL);
    for (const names of byPerson.values()) expect(names.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(NAMES);
    expect(shop.stats.rejected).toEqual({});
    expect(shop.stats.notices).toEqual({});
  }, 120_000);
});
