import type { AttemptReport, TelemetrySource, TrackingTelemetry } from './telemetry.js';
import { traceOf } from '../event/traceparent.js';
import { Hook } from '../host/hook.js';
import type { TellNotice } from './notices.js';
import { observeMessages } from './observe.messages.js';

/** The object given as `telemetry`, safe to call from anywhere. Its errors are counted and logged. */
export class GuardedTelemetry {
  /** This and the next two are absent if the object has no such method, so that nothing is measured for them. */
  readonly attempted: ((attempt: AttemptReport) => void) | undefined;
  readonly delivered: ((lane: string, waitedMs: readonly number[]) => void) | undefined;
  /** The `traceparent` of the active span. */
  readonly traceparent: (() => string | undefined) | undefined;
  #stop: (() => void) | undefined;

  constructor(
    private readonly telemetry: TrackingTelemetry,
    private readonly notice: TellNotice,
  ) {
    if (typeof telemetry.attempted === 'function') {
      const hook = this.#hook('`telemetry.attempted()`');
      this.attempted = (attempt) => hook.ask(() => telemetry.attempted!(attempt), ignore);
    }
    if (typeof telemetry.delivered === 'function') {
      const hook = this.#hook('`telemetry.delivered()`');
      this.delivered = (lane, waitedMs) => hook.ask(() => telemetry.delivered!(lane, waitedMs), ignore);
    }
    if (typeof telemetry.traceparent === 'function') {
      const hook = this.#hook('`telemetry.traceparent()`');
      const ask = (): unknown => telemetry.traceparent!();
      this.traceparent = () => hook.ask(ask, traceOf)?.traceparent;
    }
  }

  start(source: TelemetrySource): void {
    const stop = this.#hook('`telemetry.start()`').ask(
      () => this.telemetry.start(source),
      (given) => given,
    );
    if (typeof stop === 'function') this.#stop = stop as () => void;
  }

  /** Later calls do nothing. */
  stop(): void {
    const stop = this.#stop;
    this.#stop = undefined;
    if (stop !== undefined) this.#hook('What `telemetry.start()` returned').ask(stop, ignore);
  }

  #hook(what: string): Hook {
    return new Hook(() => this.notice('hook_error', what, () => observeMessages.telemetryFailed(what)));
  }
}

function ignore(): void {}
