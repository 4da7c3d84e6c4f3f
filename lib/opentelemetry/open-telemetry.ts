import {
  context,
  isSpanContextValid,
  metrics,
  trace,
  type Attributes,
  type BatchObservableCallback,
  type Histogram,
  type Meter,
} from '@opentelemetry/api';
import type {
  AttemptReport,
  TelemetrySource,
  TelemetryStats,
  TrackingTelemetry,
} from '../observe/telemetry.js';
import { instruments, observables, type Instruments } from './instruments.js';
import { valuesOf } from '../config/rows.js';
import { openTelemetryRows, type OpenTelemetryOptions } from './open-telemetry-options.js';
import { StatsObserver } from './observe-stats.js';

/**
 * Exports metrics through OpenTelemetry, and adds the trace id to events: `TrackingModule.forRoot({ telemetry:
 * openTelemetry() })`.
 *
 * Register the SDK before the application starts: a meter that is requested earlier records nothing. Counters and
 * gauges are read from the accounting at each collection and cost nothing in between; the two histograms are recorded
 * when a request to a destination ends. No spans are created.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): TrackingTelemetry {
  return new OpenTelemetry(options);
}

class OpenTelemetry implements TrackingTelemetry {
  readonly traceparent: (() => string | undefined) | undefined;
  readonly #attributes: Attributes;
  readonly #meter: Meter | undefined;
  #durations: Pick<Instruments, 'deliveryDuration' | 'requestDuration'> | undefined;

  constructor(options: OpenTelemetryOptions) {
    const { meter, attributes, traceContext } = valuesOf(openTelemetryRows, options);
    this.#meter = meter;
    this.#attributes = attributes;
    if (traceContext) this.traceparent = activeTraceparent;
  }

  start(source: TelemetrySource): () => void {
    const meter = this.#meter ?? metrics.getMeter('nestjs-tracking');
    const all = instruments(meter);
    this.#durations = all;
    const observer = new StatsObserver(all, this.#attributes);
    const observed = observables(all);
    let last: TelemetryStats | undefined;
    const collect: BatchObservableCallback = (result) => {
      observer.observe(last ?? source.stats(), result);
      if (last !== undefined) queueMicrotask(() => meter.removeBatchObservableCallback(collect, observed));
    };
    meter.addBatchObservableCallback(collect, observed);
    // The SDK shuts down after the application and collects once more: it must see the final numbers.
    return () => {
      last = source.stats();
    };
  }

  attempted({ lane, durationMs, status, failure }: AttemptReport): void {
    const error = failure ?? (status !== undefined && !isSuccess(status) ? String(status) : undefined);
    this.#record('requestDuration', durationMs, lane, {
      ...(status !== undefined && { 'http.response.status_code': status }),
      ...(error !== undefined && { 'error.type': error }),
    });
  }

  delivered(lane: string, waitedMs: readonly number[]): void {
    for (const waited of waitedMs) this.#record('deliveryDuration', waited, lane);
  }

  #record(
    histogram: 'deliveryDuration' | 'requestDuration',
    ms: number,
    lane: string,
    attributes?: Attributes,
  ): void {
    const to: Histogram | undefined = this.#durations?.[histogram];
    to?.record(ms / 1_000, {
      ...this.#attributes,
      'nestjs_tracking.destination': lane,
      ...attributes,
    });
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The active span in the form of W3C's `traceparent` header; undefined without one. */
function activeTraceparent(): string | undefined {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}
