import type { HttpAdapterHost } from '@nestjs/core';
import type { Log } from '../host/log.js';
import { TrackingLifecycle } from '../runtime/tracking.lifecycle.js';
import type { TrackingRuntime } from '../runtime/tracking.runtime.js';
import type { ApplicationClock } from './application-clock.js';
import { recorderBehind } from './recorder-of.js';

/** The lifecycle of an application under test: it ignores signals, and shuts down without delay. */
export class RehearsalLifecycle extends TrackingLifecycle {
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
