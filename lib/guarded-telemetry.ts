import { types } from 'node:util';
import type { AttemptReport, TelemetrySource, TrackingTelemetry } from './event/telemetry.js';
import { traceOf } from './event/traceparent.js';
import { disown } from './host/disown.js';

/** What was given as `telemetry`, made safe to call from anywhere: whatever it throws is reported and goes no further. */
export class GuardedTelemetry {
  /** Undefined where nobody asks for it, so that nothing is measured. */
  readonly attempted: ((attempt: AttemptReport) => void) | undefined;
  /** Undefined where nobody asks for it, so that nothing is measured. */
  readonly delivered: ((lane: string, waitedMs: readonly number[]) => void) | undefined;
  /** The trace that the running code belongs to, if what is given for it is a `traceparent`; undefined where nobody says. */
  readonly traceparent: (() => string | undefined) | undefined;
  #stop: (() => void) | undefined;

  constructor(
    private readonly telemetry: TrackingTelemetry,
    /** Told of what threw, such as `telemetry.start()`. */
    private readonly onError: (what: string) => void,
  ) {
    if (typeof telemetry.attempted === 'function') {
      this.attempted = (attempt) =>
        this.#guard('`telemetry.attempted()`', () => telemetry.attempted!(attempt));
    }
    if (typeof telemetry.delivered === 'function') {
      this.delivered = (lane, waitedMs) =>
        this.#guard('`telemetry.delivered()`', () => telemetry.delivered!(lane, waitedMs));
    }
    if (typeof telemetry.traceparent === 'function') {
      this.traceparent = () => {
        const given: unknown = this.#guard('`telemetry.traceparent()`', () => telemetry.traceparent!());
        return traceOf(given)?.traceparent;
      };
    }
  }

  start(source: TelemetrySource): void {
    const stop: unknown = this.#guard('`telemetry.start()`', () => this.telemetry.start(source));
    if (typeof stop === 'function') this.#stop = stop as () => void;
  }

  /** Called again it does nothing. */
  stop(): void {
    const stop = this.#stop;
    this.#stop = undefined;
    if (stop !== undefined) this.#guard('What `telemetry.start()` returned', stop);
  }

  #guard<T>(what: string, call: () => T): T | undefined {
    try {
      const returned = call();
      if (!types.isPromise(returned)) return returned;
      disown(returned);
    } catch {
      this.onError(what);
    }
    return undefined;
  }
}
