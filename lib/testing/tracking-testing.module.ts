import type { DynamicModule } from '@nestjs/common';
import { TrackingModule } from '../tracking.module.js';
import { TrackingService } from '../tracking.service.js';
import { isFakeDestination } from './fake-destination.js';
import { trackingRecorder } from './recorder-of.js';
import { rehearsalProviders } from './rehearsal.providers.js';
import { plainStandIn } from './stand-in.js';
import type { TrackingTestingModuleOptions } from './testing-options.js';
import { TrackingRecorder } from './tracking-recorder.js';

/** The `TrackingModule` for tests without an application module: global, with the same service, and a recorder to inject. */
export class TrackingTestingModule {
  /**
   * @example
   * ```ts
   * const module = await Test.createTestingModule({
   *   imports: [TrackingTestingModule.forRoot()],
   *   providers: [OrdersService],
   * }).compile();
   * ```
   */
  static forRoot({ destinations = ['test'], ...test }: TrackingTestingModuleOptions = {}): DynamicModule {
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
          inject: [TrackingService],
          useFactory: (service: TrackingService) => trackingRecorder(service),
        },
      ],
      exports: [TrackingRecorder],
    };
  }
}
