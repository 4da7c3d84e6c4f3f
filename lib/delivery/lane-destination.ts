import type { Dispatcher } from 'undici';
import type {
  Acknowledgement,
  Answer,
  Attempt,
  CredentialsSource,
  Explanation,
  OutgoingRequest,
  Outcome,
  RequestOutcome,
} from '../destinations/destination.js';
import type { HeldEvent } from '../event/lane-event.js';

/** The part of an answer that dead letters keep: fields that the destination understands, or text. */
export type KeepAnswers = 'fields' | 'text';

/** The retry options of a lane, with all defaults. */
export interface RetryPolicy {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxRetryAfterMs: number;
  /** Absent: events never expire. */
  readonly maxAgeMs?: number | undefined;
}

/** A destination for its lane, with all defaults. */
export interface LaneDestination {
  readonly name: string;
  readonly batch: { readonly maxEvents: number; readonly maxBytes: number; readonly maxDelayMs: number };
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly pipelining: number;
  readonly maxAgeMs: number | undefined;
  readonly acknowledgement: Acknowledgement;
  readonly onUnknown: 'retry' | 'dead';
  readonly secrets: readonly string[];
  /** Set if a function returns the credentials. */
  readonly credentials: CredentialsSource | undefined;
  readonly keepAnswers: KeepAnswers;
  readonly dispatcher: Dispatcher | undefined;
  readonly allowPrivateHosts: boolean;
  readonly partition: ((event: HeldEvent) => string) | undefined;
  encode(batch: readonly HeldEvent[], attempt: Attempt): OutgoingRequest;
  decode(
    answer: Answer,
    batch: readonly HeldEvent[],
  ): ReadonlyMap<string, Outcome> | RequestOutcome | undefined;
  explain(answer: Answer): Explanation | undefined;
}
