import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { defer, firstValueFrom, lastValueFrom, type Observable, of, Subject } from 'rxjs';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { bindInstance } from '../../lib/decorator/tracking-binding.js';
import { registerCapture } from '../../lib/capture/capture-port.js';
import type { Identity, IdentityInput } from '../../lib/event/identity.js';
import { RequestScope, runInScope } from '../../lib/identity/scope/request-scope.js';
import { RunAs } from '../../lib/decorator/run-as.decorator.js';
import { Track } from '../../lib/decorator/track.decorator.js';
import { expectAccounted } from '../support/accounting.js';
import { tracking, type Tracking } from '../support/tracking.js';
import { RecordingTracking } from './recording.js';

interface Job {
  readonly data: { readonly identity?: Identity; readonly n?: number };
}

const jobOf = (userId?: string, n?: number): Job => ({
  data: { ...(userId !== undefined && { identity: { userId } }), ...(n !== undefined && { n }) },
});

let running: Tracking;
beforeEach(() => {
  running = tracking();
});

/** An instance of a decorated class, as Nest would have injected it. */
function bound<T extends object>(instance: T): T {
  bindInstance(instance, running.service as never);
  return instance;
}

const who = (): Identity | undefined => running.service.identity();
const events = (): [string, string | undefined][] =>
  running.shop.events.map(({ name, userId }) => [name, userId]);

class Consumer {
  @RunAs((job: Job) => job.data.identity)
  plain(_job: Job): Identity | undefined {
    return who();
  }

  @RunAs((job: Job) => job.data.identity)
  async later(_job: Job): Promise<Identity | undefined> {
    await turn();
    return who();
  }

  @RunAs((job: Job) => job.data.identity)
  lazily(_job: Job): Observable<Identity | undefined> {
    return defer(() => of(who()));
  }

  @RunAs((job: Job) => job.data.identity)
  @Track('Done')
  async trackedBelow(_job: Job): Promise<void> {
    await turn();
    running.service.track('Inside');
  }

  @Track('Done')
  @RunAs((job: Job) => job.data.identity)
  async trackedAbove(_job: Job): Promise<void> {
    await turn();
    running.service.track('Inside');
  }

  @Track('Done')
  @RunAs((job: Job) => job.data.identity)
  observed(_job: Job): Observable<number> {
    return defer(() => of(running.service.track('Inside') === undefined ? 0 : 1));
  }

  @RunAs((job: Job) => job.data.identity)
  fails(_job: Job): never {
    throw new Error(who()?.userId);
  }
}

describe('@RunAs', () => {
  let consumer: Consumer;
  beforeEach(() => {
    consumer = bound(new Consumer());
  });

  test('runs the method, and all work that it awaits or defers, as the person of the payload', async () => {
    expect(consumer.plain(jobOf('ada'))).toEqual({ userId: 'ada' });
    expect(await consumer.later(jobOf('ada'))).toEqual({ userId: 'ada' });
    expect(await firstValueFrom(consumer.lazily(jobOf('ada')))).toEqual({ userId: 'ada' });
    expect(who()).toBeUndefined();
  });

  test.each(['trackedBelow', 'trackedAbove'] as const)('gives the person to a @Track: %s', async (method) => {
    await consumer[method](jobOf('ada'));
    expect(events()).toEqual([
      ['Inside', 'ada'],
      ['Done', 'ada'],
    ]);
    expect(running.shop.events[1]?.source).toBe(`Consumer.${method}`);
  });

  test('gives the person to a @Track of an Observable, with a subscription in any context', async () => {
    const results = running.service.runAs({ userId: 'bob' }, () => consumer.observed(jobOf('ada')));
    await running.service.runAs({ userId: 'eve' }, () => lastValueFrom(results));
    expect(events()).toEqual([
      ['Inside', 'ada'],
      ['Done', 'ada'],
    ]);
  });

  test('wins over an enclosing request and an enclosing runAs()', () => {
    const scope = new RequestScope({ user: { id: 'request' } });
    expect(runInScope(scope, () => consumer.plain(jobOf('ada')))).toEqual({ userId: 'ada' });
    expect(running.service.runAs({ userId: 'outer' }, () => consumer.plain(jobOf('ada')))).toEqual({
      userId: 'ada',
    });
  });

  test('passes errors on untouched', () => {
    expect(() => consumer.fails(jobOf('ada'))).toThrow(new Error('ada'));
  });

  test('returns an Observable unchanged without an identity', () => {
    const subject = new Subject();
    class Feeds {
      @RunAs(() => undefined)
      feed(): Observable<unknown> {
        return subject;
      }
    }
    expect(bound(new Feeds()).feed()).toBe(subject);
  });

  test('never gives a person to another one’s job, also if they are interleaved', async () => {
    const jobs = Array.from({ length: 3_000 }, (_, n) => jobOf(n % 3 === 0 ? undefined : `user-${n}`, n));
    await Promise.all(jobs.map((job, n) => consumer[n % 2 === 0 ? 'trackedAbove' : 'trackedBelow'](job)));
    expect(running.shop.events).toHaveLength(4_000);
    const persons = new Map<string, number>();
    for (const [, userId] of events()) persons.set(userId!, (persons.get(userId!) ?? 0) + 1);
    expect([...persons.values()].every((count) => count === 2)).toBe(true);
    expect(persons.size).toBe(2_000);
    const stats = running.service.stats();
    expect(stats.rejected.no_identity).toBe(2_000);
    expectAccounted(stats);
  });
});

describe('a @RunAs without an identity', () => {
  /** Runs a method whose function gives this, within a request. */
  function ranAs(identityOf: () => unknown): Identity | undefined {
    class Consumer {
      @Track('Done')
      @RunAs(identityOf as () => IdentityInput)
      run(): Identity | undefined {
        return who();
      }
    }
    const scope = new RequestScope({ user: { id: 'caller' } });
    return runInScope(scope, () => bound(new Consumer()).run());
  }

  test.each([[undefined], [null], [{}], [{ userId: undefined }]])(
    'runs the method as its caller: %j',
    (identity) => {
      expect(ranAs(() => identity)).toEqual({ userId: 'caller' });
      expect(running.service.stats().notices).toEqual({});
    },
  );

  test.each<[string, () => unknown, string]>([
    ['that throws', () => (undefined as never as Job).data, 'failed (TypeError)'],
    [
      'that throws no error',
      () => {
        throw 'secret';
      },
      'failed (string)',
    ],
    ['that is asynchronous', async () => ({ userId: 'ada' }), 'returned a promise'],
    ['whose promise fails', async () => Promise.reject(new Error('secret')), 'returned a promise'],
  ])('notices a function %s once for each call, and warns once', (_what, identityOf, text) => {
    for (let n = 0; n < 3; n++) expect(ranAs(identityOf)).toEqual({ userId: 'caller' });
    expect(running.service.stats().notices).toEqual({ resolver_error: 3 });
    expect(running.spoken.warnings).toEqual([
      expect.stringContaining(`Consumer.run: the function of @RunAs() ${text}`),
    ]);
    expect(running.spoken.warnings[0]).not.toContain('secret');
    expect(events()).toEqual(Array.from({ length: 3 }, () => ['Done', 'caller']));
  });

  test.each([['ada'], [7], [{ userId: {} }], [{ userId: Number.NaN, anonymousId: [] }]])(
    'notices what cannot be an identity, and does not run the method as its caller: %j',
    (identity) => {
      expect(ranAs(() => identity)).toBeUndefined();
      expect(running.service.stats().rejected).toEqual({ invalid_identity: 1 });
      expect(running.service.stats().notices).toEqual({ invalid_identity: 1 });
    },
  );

  test('uses its usable ids', () => {
    expect(ranAs(() => ({ userId: 7n, anonymousId: {} }))).toEqual({ userId: '7' });
    expect(running.service.stats().notices).toEqual({ invalid_identity: 1 });
  });

  test('never throws, with any result of the function', () => {
    const strange = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
    fc.assert(fc.property(strange, (identity) => expect(() => ranAs(() => identity)).not.toThrow()));
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('hands off');
        },
      },
    );
    expect(ranAs(() => hostile)).toEqual({ userId: 'caller' });
  });
});

describe('the wrapper of @RunAs', () => {
  test('calls its function once for each call, with the unchanged arguments and no `this`', () => {
    const asked: unknown[] = [];
    class Consumer {
      @Track('Upper')
      @RunAs(function (this: unknown, ...args: unknown[]) {
        asked.push([this, ...args]);
        return { userId: 'ada' };
      })
      @Track('Lower')
      run(...args: unknown[]): unknown {
        return [this instanceof Consumer, ...args];
      }
    }
    const job = jobOf();
    expect(bound(new Consumer()).run(job, 'token', 3)).toEqual([true, job, 'token', 3]);
    expect(asked).toEqual([[undefined, job, 'token', 3]]);
    expect(events()).toEqual([
      ['Lower', 'ada'],
      ['Upper', 'ada'],
    ]);
  });

  test.each([
    ['keeps metadata', true],
    ['puts a bare function there, as Sentry does for listeners and jobs', false],
  ])('is found below a decorator of another package that %s', (_what, keeps) => {
    const Other: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
      const original = descriptor.value as (...args: unknown[]) => unknown;
      const wrapper = function (this: unknown, ...args: unknown[]): unknown {
        return original.apply(this, args);
      };
      for (const key of keeps ? (Reflect.getMetadataKeys(original) as unknown[]) : []) {
        Reflect.defineMetadata(key, Reflect.getMetadata(key, original), wrapper);
      }
      descriptor.value = wrapper;
    };
    let asked = 0;
    class Consumer {
      @Track('Upper')
      @Other
      @RunAs(() => ({ userId: `ada ${++asked}` }))
      run(): Identity | undefined {
        return who();
      }
    }
    expect(bound(new Consumer()).run()).toEqual({ userId: 'ada 1' });
    expect(events()).toEqual([['Upper', 'ada 1']]);
  });

  test('applies the innermost of several', () => {
    class Consumer {
      @RunAs(() => ({ userId: 'outer' }))
      @RunAs(() => ({ userId: 'inner' }))
      run(): Identity | undefined {
        return who();
      }
    }
    expect(bound(new Consumer()).run()).toEqual({ userId: 'inner' });
  });

  test('works on inherited methods, and around an overridden one', () => {
    class Base {
      @RunAs((userId: string) => ({ userId: `base ${userId}` }))
      run(_userId: string): Identity | undefined {
        return who();
      }
    }
    class Inherits extends Base {}
    class Overrides extends Base {
      @RunAs((userId: string) => ({ userId: `own ${userId}` }))
      override run(userId: string): Identity | undefined {
        expect(super.run(userId)).toEqual({ userId: 'base ada' });
        return who();
      }
    }
    expect(bound(new Inherits()).run('ada')).toEqual({ userId: 'base ada' });
    expect(bound(new Overrides()).run('ada')).toEqual({ userId: 'own ada' });
  });

  test('looks like the method', () => {
    const Marked: MethodDecorator = (_target, _key, descriptor) => {
      Object.assign(descriptor.value as object, { plain: 2 });
      Reflect.defineMetadata('below', 3, descriptor.value as object);
    };
    class Consumer {
      @RunAs(() => undefined)
      @Marked
      process(_job: Job, _token: string): void {}
    }
    const { process } = Consumer.prototype as unknown as { process: Function & { plain: number } };
    expect([process.name, process.length, process.plain]).toEqual(['process', 2, 2]);
    expect(Reflect.getOwnMetadata('below', process)).toBe(3);
    expect(Object.getOwnPropertyDescriptor(Consumer.prototype, 'process')?.enumerable).toBe(false);
    expect(Object.keys(new Consumer())).toEqual([]);
  });

  test('does nothing if no module runs, and does not call its function', () => {
    class Consumer {
      @RunAs((): Identity => {
        throw new Error('asked');
      })
      run(): string {
        return 'done';
      }
      @RunAs(() => ({ userId: 'ada' }))
      static run(): Identity | undefined {
        return who();
      }
    }
    expect(new Consumer().run()).toBe('done');
    expect(Consumer.run()).toBeUndefined();
  });

  test('works on an instance that no module knows, as long as one runs', () => {
    const end = registerCapture(new RecordingTracking().port);
    expect(new Consumer().plain(jobOf('ada'))).toEqual({ userId: 'ada' });
    end();
    expect(new Consumer().plain(jobOf('ada'))).toBeUndefined();
  });

  test('runs the method with any mock of the service', () => {
    const consumer = new Consumer();
    bindInstance(consumer, { track: () => 'id' });
    expect(consumer.plain(jobOf('ada'))).toEqual({ userId: 'ada' });
  });
});

test('accepts only types that can be an identity; compiled by `npm run typecheck`', () => {
  const decorators = [
    RunAs((job: Job) => job.data.identity),
    RunAs((_job: Job, token?: string) => (token === undefined ? null : { anonymousId: token })),
    RunAs(() => ({ userId: 7n })),
    // @ts-expect-error -- an id alone is no identity
    RunAs((job: Job) => job.data.identity?.userId),
    // @ts-expect-error -- it must be known at once
    RunAs(async (job: Job) => job.data.identity),
    // @ts-expect-error -- there is no such member
    RunAs((job: Job) => ({ user: job.data.identity })),
  ];
  expect(decorators.every((decorator) => typeof decorator === 'function')).toBe(true);
});

describe('a @RunAs that cannot work fails while the class is defined', () => {
  function caught(fn: () => void): unknown {
    try {
      fn();
    } catch (error) {
      return error;
    }
    throw new Error('it did not throw');
  }

  test.each<[unknown, string]>([
    [undefined, 'got undefined'],
    [null, 'got null'],
    [{ userId: 'ada' }, 'got object'],
  ])('%j is no function', (identity, text) => {
    const error = caught(() => {
      class Consumer {
        @RunAs(identity as () => undefined)
        run(): void {}
      }
      return Consumer;
    });
    expect(error).toBeInstanceOf(TrackingConfigError);
    expect((error as Error).message).toContain(`@RunAs() on Consumer.run: ${text}; expected a function`);
  });

  test('anything except a method', () => {
    const error = caught(() => {
      class Consumer {
        @(RunAs(() => undefined) as PropertyDecorator)
        name = 'consumer';
      }
      return Consumer;
    });
    expect((error as Error).message).toContain('@RunAs() on Consumer.name: there is no method to run');
  });
});
