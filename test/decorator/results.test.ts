/* eslint-disable unicorn/no-thenable -- the test is about lazy thenables */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import {
  BehaviorSubject,
  EMPTY,
  firstValueFrom,
  lastValueFrom,
  type Observable,
  of,
  range,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { Track, type TrackOptions } from '../../lib/decorator/track.decorator.js';
import { RecordingTracking } from './recording.js';

const unhandled: unknown[] = [];
const collect = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', collect));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', collect);
  expect(unhandled.splice(0)).toEqual([]);
});

let tracking: RecordingTracking;
beforeEach(() => void (tracking = new RecordingTracking()));

/** A method that returns the result of `make`, and records the result that its options get. */
function tracked<T>(make: () => T, options: TrackOptions = {}): () => T {
  class Service {
    @Track('Done', { properties: (result: unknown) => ({ result }), ...options })
    run(): T {
      return make();
    }
  }
  const service = tracking.bind(new Service());
  return () => service.run();
}

const results = (): unknown[] =>
  tracking.events.map(({ properties }) => (properties as { result: unknown }).result);

describe('a method that returns', () => {
  test.each([
    [undefined],
    [null],
    [0],
    ['text'],
    [false],
    [Symbol.iterator],
    [{ n: 1 }],
    [[1]],
    [new Date(0)],
  ])('%p has succeeded at once', (value) => {
    expect(tracked<unknown>(() => value)()).toBe(value);
    expect(results()).toEqual([value]);
  });

  test('nothing but an error has not', () => {
    const error = new Error('broken');
    let caught: unknown;
    try {
      tracked(() => {
        throw error;
      })();
    } catch (thrown) {
      caught = thrown;
    }
    expect(caught).toBe(error);
    expect(results()).toEqual([]);
  });

  test('an object that cannot be looked at has succeeded all the same', () => {
    const hostile: object = new Proxy(
      {},
      {
        get() {
          throw new Error('no');
        },
      },
    );
    expect(tracked(() => hostile, { properties: {} })()).toBe(hostile);
    expect(tracking.names).toEqual(['Done']);
  });
});

describe('a promise', () => {
  test('is returned as it is, and has succeeded when it is fulfilled', async () => {
    const promise = Promise.resolve(7);
    const returned = tracked(() => promise)();
    expect(returned).toBe(promise);
    expect(results()).toEqual([]);
    expect(await returned).toBe(7);
    expect(results()).toEqual([7]);
  });

  test('that is rejected passes through and records nothing', async () => {
    const error = new Error('broken');
    await expect(tracked(() => Promise.reject(error))()).rejects.toBe(error);
    expect(results()).toEqual([]);
  });

  test('of another realm counts as one', async () => {
    const promise = runInNewContext('Promise.resolve(7)') as Promise<number>;
    expect(promise).not.toBeInstanceOf(Promise);
    const returned = tracked(() => promise)();
    expect(Object.hasOwn(returned, 'then')).toBe(false);
    await returned;
    expect(results()).toEqual([7]);
  });
});

describe('a lazy thenable', () => {
  test('that is frozen is returned unchanged, and records nothing, because its outcome is unknown', async () => {
    const frozen = Object.freeze({
      then: (_: unknown, rejected: (reason: unknown) => unknown) => rejected(new Error('refused')),
    }) as unknown as PromiseLike<void>;
    const result = tracked(() => frozen)();
    expect(result).toBe(frozen);
    await expect(Promise.resolve(result)).rejects.toThrow('refused');
    expect(tracking.events).toEqual([]);
  });

  class Query implements PromiseLike<number> {
    runs = 0;
    limited = false;
    limit(): this {
      this.limited = true;
      return this;
    }
    then<A, B>(
      fulfilled?: ((value: number) => A | PromiseLike<A>) | null,
      rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      const run = ++this.runs;
      return Promise.resolve(run).then(fulfilled, rejected) as Promise<A | B>;
    }
  }

  test('is not run by us, and only once by its caller', async () => {
    const query = new Query();
    const returned = tracked(() => query)();
    expect(returned).toBe(query);
    await new Promise((resolve) => setImmediate(resolve));
    expect([query.runs, results()]).toEqual([0, []]);
    expect(await returned.limit()).toBe(1);
    expect([query.runs, query.limited, results()]).toEqual([1, true, [1]]);
  });

  test('that is run again by its caller is still one call', async () => {
    const returned = tracked(() => new Query())();
    expect([await returned, await returned]).toEqual([1, 2]);
    expect(results()).toEqual([1]);
  });

  test('that fails passes its error on', async () => {
    const error = new Error('broken');
    const failing: PromiseLike<number> = { then: (ok, no) => Promise.reject<number>(error).then(ok, no) };
    await expect(Promise.resolve(tracked(() => failing)())).rejects.toBe(error);
    expect(results()).toEqual([]);
  });

  test('derived from Promise is not taken for a fulfilled one', async () => {
    class LazyPromise extends Promise<number> {
      static override get [Symbol.species](): PromiseConstructor {
        return Promise;
      }
      override then<A = number, B = never>(
        ok?: ((value: number) => A | PromiseLike<A>) | null,
        no?: ((reason: unknown) => B | PromiseLike<B>) | null,
      ): Promise<A | B> {
        return Promise.resolve(9).then(ok, no) as Promise<A | B>;
      }
    }
    const returned = tracked(() => new LazyPromise((resolve) => resolve(0)))();
    await new Promise((resolve) => setImmediate(resolve));
    expect(results()).toEqual([]);
    expect(await returned).toBe(9);
    expect(results()).toEqual([9]);
  });

  test('that is durable hands on its value once committed', async () => {
    const returned = tracked(() => new Query(), { durable: true })();
    expect(await returned).toBe(1);
    expect(tracking.events).toMatchObject([{ durable: true }]);
    expect(tracking.notices).toEqual([]);
  });
});

describe('an Observable', () => {
  test('has succeeded with its last value when it completes', async () => {
    const stream$ = tracked(() => of(1, 2, 3))();
    expect(results()).toEqual([]);
    expect(await firstValueFrom(stream$.pipe(toArray()))).toEqual([1, 2, 3]);
    expect(results()).toEqual([3]);
  });

  test('has succeeded when it completes without a value', async () => {
    await lastValueFrom(tracked<Observable<unknown>>(() => EMPTY)(), { defaultValue: 0 });
    expect(results()).toEqual([undefined]);
  });

  test('has succeeded when it is left after a value, and not before', () => {
    const source = new Subject<number>();
    const stream$ = tracked(() => source as Observable<number>)();
    stream$.subscribe().unsubscribe();
    expect(results()).toEqual([]);
    const subscription = stream$.subscribe();
    source.next(1);
    source.next(2);
    subscription.unsubscribe();
    expect(results()).toEqual([2]);
    expect(source.observed).toBe(false);
  });

  test('counts once with several subscriptions', async () => {
    let ran = 0;
    const stream$ = tracked(() => range(1, 3 + ran++))();
    await lastValueFrom(stream$);
    await lastValueFrom(stream$);
    await firstValueFrom(stream$);
    expect(results()).toEqual([3]);
  });

  test('that fails records nothing, also after values', async () => {
    const error = new Error('broken');
    await expect(lastValueFrom(tracked(() => throwError(() => error))())).rejects.toBe(error);
    const source = new Subject<number>();
    const seen: unknown[] = [];
    tracked(() => source as Observable<number>)().subscribe({
      next: (n) => seen.push(n),
      error: (e) => seen.push(e),
    });
    source.next(1);
    source.error(error);
    expect(seen).toEqual([1, error]);
    expect(results()).toEqual([]);
  });

  test('without an end stops with its caller', async () => {
    const stream$ = tracked(() => range(1, Number.MAX_SAFE_INTEGER))();
    expect(await firstValueFrom(stream$.pipe(take(2), toArray()))).toEqual([1, 2]);
    expect(results()).toEqual([2]);
  });

  test('that is shared is not changed by each call', () => {
    const shared = new BehaviorSubject(1);
    const before = Reflect.ownKeys(shared);
    const run = tracked(() => shared as Observable<number>);
    run().subscribe().unsubscribe();
    run().subscribe().unsubscribe();
    expect(Reflect.ownKeys(shared)).toEqual(before);
    expect(results()).toEqual([1, 1]);
  });

  test('that is durable completes when it is committed', async () => {
    let commit!: () => void;
    tracking.recorded = () =>
      new Promise((resolve) => (commit = () => resolve({ id: 'id', state: 'committed' })));
    const seen: unknown[] = [];
    const stream$ = tracked(() => of(1, 2), { durable: true })();
    const completed = new Promise<void>((resolve) => {
      stream$.subscribe({
        next: (n) => seen.push(n),
        complete: () => {
          seen.push('complete');
          resolve();
        },
      });
    });
    expect(seen).toEqual([1, 2]);
    commit();
    await completed;
    expect(seen).toEqual([1, 2, 'complete']);
    expect(tracking.events).toMatchObject([{ durable: true, properties: { result: 2 } }]);
  });
});

describe('a stream', () => {
  test('has succeeded when it has ended', async () => {
    const stream = Readable.from(['a', 'b']);
    const returned = tracked(() => stream)();
    expect(returned).toBe(stream);
    expect(results()).toEqual([]);
    returned.resume();
    await once(returned, 'end');
    expect(results()).toEqual([stream]);
  });

  test('that was destroyed has not', async () => {
    const returned = tracked(() => Readable.from(['a', 'b']))();
    returned.destroy();
    await once(returned, 'close');
    expect(results()).toEqual([]);
  });
});

describe('an async iterable', () => {
  async function* numbers(): AsyncGenerator<number> {
    yield 1;
    yield 2;
  }

  test('has succeeded when it has ended', async () => {
    const iterable = numbers();
    const returned = tracked(() => iterable)();
    expect(returned).toBe(iterable);
    const seen: number[] = [];
    for await (const n of returned) seen.push(n);
    expect(seen).toEqual([1, 2]);
    expect(results()).toEqual([iterable]);
  });

  test('has succeeded when it is left after a value', async () => {
    for await (const n of tracked(numbers)()) if (n === 1) break;
    expect(results()).toHaveLength(1);
  });

  test('that makes a new iterator each time is still one call', async () => {
    const iterable: AsyncIterable<number> = { [Symbol.asyncIterator]: numbers };
    const returned = tracked(() => iterable)();
    for (let i = 0; i < 2; i++) {
      for await (const n of returned) expect(n).toBeGreaterThan(0);
    }
    expect(results()).toEqual([iterable]);
  });

  test('that fails has not', async () => {
    const error = new Error('broken');
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw error;
    }
    const read = async (): Promise<void> => {
      for await (const n of tracked(failing)()) expect(n).toBe(1);
    };
    await expect(read()).rejects.toBe(error);
    expect(results()).toEqual([]);
  });
});

describe('a durable event', () => {
  test('delays the result until it is committed', async () => {
    let commit!: () => void;
    tracking.recorded = () =>
      new Promise((resolve) => (commit = () => resolve({ id: 'id', state: 'committed' })));
    let got: unknown;
    const returned = tracked(async () => 7, { durable: true })().then((value) => (got = value));
    await new Promise((resolve) => setImmediate(resolve));
    expect([got, results()]).toEqual([undefined, [7]]);
    commit();
    expect(await returned).toBe(7);
    expect(tracking.notices).toEqual([]);
  });

  test('that fails is counted, and the result returned', async () => {
    tracking.recorded = () => Promise.resolve({ state: 'rejected', reason: 'no_identity' });
    expect(await tracked(async () => 7, { durable: true })()).toBe(7);
    tracking.recorded = () => Promise.reject(new Error('broken'));
    expect(await tracked(async () => 8, { durable: true })()).toBe(8);
    expect(tracking.notices).toEqual([
      ['commit_failed', 'Service.run'],
      ['commit_failed', 'Service.run'],
    ]);
  });

  test('of a method that fails is not recorded', async () => {
    const error = new Error('broken');
    await expect(tracked(() => Promise.reject(error), { durable: true })()).rejects.toBe(error);
    expect(results()).toEqual([]);
  });

  test('of a method that returns a value is recorded without waiting, and logged', () => {
    expect(tracked(() => 7, { durable: true })()).toBe(7);
    expect(tracking.events).toMatchObject([{ durable: true }]);
    expect(tracking.notices).toEqual([['durable_not_async', 'Service.run']]);
  });
});

test('options are read in the async context of the call, also if its result is consumed in another', async () => {
  const storage = new AsyncLocalStorage<string>();
  tracking.identity = () => ({ userId: storage.getStore() ?? 'nobody' });
  const source = new Subject<number>();
  const makers: (() => unknown)[] = [
    () => 1,
    async () => new Promise((resolve) => setImmediate(resolve)),
    () => source as Observable<number>,
    () => Readable.from(['a']),
    async function* () {
      yield 1;
    },
    () => ({ then: (ok: (value: number) => unknown) => void ok(1) }),
  ];
  const made = makers.map((make, index) => storage.run(`user-${index}`, tracked(make)));
  const consumed: unknown[] = [];
  await storage.run('somebody else', async () => {
    (made[2] as Observable<number>).subscribe();
    source.next(1);
    source.complete();
    for await (const chunk of made[3] as Readable) consumed.push(chunk);
    for await (const n of made[4] as AsyncGenerator<number>) consumed.push(n);
    consumed.push(await made[1], await made[5]);
  });
  expect(new Set(tracking.events.map(({ options }) => options.userId))).toEqual(
    new Set(makers.map((_make, index) => `user-${index}`)),
  );
  expect(tracking.events).toHaveLength(makers.length);
});
