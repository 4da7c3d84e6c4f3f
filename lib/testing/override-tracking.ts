import type { TestingModuleBuilder } from '@nestjs/testing';
import { rehearsalProviders } from './rehearsal.providers.js';
import { checkTestOptions, type OverrideTrackingOptions } from './testing-options.js';

/**
 * Runs an application's real module in a test. Everything that decides about events (resolvers, plan, redaction,
 * consent, routing, each destination's rules) works as in production, and nothing reaches a disk or the network. No
 * credentials are needed.
 *
 * @example
 * ```ts
 * const moduleRef = await overrideTracking(Test.createTestingModule({ imports: [AppModule] })).compile();
 * const recorder = trackingRecorder(moduleRef);
 * ```
 *
 * @throws TrackingConfigError for an option that cannot work
 * @returns the builder, for further overrides
 */
export function overrideTracking<Builder extends Pick<TestingModuleBuilder, 'overrideProvider'>>(
  builder: Builder,
  options: OverrideTrackingOptions = {},
): Builder {
  checkTestOptions('overrideTracking()', options);
  for (const { provide, inject, useFactory } of rehearsalProviders(options)) {
    builder.overrideProvider(provide).useFactory({ factory: useFactory, inject: inject as never[] });
  }
  return builder;
}
