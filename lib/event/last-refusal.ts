import type { Reason } from './reasons.js';

/** The last answer of a platform that refused events. */
export interface LastRefusal {
  /** The status of the answer. */
  readonly status: number;
  /** `unauthorized` and `misconfigured` park the destination; `refused` is about the events, or all of them. */
  readonly reason: Reason;
  /**
   * The stored part of the answer (see `keepAnswers`): status, code and field, then the message or the kind of text. At
   * most 1 KB.
   */
  readonly answer: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Requests refused since the last one that delivered something; 0 if one has delivered something since. */
  readonly count: number;
}

/** Why a destination delivers nothing, for later processes and the command line. Without values of events. */
export interface LaneTrouble {
  readonly parked: { readonly reason: Reason; readonly at: number } | null;
  readonly lastRefusal: LastRefusal | null;
}
