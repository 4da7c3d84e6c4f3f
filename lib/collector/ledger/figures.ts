import type { EventKind, ReceivedOutcome } from './received.js';

// Types only: the page, which is compiled for browsers, reads them, too.

export type OutcomeCounts = Readonly<Record<ReceivedOutcome, number>>;

export interface NameCounts extends OutcomeCounts {
  readonly platform: string;
  readonly kind: EventKind;
  /** As first received; `''` for calls without a name. Null: all other names of this kind, because a limited number is counted separately. */
  readonly name: string | null;
}

export interface PlatformCounts extends OutcomeCounts {
  readonly platform: string;
  readonly title: string;
  readonly requests: number;
  /** Requests that a scripted answer failed: their senders still have the events. */
  readonly failedRequests: number;
  /** When the last request arrived, epoch milliseconds; null: none arrived. */
  readonly lastReceivedAt: number | null;
}

/** A person of one platform: all ids that the platform has joined. */
export interface Person {
  readonly platform: string;
  /** In no particular order. */
  readonly ids: readonly string[];
  readonly events: OutcomeCounts;
  /** When their last event arrived, epoch milliseconds. */
  readonly lastReceivedAt: number;
}

/** How much the collector keeps. */
export interface Kept {
  /** Number of the latest event, also after a reset; 0: none arrived. */
  readonly latestEvent: number;
  /** Number of the latest request, also after a reset; 0: none arrived. */
  readonly latestRequest: number;
  readonly events: number;
  /** Events that are counted and no longer listed. */
  readonly forgottenEvents: number;
  readonly requests: number;
  readonly forgottenRequests: number;
  readonly people: number;
  readonly forgottenPeople: number;
  /** Texts by which repetitions are recognised. */
  readonly repetitions: number;
  /** This number of the newest events is always known; a repetition of an older event may be counted as delivered. */
  readonly certainRepetitions: number;
}
