import { types } from 'node:util';
import type { KeepAnswers, LaneDestination } from '../delivery/lane-destination.js';
import { limitsOf, MAX_ANSWER_BYTES, type Destination } from '../destinations/destination.js';
import { LaneView } from '../destinations/lane-view.js';
import type { TrackingModuleOptions } from './module-options.js';

/** The settings and functions of a destination that its lane uses. */
export function laneDestination(
  destination: Destination,
  dispatcher: TrackingModuleOptions['dispatcher'],
  keepAnswers: KeepAnswers,
): LaneDestination {
  const limits = limitsOf(destination);
  const { batch, credentials, answerBytesPerEvent = 0 } = destination;
  /** Events whose answers fit in the bytes that are read. */
  const answered = Math.floor(MAX_ANSWER_BYTES / answerBytesPerEvent);
  const view = new LaneView(destination);
  return {
    name: destination.name,
    batch: {
      maxEvents: Math.min(batch?.maxEvents ?? limits.maxEvents, Math.max(1, answered)),
      maxBytes: batch?.maxBytes ?? limits.maxBytes,
      maxDelayMs: batch?.maxDelayMs ?? 1_000,
    },
    concurrency: destination.concurrency ?? 4,
    timeoutMs: destination.timeoutMs ?? 10_000,
    pipelining: destination.pipelining ?? 1,
    maxAgeMs: destination.maxAgeMs,
    acknowledgement: destination.acknowledgement ?? 'accepted',
    onUnknown: destination.onUnknown ?? 'retry',
    secrets: destination.secrets ?? [],
    credentials: typeof credentials === 'function' ? credentials.bind(destination) : undefined,
    dispatcher: destination.dispatcher ?? dispatcher,
    allowPrivateHosts: destination.allowPrivateHosts ?? true,
    partition: destination.partition && ((held) => destination.partition!(view.of(held))),
    encode: (batch, attempt) => destination.encode(view.all(batch), attempt),
    decode: (answer, batch) => {
      const decoded = destination.decode?.(answer, view.all(batch));
      return types.isMap(decoded) ? view.settled(decoded, batch) : decoded;
    },
    explain: (answer) => destination.explain?.(answer),
    keepAnswers,
  };
}
