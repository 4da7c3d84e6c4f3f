import type {
  Histogram,
  Meter,
  Observable,
  ObservableCounter,
  ObservableGauge,
  ObservableUpDownCounter,
} from '@opentelemetry/api';

export type Instruments = ReturnType<typeof instruments>;

/** Boundaries of OpenTelemetry's HTTP durations, extended to the longest request timeout. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30];
/** From an event in a full batch to one that was pending during an outage of a day. */
const DELIVERY_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400];

/** Creates the instruments. A meter returns the same instrument for the same name. */
export function instruments(meter: Meter) {
  const counter = (name: string, unit: string, description: string): ObservableCounter =>
    meter.createObservableCounter(`nestjs_tracking.${name}`, { unit, description });
  const level = (name: string, unit: string, description: string): ObservableUpDownCounter =>
    meter.createObservableUpDownCounter(`nestjs_tracking.${name}`, { unit, description });
  const gauge = (name: string, unit: string, description: string): ObservableGauge =>
    meter.createObservableGauge(`nestjs_tracking.${name}`, { unit, description });
  const duration = (name: string, explicitBucketBoundaries: number[], description: string): Histogram => {
    // Older versions of the API ignore `advice`.
    const options = { unit: 's', description, advice: { explicitBucketBoundaries } };
    return meter.createHistogram(`nestjs_tracking.${name}`, options);
  };
  return {
    calls: counter('calls', '{call}', 'Calls, by outcome'),
    held: level('hold.calls', '{call}', 'Calls held inside hold() until its transaction ends'),
    notices: counter(
      'notices',
      '{notice}',
      'Conditions worth knowing that did not change the outcome of an event',
    ),
    planViolations: counter('plan.violations', '{event}', 'Events that do not fit the tracking plan'),
    entered: counter('events.entered', '{event}', 'Events that entered the lane of a destination, by origin'),
    settled: counter('events.settled', '{event}', 'Events that a destination settled, by outcome'),
    declined: counter('events.declined', '{event}', 'Accepted events that a destination declined'),
    unverified: counter(
      'events.unverified',
      '{event}',
      'Delivered events whose answer could not be read; included in the delivered events',
    ),
    redriven: counter('events.redriven', '{event}', 'Dead letters that were put back into the queue'),
    requests: counter('requests', '{request}', 'Requests to a destination'),
    pending: level('events.pending', '{event}', 'Pending events'),
    deadLetters: level('events.dead', '{event}', 'Dead letters kept now'),
    pendingAge: gauge(
      'backlog.age',
      's',
      'Time since the oldest pending event was accepted; 0 if there is none',
    ),
    parked: level(
      'destination.parked',
      '{destination}',
      '1 while a destination is parked for this reason, otherwise 0',
    ),
    journalSize: level('journal.size', 'By', 'Bytes of the journal on disk'),
    journalUncommitted: level(
      'journal.uncommitted',
      '{event}',
      'Accepted events that are not on the disk yet',
    ),
    journalFailing: level(
      'journal.failing',
      '{journal}',
      '1 while the disk is rejecting writes, otherwise 0',
    ),
    journalDamaged: counter(
      'journal.damaged',
      '{line}',
      'Events and lines of the journal that could not be read or are missing',
    ),
    deliveryDuration: duration(
      'event.delivery.duration',
      DELIVERY_SECONDS,
      'Time from the acceptance of an event to its delivery',
    ),
    requestDuration: duration('request.duration', REQUEST_SECONDS, 'Duration of a request to a destination'),
  };
}

/** Instruments that are read at each collection. */
export function observables(all: Instruments): Observable[] {
  const { deliveryDuration: _, requestDuration: __, ...observed } = all;
  return Object.values(observed);
}
