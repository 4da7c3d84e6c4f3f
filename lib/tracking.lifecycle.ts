import { Inject, Injectable } from '@nestjs/common';
import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleInit,
} from '@nestjs/common';
import { registerCapture } from './decorator/living-captures.js';
import { Log } from './host/log.js';
import { optionMessages } from './options.messages.js';
import { TrackingRuntime } from './tracking.runtime.js';

/** Every runtime that is open, for the last word at the process's end. One listener serves them all. */
const open = new Set<TrackingRuntime>();
const onExit = (): void => {
  for (const runtime of open) runtime.onProcessExit();
};

/**
 * The runtime's life in Nest's hooks. Requests still run after `beforeApplicationShutdown`, so the drain begins there
 * without blocking; `onApplicationShutdown` takes what they left.
 */
@Injectable()
export class TrackingLifecycle
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  #forget: (() => void) | undefined;

  constructor(
    @Inject(TrackingRuntime) private readonly runtime: TrackingRuntime,
    @Inject(Log) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.#forget = registerCapture(this.runtime.capture);
    if (open.size === 0) process.on('exit', onExit);
    open.add(this.runtime);
  }

  onApplicationBootstrap(): void {
    if (this.runtime.enabled && process.listenerCount('SIGTERM') === 0) {
      this.log.warn(optionMessages.nobodyListens());
    }
  }

  beforeApplicationShutdown(): void {
    this.runtime.beginDrain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
    this.#forget?.();
    open.delete(this.runtime);
    if (open.size === 0) process.off('exit', onExit);
  }
}
