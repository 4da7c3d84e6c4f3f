import type { DynamicModule } from '@nestjs/common';
import type { ResolvedOptions } from '../options/resolve-options.js';
import { RESOLVED_OPTIONS, TrackingModule } from '../tracking.module.js';
import { isFakeDestination } from './fake-destination.js';
import { rehearsalProviders } from './rehearsal.providers.js';
import { plainStandIn } from './stand-in.js';
import { checkTestOptions, type TrackingTestingModuleOptions } from './testing-options.js';
import { TrackingRecorder } from './tracking-recorder.js';

/** The `TrackingModule` for tests without an application module: global, with the same service, and a recorder to inject. */
export class TrackingTestingModule {
  /**
   * @example
   * ```ts
   * const moduleRef = await Test.createTestingModule({
   *   imports: [TrackingTestingModule.forRoot()],
   *   providers: [OrdersService],
   * }).compile();
   * ```
   */
  static forRoot(options: TrackingTestingModuleOptions = {}): DynamicModule {
    checkTestOptions('TrackingTestingModule.forRoot()', options);
    const { destinations = ['test'], ...test } = options;
    const real = TrackingModule.forRoot({
      destinations: destinations.map((each) => (typeof each === 'string' ? plainStandIn(each) : each)),
    });
    const fakes = destinations.filter((each) => typeof each !== 'string').filter(isFakeDestination);
    return {
      ...real,
      // Later providers of a token take the place of earlier ones.
      providers: [
        ...(real.providers ?? []),
        ...rehearsalProviders({ ...test, destinations: fakes }),
        {
          provide: TrackingRecorder,
          inject: [RESOLVED_OPTIONS],
          // Not through the service, which a test may have replaced.
          useFactory: ({ observer }: ResolvedOptions) => observer,
        },
      ],
      exports: [TrackingRecorder],
    };
  }
}
