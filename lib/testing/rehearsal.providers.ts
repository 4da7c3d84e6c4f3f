import type { FactoryProvider } from '@nestjs/common';
import { systemClock, TRACKING_CLOCK } from '../host/clock.js';
import { Log } from '../host/log.js';
import { HttpAdapterHost } from '@nestjs/core';
import type { TrackingModuleOptions } from '../options/module-options.js';
import { resolveOptions, type ResolvedOptions } from '../options/resolve-options.js';
import { TrackingLifecycle } from '../runtime/tracking.lifecycle.js';
import { RESOLVED_OPTIONS, TRACKING_OPTIONS } from '../tracking.module.js';
import { TrackingRuntime } from '../runtime/tracking.runtime.js';
import { ApplicationClock } from './application-clock.js';
import { recorderBehind } from './recorder-of.js';
import { rehearsedOptions } from './rehearsed-options.js';
import type { OverrideTrackingOptions } from './testing-options.js';
import { TrackingRecorder } from './tracking-recorder.js';

/** The lifecycle of an application under test: it ignores signals, and shuts down without delay. */
class RehearsalLifecycle extends TrackingLifecycle {
  constructor(
    private readonly tracking: TrackingRuntime,
    private readonly time: ApplicationClock,
    log: Log,
    private readonly host: HttpAdapterHost | undefined,
  ) {
    super(tracking, time, log);
  }

  override onApplicationBootstrap(): void {
    const server: unknown = this.host?.httpAdapter?.getHttpServer?.();
    recorderBehind(this.tracking.door.port)?.watch(server);
  }

  override async onApplicationShutdown(): Promise<void> {
    const closed = super.onApplicationShutdown();
    this.time.hurry();
    await closed;
  }
}

/** Providers that replace the module's. Each application gets a new recorder. */
export function rehearsalProviders(test: OverrideTrackingOptions): FactoryProvider<unknown>[] {
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
