import type { InjectionToken } from '@nestjs/common';
import { systemClock, TRACKING_CLOCK } from '../host/clock.js';
import { Log } from '../host/log.js';
import { HttpAdapterHost } from '@nestjs/core';
import type { TrackingModuleOptions } from '../options/module-options.js';
import { resolveOptions, type ResolvedOptions } from '../options/resolve-options.js';
import { TrackingLifecycle } from '../runtime/tracking.lifecycle.js';
import { RESOLVED_OPTIONS, TRACKING_OPTIONS } from '../tracking.module.js';
import { TrackingRuntime } from '../runtime/tracking.runtime.js';
import { ApplicationClock } from './application-clock.js';
import { RehearsalLifecycle } from './rehearsal.lifecycle.js';
import { rehearsedOptions } from './rehearsed-options.js';
import type { OverrideTrackingOptions } from './testing-options.js';
import { TrackingRecorder } from './tracking-recorder.js';

/** A provider in the form that both a module and an override take. */
export interface RehearsalProvider {
  readonly provide: InjectionToken;
  readonly inject: (InjectionToken | { readonly token: InjectionToken; readonly optional: true })[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each provider has its own types of dependencies
  readonly useFactory: (...injected: any[]) => unknown;
}

/** Providers that replace the module's. Each application gets a new recorder. */
export function rehearsalProviders(test: OverrideTrackingOptions): RehearsalProvider[] {
  return [
    {
      provide: TRACKING_CLOCK,
      inject: [],
      useFactory: () => new ApplicationClock(test.clock ?? systemClock),
    },
    {
      provide: RESOLVED_OPTIONS,
      inject: [TRACKING_OPTIONS],
      useFactory: (options: TrackingModuleOptions): ResolvedOptions => ({
        ...resolveOptions(rehearsedOptions(options, test)),
        observer: new TrackingRecorder(),
      }),
    },
    {
      provide: TrackingLifecycle,
      inject: [TrackingRuntime, TRACKING_CLOCK, Log, { token: HttpAdapterHost, optional: true }],
      useFactory: (
        runtime: TrackingRuntime,
        clock: ApplicationClock,
        log: Log,
        host: HttpAdapterHost | undefined,
      ) => new RehearsalLifecycle(runtime, clock, log, host),
    },
  ];
}
