import type { EventBuffer } from '../buffer/event-buffer.js';
import type { TellNotice } from '../observe/notices.js';
import type { LifecycleStream } from '../observe/lifecycle.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { AnswerKeeper } from './answer/answer-keeper.js';
import { Evidence } from './evidence.js';
import { Lane } from './lane.js';
import { LaneCredentials } from './lane-credentials.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
import { LaneHealth } from './lane-health.js';
import { LaneMeasures, type LaneTelemetry } from './lane-measures.js';
import { LaneQueue } from './lane-queue.js';
import { LaneSignals } from './lane-signals.js';
import { LeasedBatches } from './leased-batches.js';
import { PersonOrder } from './order/person-order.js';
import { AttemptResults } from './attempt-results.js';
import { Sender, type SenderSetup } from './sender.js';
import { Settlements } from './settlements.js';
import { Throttle } from './throttle.js';

/** The setup of a lane. */
export interface LaneSetup extends Pick<SenderSetup, 'transport'> {
  readonly destination: LaneDestination;
  readonly buffer: EventBuffer;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly lifecycle: LifecycleStream;
  readonly telemetry?: LaneTelemetry | undefined;
  readonly notice: TellNotice;
}

/** Connects the parts of a lane. */
export function makeLane(setup: LaneSetup): Lane {
  const { destination, buffer, retry, clock, random, log, lifecycle } = setup;
  const { name, concurrency, credentials: source, timeoutMs } = destination;
  const signals = new LaneSignals(name, clock, log, lifecycle);
  const throttle = new Throttle(concurrency, retry, clock, random, (until) =>
    buffer.keepPause?.(name, until),
  );
  const batches = new LeasedBatches(clock, throttle);
  const order = new PersonOrder(batches, throttle.parking, (replaced) =>
    settlements.drop(replaced, 'superseded'),
  );
  const settlements: Settlements = new Settlements(buffer, batches, order, signals);
  const { maxAgeMs } = retry;
  const queue = new LaneQueue({ destination, buffer, maxAgeMs, clock, batches, order, settlements });
  const health = new LaneHealth({
    throttle,
    evidence: new Evidence(throttle, clock),
    batches,
    measures: new LaneMeasures(setup),
    signals,
    clock,
    store: (trouble) => buffer.keepTrouble?.(name, trouble),
  });
  const answers = new AnswerKeeper(destination);
  const credentials = new LaneCredentials({
    source,
    timeoutMs,
    clock,
    log,
    signals,
    pauseMs: (failures) => throttle.pauseMs(failures),
    onSecrets: (secrets) => answers.hide(secrets),
    onEnd: () => lane.wake(),
  });
  const results = new AttemptResults({
    destination,
    retry,
    clock,
    answers,
    credentials,
    health,
    queue,
    settlements,
  });
  const sender = new Sender({ ...setup, health, queue, results }, () => lane.wake());
  const isGrouped = buffer.durable;
  const lane: Lane = new Lane({ name, clock, log, isGrouped, credentials, health, queue, sender, throttle });
  return lane;
}
