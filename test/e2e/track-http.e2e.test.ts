import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  BadRequestException,
  type CallHandler,
  Catch,
  ConflictException,
  Controller,
  Delete,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Head,
  HttpCode,
  Injectable,
  type ArgumentsHost,
  Module,
  type NestInterceptor,
  Post,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { type EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { from, map, mergeMap, type Observable, of, Subject, throwError } from 'rxjs';
import { Track } from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';
import { Gate, platforms, TrackedApplication } from './track-application.js';

const SOMEBODY = { identity: { fallback: { userId: 'somebody' } } };

/** Express' response and Fastify's reply have these in common. */
interface Reply {
  status(code: number): Reply;
  send(body?: unknown): Reply;
}

const unhandled: unknown[] = [];
const collect = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', collect));
afterEach(async () => {
  // Node reports unhandled rejections at the end of a turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', collect);
  expect(unhandled.splice(0)).toEqual([]);
});

let listening: EventEmitter | undefined;
let before = 0;
const countListeners = (): number =>
  (listening?.listenerCount('finish') ?? 0) + (listening?.listenerCount('close') ?? 0);

@Injectable()
class RefusesAfterwards implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(mergeMap(() => throwError(() => new ConflictException('taken'))));
  }
}

@Catch()
class AnswersWith200 implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().status(200).send({ rescued: true });
  }
}

@Catch()
class AnswersWith400 implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Reply>().status(400).send({ rescued: false });
  }
}

/** Option functions that were called in a HEAD request. */
let asked = 0;
const total = { amount: 1 };
const placedAt = new Date(1_750_000_000_000);
const destinations = ['nowhere'];

@Injectable()
class ChangesTheResult implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map(() => {
        total.amount = 2;
        placedAt.setTime(1_750_000_000_001);
        destinations[0] = 'elsewhere';
        return {};
      }),
    );
  }
}

let gates: { reached: Gate; open: Gate };

@Injectable()
class HoldsTheAnswer implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      mergeMap(async (value: unknown) => {
        gates.reached.open();
        await gates.open.opened;
        return value;
      }),
    );
  }
}

@Injectable()
class Stock {
  @Track('Stock Reserved')
  reserve(): number {
    return 1;
  }
}

const clicks = new Subject<{ data: string }>();

@Controller()
class Outcomes {
  constructor(private readonly stock: Stock) {}

  @Get('value')
  @Track('Happened', { properties: (result) => ({ result }) })
  value(): object {
    return { n: 1 };
  }

  @Get('promise')
  @Track('Happened', { properties: (result) => ({ result }) })
  async promise(): Promise<object> {
    await Promise.resolve();
    return { n: 1 };
  }

  @Get('observable')
  @Track('Happened', { properties: (result) => ({ result }) })
  observable(): Observable<object> {
    return of({ n: 0 }, { n: 1 });
  }

  @Get('res')
  @Track('Happened')
  res(@Res() reply: Reply): void {
    reply.status(200).send({ n: 1 });
  }

  @Get('res-returned')
  @Track('Happened')
  resReturned(@Res() reply: Reply): Reply {
    return reply.status(200).send({ n: 1 });
  }

  @Get('res-awaited')
  @Track('Happened')
  async resAwaited(@Res() reply: Reply & { raw?: EventEmitter }): Promise<void> {
    reply.status(200).send({ n: 1 });
    await once(reply.raw ?? (reply as unknown as EventEmitter), 'close');
  }

  @Get('file')
  @Track('Happened')
  file(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('{"n":'), Buffer.from('1}')]));
  }

  @Post('created')
  @Track('Happened')
  created(): object {
    return { n: 1 };
  }

  @Delete('nothing')
  @HttpCode(204)
  @Track('Happened')
  nothing(): void {}

  @Get('redirect')
  @Redirect('/value', 302)
  @Track('Happened')
  redirect(): void {}

  @Get('not-modified')
  @HttpCode(304)
  @Track('Happened')
  notModified(): void {}

  @Sse('sse')
  @Track('Happened', { properties: (result: { data: string }) => ({ last: result.data }) })
  sse(): Observable<{ data: string }> {
    return from(['a', 'b', 'c']).pipe(map((data) => ({ data })));
  }

  @Sse('sse-live')
  @Track('Happened', { properties: (result: { data: string }) => ({ last: result.data }) })
  live(): Observable<{ data: string }> {
    return clicks;
  }

  @Get('rescued')
  @UseFilters(AnswersWith200)
  @UseInterceptors(RefusesAfterwards)
  @Track('Happened')
  rescued(): object {
    return { n: 1 };
  }

  @Get('throws')
  @Track('Happened')
  throws(): never {
    throw new BadRequestException();
  }

  @Get('rejects')
  @Track('Happened')
  async rejects(): Promise<never> {
    await Promise.resolve();
    throw new Error('broken');
  }

  @Get('errors')
  @Track('Happened')
  errors(): Observable<never> {
    return throwError(() => new BadRequestException());
  }

  @Get('refused-afterwards')
  @UseInterceptors(RefusesAfterwards)
  @Track('Happened')
  refusedAfterwards(): object {
    return { n: 1 };
  }

  @Get('filtered')
  @UseFilters(AnswersWith400)
  @UseInterceptors(RefusesAfterwards)
  @Track('Happened')
  filtered(): object {
    return { n: 1 };
  }

  @Get('res-422')
  @Track('Happened')
  res422(@Res() reply: Reply): void {
    reply.status(422).send({ n: 1 });
  }

  @Get('passthrough-409')
  @Track('Happened')
  passthrough(@Res({ passthrough: true }) reply: Reply): object {
    reply.status(409);
    return { n: 1 };
  }

  @Get('code-500')
  @HttpCode(500)
  @Track('Happened')
  code500(): object {
    return { n: 1 };
  }

  @Get('inner')
  @UseInterceptors(RefusesAfterwards)
  @Track('Happened')
  inner(): object {
    this.helper();
    return { n: this.stock.reserve() };
  }

  @Track('Helped')
  helper(): void {}

  @Get('durable')
  @UseInterceptors(RefusesAfterwards)
  @Track('Happened', { durable: true })
  async durable(): Promise<object> {
    return { n: 1 };
  }

  @Get('held')
  @UseInterceptors(HoldsTheAnswer)
  @Track('Happened', { properties: (result: object) => result })
  held(): object {
    return { n: 1 };
  }

  @Get('changed')
  @UseInterceptors(ChangesTheResult)
  @Track('Happened', {
    properties: () => ({ total }),
    timestamp: () => placedAt,
    destinations: () => destinations,
    key: () => 'k',
    user: () => ({ userId: 'ada', anonymousId: 'v1' }),
  })
  changed(): void {}

  @Head('head')
  @Track('Happened', { when: () => ++asked > 0, properties: () => ({ asked: ++asked }) })
  head(): void {}

  @Get('durable-ok')
  @Track('Happened', { durable: true })
  async durableOk(): Promise<object> {
    return {};
  }

  @Get('unserialisable')
  @Track('Happened', { properties: () => [] })
  unserialisable(): void {}

  @Get('unserialisable-fails')
  @HttpCode(500)
  @Track('Happened', { properties: () => [] })
  unserialisableFails(): void {}

  @Get('listeners')
  @Track('One')
  @Track('Two')
  @Track('Three')
  listeners(): void {
    before = countListeners();
  }

  @Get('slow')
  @Track('Happened')
  async slow(): Promise<object> {
    gates.reached.open();
    await gates.open.opened;
    return { n: 1 };
  }

  @Get('twice')
  @Track('First')
  @Track('Second')
  twice(): object {
    return {};
  }
}

@Module({ controllers: [Outcomes], providers: [Stock] })
class OutcomesModule {}

describe.each(platforms)('@Track on a handler of %s', (platform) => {
  let shop: TrackedApplication;

  beforeEach(async () => {
    gates = { reached: new Gate(), open: new Gate() };
    total.amount = 1;
    asked = 0;
    placedAt.setTime(1_750_000_000_000);
    destinations[0] = 'nowhere';
    shop = await TrackedApplication.start(platform, { imports: [OutcomesModule], ...SOMEBODY });
  });
  afterEach(() => shop.close());

  test.each([
    ['a value', 'GET', '/value', 200],
    ['a promise', 'GET', '/promise', 200],
    ['an Observable', 'GET', '/observable', 200],
    ['@Res()', 'GET', '/res', 200],
    ['@Res() that it returns', 'GET', '/res-returned', 200],
    ['a stream', 'GET', '/file', 200],
    ['201', 'POST', '/created', 201],
    ['204', 'DELETE', '/nothing', 204],
    ['a redirect', 'GET', '/redirect', 302],
    ['304', 'GET', '/not-modified', 304],
    ['events', 'GET', '/sse', 200],
    ['what a filter rescued', 'GET', '/rescued', 200],
  ] as const)('records once when it answers with %s', async (_what, method, path, status) => {
    const answer = await shop.request(path, { method });
    expect(answer.status).toBe(status);
    expect(shop.events).toMatchObject([{ name: 'Happened', userId: 'somebody' }]);
  });

  test.each([
    ['throws', '/throws', 400],
    ['rejects', '/rejects', 500],
    ['returns an Observable that fails', '/errors', 400],
    ['is refused by an interceptor afterwards', '/refused-afterwards', 409],
    ['is answered for by a filter', '/filtered', 400],
    ['answers with @Res() itself', '/res-422', 422],
    ['sets a status on the way', '/passthrough-409', 409],
    ['has a status of failure by decorator', '/code-500', 500],
  ] as const)('records nothing when it %s', async (_what, path, status) => {
    const answer = await shop.request(path);
    expect(answer.status).toBe(status);
    expect(shop.names).toEqual([]);
    expect(shop.stats.called).toBe(0);
  });

  test.each([
    '/value',
    '/promise',
    '/observable',
    '/res',
    '/res-returned',
    '/file',
    '/head',
    '/twice',
    '/durable-ok',
  ])('records nothing for a HEAD request to %s, and counts it', async (path) => {
    const answer = await shop.request(path, { method: 'HEAD' });
    expect(answer.status).toBe(200);
    await new Promise((resolve) => setImmediate(resolve));
    expect(shop.names).toEqual([]);
    const { stats } = shop;
    expect(stats.suppressed).toEqual({ head_request: path === '/twice' ? 2 : 1 });
    expectAccounted(stats);
    expect(asked).toBe(0);
    await shop.request(path === '/head' ? '/value' : path);
    await new Promise((resolve) => setImmediate(resolve));
    expect(shop.names).not.toEqual([]);
  });

  test('records no event of the handler for a HEAD request that fails, and the events of its services', async () => {
    expect((await shop.request('/throws', { method: 'HEAD' })).status).toBe(400);
    expect(shop.stats.called).toBe(0);
    expect((await shop.request('/inner', { method: 'HEAD' })).status).toBe(409);
    expect(shop.names).toEqual(['Helped', 'Stock Reserved']);
  });

  test.each(['/value', '/promise', '/observable'])(
    'gives the result of %s to the options, and to the client',
    async (path) => {
      const answer = await shop.request(path);
      expect(JSON.parse(answer.text)).toEqual({ n: 1 });
      expect(shop.events).toMatchObject([
        { properties: { result: { n: 1 } }, source: `Outcomes.${path.slice(1)}` },
      ]);
    },
  );

  test('records the events of services and of other methods, though the request fails', async () => {
    const answer = await shop.request('/inner');
    expect(answer.status).toBe(409);
    expect(shop.names).toEqual(['Helped', 'Stock Reserved']);
  });

  test('records a durable event when the method succeeds, with any answer', async () => {
    const answer = await shop.request('/durable');
    expect(answer.status).toBe(409);
    expect(shop.names).toEqual(['Happened']);
  });

  test('records each of two decorators once', async () => {
    await shop.request('/twice');
    expect(shop.names.toSorted()).toEqual(['First', 'Second']);
  });

  test('records when the method succeeds after its answer', async () => {
    await shop.request('/res-awaited');
    await new Promise((resolve) => setImmediate(resolve));
    expect(shop.names).toEqual(['Happened']);
  });

  test('records nothing before the answer is on its way', async () => {
    const answer = shop.request('/held');
    await gates.reached.opened;
    expect(shop.names).toEqual([]);
    gates.open.open();
    expect((await answer).status).toBe(200);
    expect(shop.names).toEqual(['Happened']);
  });

  test('records for the shopper who leaves after it has succeeded', async () => {
    const leaving = new AbortController();
    const answer = shop.send('/held', { signal: leaving.signal }).catch(() => 'left');
    await gates.reached.opened;
    leaving.abort();
    expect(await answer).toBe('left');
    await shop.answered();
    expect(shop.events).toMatchObject([{ name: 'Happened', properties: { n: 1 } }]);
    gates.open.open();
  });

  test('records for the shopper who left before it succeeded', async () => {
    const leaving = new AbortController();
    const answer = shop.send('/slow', { signal: leaving.signal }).catch(() => 'left');
    await gates.reached.opened;
    leaving.abort();
    await answer;
    await shop.answered();
    expect(shop.names).toEqual([]);
    gates.open.open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(shop.names).toEqual(['Happened']);
  });

  test('records the values at the time of success, whatever changes later', async () => {
    await shop.request('/changed');
    expect(shop.events).toMatchObject([
      {
        properties: { total: { amount: 1 } },
        timestamp: 1_750_000_000_000,
        lanes: ['nowhere'],
        userId: 'ada',
        anonymousId: 'v1',
      },
    ]);
  });

  test('counts properties that are no JSON only if the method succeeds', async () => {
    await shop.request('/unserialisable-fails');
    expect(shop.stats.called).toBe(0);
    expect((await shop.request('/unserialisable')).status).toBe(200);
    expect(shop.stats).toMatchObject({ called: 1, rejected: { unserialisable: 1 } });
  });

  test('listens once per response, whatever the number of events', async () => {
    @Injectable()
    class Counts implements NestInterceptor {
      intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
        const reply = context.switchToHttp().getResponse<EventEmitter & { raw?: EventEmitter }>();
        listening = reply.raw ?? reply;
        return next.handle().pipe(map(() => (added = countListeners() - before)));
      }
    }
    let added = -1;
    await shop.close();
    shop = await TrackedApplication.start(platform, {
      imports: [OutcomesModule],
      ...SOMEBODY,
      configure: (app) => void app.useGlobalInterceptors(new Counts()),
    });
    await shop.request('/listeners');
    expect(added).toBe(2);
    expect(shop.names.toSorted()).toEqual(['One', 'Three', 'Two']);
  });

  test('records events of a live stream once, with the last value, when its client leaves', async () => {
    const answer = await shop.send('/sse-live');
    clicks.next({ data: 'one' });
    clicks.next({ data: 'two' });
    let read = '';
    for await (const chunk of answer.body) {
      read += String(chunk);
      if (read.includes('two')) break; // closes the connection
    }
    await shop.answered();
    expect(shop.events).toMatchObject([{ properties: { last: 'two' } }]);
  });

  test('records the last of events that end', async () => {
    await shop.request('/sse');
    expect(shop.events).toMatchObject([{ properties: { last: 'c' } }]);
  });
});
