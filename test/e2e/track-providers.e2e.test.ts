import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  applyDecorators,
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Scope,
  SetMetadata,
} from '@nestjs/common';
import { LazyModuleLoader, ModuleRef, Reflector } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Log } from '../../lib/host/log.js';
import { Track, TrackingModule, TrackingService } from '../../lib/index.js';
import { aLog } from '../support/spoken-log.js';
import { platforms, TrackedApplication } from './track-application.js';

const SOMEBODY = { identity: { fallback: { userId: 'somebody' } } };

/** Wraps a method, as decorators of other packages do, and keeps its metadata. */
const Doubled = (): MethodDecorator => (_target, _key, descriptor: PropertyDescriptor) => {
  const original = descriptor.value as (...args: unknown[]) => number;
  const wrapper = function (this: unknown, ...args: unknown[]): number {
    return original.apply(this, args) * 2;
  };
  for (const key of Reflect.getMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original), wrapper);
  }
  descriptor.value = wrapper;
};

@Injectable()
class Base {
  @Track('Base Done', { properties: (result: number) => ({ result }) })
  run(n: number): number {
    return n;
  }

  @Track('Renewed')
  renew(): string {
    return this.constructor.name;
  }
}

@Injectable()
class Inherits extends Base {}

@Injectable()
class Overrides extends Base {
  override run(n: number): number {
    return super.run(n) + 1;
  }

  @Track('Renewed Again')
  override renew(): string {
    return super.renew();
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  @Track('Per Request')
  run(): void {}
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  @Track('Transient')
  run(): void {}
}

class Made {
  readonly visible = 1;
  @Track('Made')
  run(): void {}
}

describe('@Track on providers', () => {
  let application: TrackedApplication | undefined;
  const start = async (setup: Partial<Parameters<typeof TrackedApplication.start>[1]>): Promise<void> => {
    application = await TrackedApplication.start('Express', { ...SOMEBODY, ...setup });
  };
  afterEach(async () => {
    await application?.close();
    application = undefined;
  });

  test('works on inherited and overridden methods, each under its own class', async () => {
    await start({ providers: [Base, Inherits, Overrides] });
    const { app } = application!;
    expect([app.get(Base).run(1), app.get(Inherits).run(2), app.get(Overrides).run(3)]).toEqual([1, 2, 4]);
    expect(app.get(Overrides).renew()).toBe('Overrides');
    expect(
      application!.events.map(({ name, source, properties }) => [name, source, properties['result']]),
    ).toEqual([
      ['Base Done', 'Base.run', 1],
      ['Base Done', 'Inherits.run', 2],
      ['Base Done', 'Overrides.run', 3],
      ['Renewed', 'Overrides.renew', undefined],
      ['Renewed Again', 'Overrides.renew', undefined],
    ]);
  });

  test('works on request-scoped and transient instances', async () => {
    await start({ providers: [PerRequest, Transient] });
    const { app } = application!;
    (await app.resolve(PerRequest)).run();
    (await app.resolve(Transient)).run();
    (await app.get(ModuleRef).create(Transient)).run();
    expect(application!.names).toEqual(['Per Request', 'Transient', 'Transient']);
  });

  test('binds objects of factories and given objects, and adds no visible member to them', async () => {
    const handed = new Made();
    await start({
      providers: [
        { provide: 'made', useFactory: () => new Made() },
        { provide: 'handed', useValue: handed },
        Made,
      ],
    });
    const instances = ['made', 'handed', Made].map((token) => application!.app.get<Made>(token));
    for (const instance of instances) {
      instance.run();
      expect(Reflect.ownKeys(instance)).toEqual(['visible']);
      expect(instance).toEqual(new Made());
    }
    expect(application!.names).toEqual(['Made', 'Made', 'Made']);
  });

  test('counts the calls of an instance that no module knows', async () => {
    await start({});
    new Made().run();
    expect(application!.names).toEqual([]);
    expect(application!.stats).toMatchObject({ called: 1, accepted: 0, rejected: { unbound: 1 } });
  });

  describe('in a module that is loaded later', () => {
    test('works on a class', async () => {
      await start({});
      @Module({ providers: [Base] })
      class LazyModule {}
      const lazy = await application!.app.get(LazyModuleLoader).load(() => LazyModule);
      lazy.get(Base).renew();
      expect(application!.names).toEqual(['Renewed']);
    });

    test('counts the calls of a factory’s object, and logs the remedy', async () => {
      const { log, spoken } = aLog();
      await start({ override: (builder) => builder.overrideProvider(Log).useValue(log) });
      @Module({ providers: [{ provide: 'made', useFactory: () => new Made() }] })
      class LazyModule {}
      const lazy = await application!.app.get(LazyModuleLoader).load(() => LazyModule);
      lazy.get<Made>('made').run();
      expect(application!.names).toEqual([]);
      expect(application!.stats).toMatchObject({ rejected: { unbound: 1 } });
      expect(spoken.warnings.join()).toContain('create the instance with ModuleRef.create()');
    });
  });

  test('counts the calls of an object that a factory makes for each request', async () => {
    await start({ providers: [{ provide: 'made', scope: Scope.REQUEST, useFactory: () => new Made() }] });
    (await application!.app.resolve<Made>('made')).run();
    expect(application!.names).toEqual([]);
    expect(application!.stats).toMatchObject({ rejected: { unbound: 1 } });
  });

  test.each<
    [string, { useFactory: (refs: ModuleRef) => Promise<Made>; inject: (typeof ModuleRef)[]; scope?: Scope }]
  >([
    [
      'a factory in a module that is loaded later',
      { useFactory: (refs: ModuleRef) => refs.create(Made), inject: [ModuleRef] },
    ],
    [
      'a factory for each request',
      { useFactory: (refs: ModuleRef) => refs.create(Made), inject: [ModuleRef], scope: Scope.REQUEST },
    ],
  ])('ModuleRef.create() binds what %s makes', async (_, factory) => {
    await start({});
    @Module({ providers: [{ provide: 'made', ...factory }] })
    class LazyModule {}
    const lazy = await application!.app.get(LazyModuleLoader).load(() => LazyModule);
    (factory.scope === Scope.REQUEST ? await lazy.resolve<Made>('made') : lazy.get<Made>('made')).run();
    expect(application!.names).toEqual(['Made']);
  });

  test('works for a class that the module itself depends on for its options', async () => {
    @Injectable()
    class Settings {
      @Track('Settings Read')
      read(): string {
        return 'shop';
      }
    }
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}
    const names: string[] = [];
    const module = await Test.createTestingModule({
      imports: [
        TrackingModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => ({
            namespace: settings.read(),
            destinations: [
              { name: 'nowhere', encode: () => ({ method: 'POST', url: 'http://127.0.0.1:9' }) },
            ],
            ...SOMEBODY,
            redact: (event) => void names.push(event.name) as undefined,
          }),
        }),
      ],
    }).compile();
    await module.init();
    expect(module.get(Settings, { strict: false }).read()).toBe('shop');
    await module.close();
    expect(names).toEqual(['Settings Read']);
  });

  test('calls the public service, so that overriding it is enough', async () => {
    const track = jest.fn();
    @Injectable()
    class Jobs {
      @Track('Job Done', {
        properties: (result: number) => ({ result }),
        key: () => 'k',
        user: { userId: 7 },
      })
      run(): number {
        return 3;
      }
      @Track('Durable Job Done', { durable: true })
      async durable(): Promise<number> {
        return 4;
      }
      @Track('Broken', {
        properties: () => {
          throw new Error('broken');
        },
      })
      broken(): number {
        return 5;
      }
    }
    await start({
      providers: [Jobs],
      override: (builder) => builder.overrideProvider(TrackingService).useValue({ track }),
    });
    const jobs = application!.app.get(Jobs);
    expect([jobs.run(), await jobs.durable(), jobs.broken()]).toEqual([3, 4, 5]);
    expect(track.mock.calls).toEqual([
      ['Job Done', { result: 3 }, { userId: '7', key: 'k', timestamp: expect.any(Number) }],
      ['Durable Job Done', undefined, { timestamp: expect.any(Number) }],
    ]);
  });

  test('an error of a stand-in does not reach the caller', async () => {
    class Jobs {
      @Track('Done')
      run(): number {
        return 3;
      }
      @Track('Done', { durable: true })
      async durable(): Promise<number> {
        return 4;
      }
    }
    const broken = (): never => {
      throw new Error('broken');
    };
    await start({
      providers: [Jobs],
      override: (builder) =>
        builder.overrideProvider(TrackingService).useValue({ track: broken, record: async () => broken() }),
    });
    const jobs = application!.app.get(Jobs);
    expect([jobs.run(), await jobs.durable()]).toEqual([3, 4]);
  });

  test('reads services that were injected beside it', async () => {
    @Injectable()
    class Beside {
      @Inject(Reflector) readonly reflector!: Reflector;
      constructor(@Inject(Made) readonly made: Made) {}
      @Track('Beside')
      run(): boolean {
        return this.reflector instanceof Reflector && this.made instanceof Made;
      }
    }
    @Injectable()
    class Below extends Beside {
      @Inject(ModuleRef) readonly moduleRef!: ModuleRef;
    }
    await start({ providers: [Beside, Below, Made] });
    expect(application!.app.get(Beside).run()).toBe(true);
    expect(application!.app.get(Below).run()).toBe(true);
    expect(application!.app.get(Below).moduleRef).toBeInstanceOf(ModuleRef);
    expect(application!.names).toEqual(['Beside', 'Beside']);
  });
});

describe.each(platforms)('@Track among other decorators, on %s', (platform) => {
  const Plan = (): MethodDecorator => applyDecorators(SetMetadata('plan', 'pro'), SetMetadata('tier', 2));

  @Controller({ path: 'numbers' })
  class Numbers {
    @Get('below/:n')
    @Plan()
    @Doubled()
    @Track('Below', { properties: (result: number, { args }) => ({ result, args }) })
    below(@Param('n', ParseIntPipe) n: number): number {
      return n;
    }

    @Track('Above', { properties: (result: number, { args }) => ({ result, args }) })
    @Doubled()
    @Plan()
    @Get('above/:n')
    above(@Param('n', ParseIntPipe) n: number): number {
      return n;
    }
  }

  @Controller({ path: 'more', scope: Scope.REQUEST })
  class MoreNumbers extends Numbers {
    override below(n: number): number {
      return super.below(n) + 1;
    }
  }

  let shop: TrackedApplication;
  beforeEach(async () => {
    shop = await TrackedApplication.start(platform, { controllers: [Numbers, MoreNumbers], ...SOMEBODY });
  });
  afterEach(() => shop.close());

  test.each([
    [
      '/numbers/below/3',
      '6',
      { name: 'Below', source: 'Numbers.below', properties: { result: 3, args: [3] } },
    ],
    [
      '/numbers/above/3',
      '6',
      { name: 'Above', source: 'Numbers.above', properties: { result: 6, args: [3] } },
    ],
    [
      '/more/above/3',
      '6',
      { name: 'Above', source: 'MoreNumbers.above', properties: { result: 6, args: [3] } },
    ],
  ])('%s answers as it would without', async (path, text, event) => {
    expect(await shop.request(path)).toMatchObject({ status: 200, text });
    expect(shop.events).toMatchObject([event]);
    expect((await shop.request(path.replace('3', 'x'))).status).toBe(400);
    expect(shop.events).toHaveLength(1);
  });

  test('keeps the metadata of a method, its name and its length', () => {
    const { below, above } = Numbers.prototype as unknown as Record<'below' | 'above', Function>;
    for (const method of [below, above]) {
      expect(Reflect.getMetadata('plan', method)).toBe('pro');
      expect(Reflect.getMetadata('tier', method)).toBe(2);
      expect(Reflect.getMetadata('path', method)).toMatch(/:n$/);
    }
    expect([above.name, above.length]).toEqual(['wrapper', 0]); // what @Doubled() left of them
  });
});
