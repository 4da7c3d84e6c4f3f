import type { FactoryProvider, Provider } from '@nestjs/common';
import { badOption } from './config/check-option.js';
import type { TrackingModuleOptions } from './options.js';

/**
 * Checks what `forRootAsync()` was given, where Nest would fail with an error of its own that names none of it.
 *
 * @throws TrackingConfigError for what gives no options
 */
export function checkAsyncOptions(given: unknown): void {
  if (typeof given !== 'object' || given === null) throw badOption('forRootAsync', given, WANTS);
  const { useFactory, useClass, useExisting } = given as Readonly<Record<string, unknown>>;
  if (useFactory !== undefined && typeof useFactory !== 'function') {
    throw badOption('forRootAsync.useFactory', useFactory, 'a function that returns the options');
  }
  if (useClass !== undefined && typeof useClass !== 'function') {
    throw badOption('forRootAsync.useClass', useClass, 'a class with a method createTrackingOptions()');
  }
  if ([useFactory, useClass, useExisting].every((way) => way === undefined || way === null)) {
    throw badOption('forRootAsync', given, WANTS);
  }
}

const WANTS = 'an object with `useFactory`, `useClass` or `useExisting`';

/** The provider of the options with a class that is asked whether it can make them; the others as they are. */
export function withCheckedClass(token: symbol): (provider: Provider) => Provider {
  return (provider) => {
    const { provide } = provider as Partial<FactoryProvider>;
    return provide === token ? { ...(provider as FactoryProvider), useFactory: fromClass } : provider;
  };
}

async function fromClass(made: {
  createTrackingOptions?: () => TrackingModuleOptions | Promise<TrackingModuleOptions>;
}): Promise<TrackingModuleOptions> {
  if (typeof made?.createTrackingOptions !== 'function') {
    throw badOption('forRootAsync', made, 'a class with a method createTrackingOptions()');
  }
  return await made.createTrackingOptions();
}
