import type { FactoryProvider, Provider } from '@nestjs/common';
import { badOption, seenAs } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { isObject } from '../event/json-values.js';
import type { TrackingModuleOptions } from './module-options.js';
import { optionMessages } from './options.messages.js';

const WAYS = ['useFactory', 'useClass', 'useExisting'] as const;
const WANTS = 'an object with `useFactory`, `useClass` or `useExisting`';

/**
 * Checks the argument of `forRootAsync()`. Nest's own error would not name the option.
 *
 * @throws TrackingConfigError if it cannot provide options
 */
export function checkAsyncOptions(given: unknown): void {
  if (typeof given !== 'object' || given === null) throw badOption('forRootAsync', given, WANTS);
  const options = given as Readonly<Record<string, unknown>>;
  const { useFactory, useClass } = options;
  if (useFactory !== undefined && typeof useFactory !== 'function') {
    throw badOption('forRootAsync.useFactory', useFactory, 'a function that returns the options');
  }
  if (useClass !== undefined && typeof useClass !== 'function') {
    throw badOption('forRootAsync.useClass', useClass, 'a class with a method createTrackingOptions()');
  }
  const ways = WAYS.filter((way) => options[way] !== undefined && options[way] !== null);
  if (ways.length === 0) throw badOption('forRootAsync', given, WANTS);
  if (ways.length > 1) throw new TrackingConfigError('forRootAsync', optionMessages.severalWays(ways));
}

type Options = TrackingModuleOptions | Promise<TrackingModuleOptions>;
type Factory = (...injected: never[]) => Options;

/**
 * Adds a check of the returned options to their provider. Other providers stay as they are.
 *
 * @param useFactory the application's; undefined if a class makes the options
 */
export function withCheckedResult(
  token: symbol,
  useFactory: Factory | undefined,
): (provider: Provider) => Provider {
  return (provider) => {
    const { provide } = provider as Partial<FactoryProvider>;
    if (provide !== token) return provider;
    const checked = useFactory === undefined ? fromClass : fromFactory(useFactory);
    return { ...(provider as FactoryProvider), useFactory: checked };
  };
}

function fromFactory(useFactory: Factory): Factory {
  return async (...injected) => checkedResult('useFactory', await useFactory(...injected));
}

async function fromClass(made: { createTrackingOptions?: () => Options }): Promise<TrackingModuleOptions> {
  if (typeof made?.createTrackingOptions !== 'function') {
    throw badOption('forRootAsync', made, 'a class with a method createTrackingOptions()');
  }
  return checkedResult('createTrackingOptions()', await made.createTrackingOptions());
}

function checkedResult(way: string, options: TrackingModuleOptions): TrackingModuleOptions {
  if (isObject(options)) return options;
  throw new TrackingConfigError('options', optionMessages.noObject(way, seenAs(options)));
}
