import type { EventBuffer } from '../buffer/event-buffer.js';
import type { LifecycleStream } from '../observe/lifecycle.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';
import { AnswerKeeper } from './answer/answer-keeper.js';
import { Consequences } from './consequences.js';
import { Lane } from './lane.js';
import { LaneCredentials } from './lane-credentials.js';
import type { LaneDestination, RetryPolicy } from './lane-destination.js';
import { LaneHealth } from './lane-health.js';
import { LaneMeasures, type LaneTelemetry } from './lane-measures.js';
import { LaneQueue } from './lane-queue.js';
import { LaneSignals } from './lane-signals.js';
import { LeasedBatches } from './leased-batches.js';
import { PersonOrder } from './order/person-order.js';
import { Outcomes } from './outcomes.js';
import { Sender, type SenderSetup } from './sender.js';
import { Settlements } from './settlements.js';
import { Throttle } from './throttle.js';
import { Verdicts } from './verdicts.js';

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
  /** More events arrive than the lane can deliver; `message` is for the log. */
  onOverCapacity(message: () => string): void;
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
  const order = new PersonOrder(batches, throttle.parking);
  const settlements = new Settlements(buffer, order, signals);
  const { maxAgeMs } = retry;
  const queue = new LaneQueue({ destination, buffer, maxAgeMs, clock, batches, order, settlements, signals });
  const health = new LaneHealth(throttle, batches, signals, clock, (trouble) =>
    buffer.keepTrouble?.(name, trouble),
  );
  const measures = new LaneMeasures(setup);
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
  const verdicts = new Verdicts(throttle, clock);
  const parts = {
    ...setup,
    answers,
    batches,
    credentials,
    health,
    measures,
    order,
    queue,
    settlements,
    signals,
    throttle,
    verdicts,
  };
  const consequences = new Consequences(parts);
  const outcomes = new Outcomes({ ...parts, consequences });
  const sender = new Sender({ ...parts, outcomes }, () => lane.wake());
  const lane: Lane = new Lane({ ...parts, name, isGrouped: buffer.durable, sender });
  return lane;
}
