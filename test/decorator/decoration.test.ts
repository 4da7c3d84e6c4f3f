import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { noModule } from '../../lib/decorator/decorator.messages.js';
import { livingCapture, registerCapture } from '../../lib/capture/capture-port.js';
import { Track, type TrackOptions } from '../../lib/decorator/track.decorator.js';
import { RecordingTracking } from './recording.js';

function decorate(name: unknown, options?: unknown): void {
  class OrdersController {
    @Track(name as string, options as TrackOptions)
    create(): void {}
  }
  expect(OrdersController).toBeDefined();
}

function caught(fn: () => void): TrackingConfigError {
  try {
    fn();
  } catch (error) {
    if (error instanceof TrackingConfigError) return error;
    throw error;
  }
  throw new Error('it did not throw');
}

describe('a decorator that cannot work fails while the class is defined', () => {
  test.each<[string, unknown, unknown, string]>([
    ['name', '', {}, 'the event name is an empty string; expected a non-empty string'],
    ['name', ' ', {}, 'the event name is an empty string; expected a non-empty string'],
    ['name', undefined, {}, 'the event name is undefined; expected a non-empty string'],
    ['options', 'Done', null, 'option `options` is null; expected an object'],
    ['options', 'Done', [], 'option `options` is an array with something else; expected an object'],
    [
      'propertis',
      'Done',
      { propertis: {} },
      'option `propertis` is unknown; expected one of properties, key, user',
    ],
    ['constructor', 'Done', { constructor: {} }, 'option `constructor` is unknown'],
    [
      'properties',
      'Done',
      { properties: 'x' },
      'option `properties` is a string; expected an object or a function',
    ],
    ['key', 'Done', { key: '' }, 'option `key` is an empty string'],
    ['key', 'Done', { key: Number.NaN }, 'option `key` is a number'],
    [
      'user',
      'Done',
      { user: 'ada' },
      'option `user` is a string; expected an object with userId or anonymousId',
    ],
    ['timestamp', 'Done', { timestamp: new Date('x') }, 'option `timestamp` is an invalid Date'],
    [
      'timestamp',
      'Done',
      { timestamp: '2026' },
      'option `timestamp` is a string; expected a valid Date, epoch milliseconds, RFC 3339',
    ],
    ['source', 'Done', { source: '' }, 'option `source` is an empty string; expected a non-empty string'],
    [
      'source',
      'Done',
      { source: () => 'Orders' },
      'option `source` is a function; expected a non-empty string',
    ],
    [
      'source',
      'Done',
      { source: 'x'.repeat(201) },
      'option `source` is a string; expected a non-empty string of at most 200',
    ],
    ['when', 'Done', { when: true }, 'option `when` is a boolean; expected a function'],
    ['durable', 'Done', { durable: 'yes' }, 'option `durable` is a string; expected true or false'],
    ['destinations', 'Done', { destinations: 'a' }, 'option `destinations` is a string'],
    [
      'destinations',
      'Done',
      { destinations: ['a', 7] },
      'option `destinations` is an array with something else',
    ],
  ])('%s', (option, name, options, text) => {
    const error = caught(() => decorate(name, options));
    expect(error.option).toBe(option);
    expect(error.message).toContain(`@Track() on OrdersController.create: ${text}`);
  });

  test('on anything except a method', () => {
    const error = caught(() => {
      class Shop {
        @(Track('Done') as PropertyDecorator)
        name = 'shop';
      }
      expect(Shop).toBeDefined();
    });
    expect(error.message).toContain('@Track() on Shop.name: there is no method to track');
  });

  test('on a static method', () => {
    const error = caught(() => {
      class Shop {
        @Track('Done')
        static open(): void {}
      }
      expect(Shop).toBeDefined();
    });
    expect(error.option).toBe('target');
    expect(error.message).toContain('@Track() on Shop.open: it is static');
  });

  test('while undefined options count as not given', () => {
    expect(() => decorate('Done', { key: undefined, when: undefined })).not.toThrow();
  });
});

describe('the wrapper', () => {
  test('looks like the method', () => {
    const marked = Symbol('marked');
    const Marked: MethodDecorator = (_target, _key, descriptor) => {
      Object.assign(descriptor.value as object, { [marked]: 1, plain: 2 });
      Reflect.defineMetadata('below', 3, descriptor.value as object);
    };
    const Above: MethodDecorator = (_target, _key, descriptor) =>
      Reflect.defineMetadata('above', 4, descriptor.value as object);
    class Shop {
      @Above
      @Track('Done')
      @Marked
      buy(_what: string, _count: number): void {}
    }
    const { buy } = Shop.prototype as unknown as { buy: Function & Record<PropertyKey, unknown> };
    expect([buy.name, buy.length, buy[marked], buy['plain']]).toEqual(['buy', 2, 1, 2]);
    expect([Reflect.getOwnMetadata('below', buy), Reflect.getOwnMetadata('above', buy)]).toEqual([3, 4]);
    expect(Object.getOwnPropertyDescriptor(Shop.prototype, 'buy')?.enumerable).toBe(false);
    expect(Object.keys(Shop.prototype)).toEqual([]);
  });
});

describe('an instance that no module knows', () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  beforeEach(() => void warn.mockClear());
  let forget: (() => void)[] = [];
  afterEach(() => {
    for (const end of forget) end();
    forget = [];
  });
  class Shop {
    @Track('Done')
    buy(what: string): string {
      return what;
    }
    @Track('Done')
    async sell(what: string): Promise<string> {
      if (what === 'nothing') throw new Error(what);
      return what;
    }
  }

  test('behaves as if undecorated if no module runs, and logs it once', async () => {
    expect([new Shop().buy('a'), await new Shop().sell('b')]).toEqual(['a', 'b']);
    expect(warn.mock.calls).toEqual([[noModule('Shop.buy')]]);
  });

  test('is counted by the module that started last, when a call succeeds', async () => {
    const [first, last] = [new RecordingTracking(), new RecordingTracking()];
    forget = [registerCapture(first.port), registerCapture(last.port)];
    const shop = new Shop();
    expect([shop.buy('a'), await shop.sell('b')]).toEqual(['a', 'b']);
    await expect(shop.sell('nothing')).rejects.toThrow('nothing');
    expect(first.refused).toEqual([]);
    expect(last.refused).toEqual([
      ['unbound', 'Shop.buy'],
      ['unbound', 'Shop.sell'],
    ]);
    expect(warn).not.toHaveBeenCalled();
  });

  test('has no module again after the module has stopped', () => {
    const port = new RecordingTracking();
    registerCapture(port.port)();
    expect(livingCapture()).toBeUndefined();
    new Shop().buy('a');
    expect(port.refused).toEqual([]);
  });
});
