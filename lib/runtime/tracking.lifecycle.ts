import { isMainThread } from 'node:worker_threads';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { registerCapture } from '../capture/capture-port.js';
import { type Clock, type Timer, TRACKING_CLOCK } from '../host/clock.js';
import { detached } from '../host/detached.js';
import { Log } from '../host/log.js';
import { otherRuntime } from '../host/other-runtime.js';
import { TrackingRuntime } from './tracking.runtime.js';
import { runtimeMessages } from './runtime.messages.js';

/** `enableShutdownHooks()` is often called after an application was initialised, so the check waits for it. */
const LISTENER_CHECK_MS = 1_000;

/** All open runtimes. One listener of the process's `exit` serves them all. */
const open = new Set<TrackingRuntime>();
const onExit = (): void => {
  for (const runtime of open) runtime.shutdown.onProcessExit();
};

/**
 * Starts and stops the runtime with Nest's hooks. Requests still run after `beforeApplicationShutdown`, so the drain begins there
 * without blocking; `onApplicationShutdown` delivers the remaining events.
 */
@Injectable()
export class TrackingLifecycle
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  #forget: (() => void) | undefined;
  #listenerCheck: Timer | undefined;

  constructor(
    @Inject(TrackingRuntime) private readonly runtime: TrackingRuntime,
    @Inject(TRACKING_CLOCK) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#forget = registerCapture(this.runtime.door.port);
    if (open.size === 0) process.on('exit', onExit);
    open.add(this.runtime);
    await this.runtime.opened();
  }

  onApplicationBootstrap(): void {
    this.log.info(this.runtime.startLine);
    const other = otherRuntime();
    if (other !== undefined && this.runtime.enabled) this.log.warn(runtimeMessages.untestedRuntime(other));
    // Signals never reach a worker thread.
    if (!this.runtime.enabled || !isMainThread) return;
    this.#listenerCheck = detached(() =>
      this.clock.after(LISTENER_CHECK_MS, () => {
        if (process.listenerCount('SIGTERM') === 0) this.log.warn(runtimeMessages.nobodyListens());
      }),
    );
    this.#listenerCheck.hold(false);
  }

  beforeApplicationShutdown(): void {
    this.#listenerCheck?.cancel();
    this.runtime.shutdown.beginDrain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
    this.#forget?.();
    open.delete(this.runtime);
    if (open.size === 0) process.off('exit', onExit);
  }
}
