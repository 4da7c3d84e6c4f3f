import type { Dispatcher } from 'undici';
import type { BrowserResolver } from '../event/identity.js';
import type { LaneEvent, LaneNote } from '../event/lane-event.js';
import type { Notice } from '../observe/notices.js';
import type { Reason } from '../event/reasons.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { BatchOptions } from './batch-options.js';
import type { DestinationMap } from './destination-map.js';

/**
 * Names of the properties that a destination may receive: one list for all events, or one per event name, with `*` for
 * all other events. Top-level names only; all other properties are removed.
 */
export type AllowedProperties = readonly string[] | Readonly<Record<string, readonly string[]>>;

/** The limits that the platform documents. */
export interface DestinationLimits {
  /** Events in one request. */
  readonly maxEvents: number;
  /** Bytes of one request's body before compression. */
  readonly maxBytes: number;
  /** Bytes of one event, measured as the JSON of the event. */
  readonly maxEventBytes: number;
}

/** Assumed for a platform that documents no limits. */
export const DEFAULT_LIMITS: DestinationLimits = {
  maxEvents: 500,
  maxBytes: 512_000,
  maxEventBytes: 256_000,
};

/** A destination's limits, with the default for what it leaves out. */
export function limitsOf({ limits }: Pick<Destination, 'limits'>): DestinationLimits {
  return {
    maxEvents: limits?.maxEvents ?? DEFAULT_LIMITS.maxEvents,
    maxBytes: limits?.maxBytes ?? DEFAULT_LIMITS.maxBytes,
    maxEventBytes: limits?.maxEventBytes ?? DEFAULT_LIMITS.maxEventBytes,
  };
}

/** The credentials that are known at start; empty if a function returns them. */
export function fixedCredentials({ credentials = [] }: Pick<Destination, 'credentials'>): readonly string[] {
  return typeof credentials === 'function' ? [] : credentials;
}

/** How much of an answer is read, in bytes. */
export const MAX_ANSWER_BYTES = 65_536;

/** How much an acknowledgement of the platform proves. */
export type Acknowledgement =
  /** The host received it, and may not have understood it. */
  | 'received'
  /** The request was checked and accepted as a whole. */
  | 'accepted'
  /** The answer has an outcome for each event. */
  | 'perEvent';

/** How the platform recognises a repeated event, and for how long. */
export interface Deduplication {
  readonly fields: readonly string[];
  /** Milliseconds. `null`: no end. `undefined`: unknown. */
  readonly windowMs?: number | null | undefined;
}

/** One HTTP request, built anew for each attempt. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  /**
   * Names in any letter case; a repeated name counts once, the last. `user-agent` replaces `nestjs-tracking/<version>`. With a
   * `transfer-encoding`, `keep-alive`, `upgrade`, `expect` or `proxy-authorization`, which the client sets, no request can be made.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** `gzip`: compressed off the main thread before it is sent, and marked so. */
  readonly compress?: 'gzip' | undefined;
  /** True if a repeated request has no further effect, so that it may be pipelined. */
  readonly idempotent?: boolean | undefined;
  /** Secrets of this request alone, such as a token that was just made: removed from stored answers to it, as `secrets` are. */
  readonly secrets?: readonly string[] | undefined;
}

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * UTF-8 text, cut at 64 KB. A body in gzip, deflate, br or (where Node has it) zstd is decoded, and its `content-encoding` is
   * not among the `headers`. If it cannot be decoded, or is larger than 64 KB decoded, a sentence about that replaces it.
   */
  readonly body: string;
  /** False if the connection ended before the body, or the body was cut or cannot be decoded. */
  readonly complete: boolean;
}

/** Why a platform rejected a request or an event, in fields that it documents. Never the whole answer. */
export interface Explanation {
  /** An error code, such as `invalid_email`. The log shows it. */
  readonly code?: string | number | undefined;
  /** The rejected field, such as `properties.email`. The log shows it. */
  readonly field?: string | undefined;
  /** A sentence for people. It is stored with the dead letter, and never logged. */
  readonly message?: string | undefined;
}

/** The outcome of one event in one attempt. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** Send it again, not before so many milliseconds. */
  | { readonly kind: 'retry'; readonly afterMs?: number | undefined }
  /** The platform rejected this event permanently. */
  | { readonly kind: 'rejected'; readonly detail?: string | Explanation | undefined };

/**
 * The outcome of the whole request, if the answer does not name events; with any status, so that an error code inside a 2xx
 * counts as an error. `afterMs` pauses the destination for this time in milliseconds, like `Retry-After`.
 */
export type RequestOutcome =
  | 'delivered'
  | 'retry'
  | 'tooLarge'
  | 'unauthorized'
  | 'misconfigured'
  | 'refused'
  | { readonly kind: 'retry'; readonly afterMs?: number | undefined };

/** Whether a destination accepts an event; a note is stored with the event and handed back to `encode`. */
export type Admission =
  | undefined // accepted
  | { readonly declined: Reason }
  | { readonly note: LaneNote };

/** The purposes of destinations, in the words of `consent`. */
export const PURPOSES = ['analytics', 'advertising'] as const;

/** The purpose of a destination; `consent` may decide by it. */
export type Purpose = (typeof PURPOSES)[number];

/** Parts of an event that a destination gets only if it needs them. */
export const NEEDS = ['person', 'consent'] as const;

/** Given to a destination once, at start. */
export interface DestinationSetup {
  /** Counts a notice; `message` is logged as a warning the first time that this destination reports `about`. */
  notice(notice: Notice, about: string, message: () => string): void;
}

/** The attempt that `encode` builds a request for. */
export interface Attempt {
  /** Epoch milliseconds, for sent-at fields and signatures. */
  readonly now: number;
  /** 1 for the first attempt of this batch. */
  readonly number: number;
  /** The `values` of the destination's `credentials` function; absent if `credentials` is not a function. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
}

/** The result of a {@link CredentialsSource}. */
export interface FreshCredentials {
  /**
   * At least one secret, by names that the destination chooses, such as `{ token }`. Handed to `encode` as
   * `attempt.credentials`; removed from stored answers, and never shown.
   */
  readonly values: Readonly<Record<string, string>>;
  /** Epoch milliseconds. Default: they do not expire. */
  readonly expiresAt?: number | undefined;
}

/**
 * Returns credentials that expire, such as an OAuth token. Called when the first event is due, again before they expire (the
 * current ones stay in use until then), and after the platform rejected them with a 401 or `decode` returned `unauthorized`. While
 * it throws, rejects, returns nothing valid or takes longer than `timeoutMs`, events stay pending and it is called again with
 * growing pauses. Never called in the test kit, or when tracking is disabled.
 */
export type CredentialsSource = () => Promise<FreshCredentials>;

/**
 * One platform: builds requests from events, and reads outcomes from answers. No I/O, timers or retry logic, which
 * belong to the lane. Only `name` and `encode` are required.
 */
export interface Destination {
  readonly name: string;
  /** The platform, such as `kissmetrics`. Default: `custom`. */
  readonly kind?: string | undefined;
  /**
   * The account that events are delivered to: the host or URL first, then the key that selects the project. Pending
   * events belong to an account and are never sent to another one. Only its host and digests are ever shown or stored.
   * Default: the name.
   */
  readonly account?: readonly string[] | undefined;
  /**
   * Secrets that only authenticate, such as an `Authorization` header or a signing secret. After they change, pending events
   * of the account are still delivered. Never shown; stored only as part of digests. A member that is undefined, blank or
   * a text such as `Bearer undefined` fails at start. A function returns credentials that expire. Default: none.
   */
  readonly credentials?: readonly string[] | CredentialsSource | undefined;
  /** Strings to remove from stored answers, also if they are escaped, in base64 or truncated. */
  readonly secrets?: readonly string[] | undefined;
  /** Default: {@link DEFAULT_LIMITS}. A larger event is declined (`too_large`). */
  readonly limits?: { readonly [Limit in keyof DestinationLimits]?: number | undefined } | undefined;
  /** Default: as the limits, and 1,000 ms. */
  readonly batch?: BatchOptions | undefined;
  /** Default: 4. */
  readonly concurrency?: number | undefined;
  /** Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Idempotent requests that may share a socket at the same time. Default: 1. */
  readonly pipelining?: number | undefined;
  readonly dispatcher?: Dispatcher | undefined;
  /**
   * False: requests go to public addresses only; a host that is or resolves to a private one parks the lane. Not allowed together
   * with a dispatcher, which makes its own connections. Default true.
   */
  readonly allowPrivateHosts?: boolean | undefined;
  /** Default: `accepted`. */
  readonly acknowledgement?: Acknowledgement | undefined;
  /**
   * Size of the platform's answer for one event in bytes, with `acknowledgement: 'perEvent'`. Batches are kept small enough that
   * an answer fits into the 64 KB that are read. Default: unknown; a batch whose answer is longer is sent again in halves.
   */
  readonly answerBytesPerEvent?: number | undefined;
  readonly deduplication?: Deduplication | undefined;
  /**
   * The consequence if it is unknown whether the platform received a request: no answer after the request may have been written,
   * or a 5xx other than 503 for which `decode` returns nothing. `retry`: it is sent again, with the same ids. `dead`: its
   * events become dead letters (`outcome_unknown`) and are sent again only on request; for a platform that does not recognise
   * repeats. Its requests then never share a socket at the same time. If the process is killed during a request, a journal
   * still sends the events again. Default: `retry`.
   */
  readonly onUnknown?: 'retry' | 'dead' | undefined;
  /**
   * Oldest event that the platform accepts, in milliseconds before now. An older one is declined when it is recorded, and dropped
   * when a batch is cut (`expired`). Default: any.
   */
  readonly maxAgeMs?: number | undefined;
  /** The only properties that `accept`, `partition`, `encode` and `decode` receive. Default: all. */
  readonly allowProperties?: AllowedProperties | undefined;
  /** Other names and properties for this destination; computed once for each event. Default: as recorded. */
  readonly map?: DestinationMap | undefined;
  /** The purpose for `consent`, if it decides by purpose. Default: `analytics`. */
  readonly purpose?: Purpose | undefined;
  /** Further parts of an event that `partition`, `encode` and `decode` get; see {@link LaneEvent}. Default: none. */
  readonly needs?: readonly (typeof NEEDS)[number][] | undefined;
  /**
   * Resolvers for the ids that the platform's browser library adds to requests. Only this destination gets them: all
   * of them as `browser` of a `LaneEvent`, and the `anonymousId` as the event's if the application gave none. Default: none.
   */
  readonly resolvers?: readonly BrowserResolver[] | undefined;

  /**
   * Checks the options of this destination at start; throws `TrackingConfigError`.
   *
   * @param path its path in the options, such as `destinations[0]`
   * @param credentials false when tracking is disabled, so that keys may be missing
   */
  check?(path: string, credentials: boolean): void;
  /** Called once, before the first event. */
  open?(setup: DestinationSetup): void;
  /** Decides about one event, on the caller's thread: keep it cheap. Default: accepts every event. */
  accept?(event: TrackingEvent): Admission;
  /** Events with different parts never share a request. Default: all may. */
  partition?(event: LaneEvent): string;
  /**
   * Builds the request of one attempt. If it throws, the batch is halved without a request; if it throws a
   * `TrackingConfigError`, the lane parks (`misconfigured`), and its message is logged.
   */
  encode(batch: readonly LaneEvent[], attempt: Attempt): OutgoingRequest;
  /**
   * Reads an answer, whatever its status. A `Map` has outcomes by event id; the status decides about ids that it lacks.
   * `undefined`: the status decides about all events. If it throws on a 2xx, the events count as delivered, unverified.
   *
   * It gets incomplete answers (`complete: false`), too. On an incomplete 2xx of a destination with
   * `acknowledgement: 'perEvent'`, events that its `Map` names are settled, and all others are sent again with the same ids: in
   * halves if the answer was longer than 64 KB, after a pause if the connection ended early. There, `delivered` and an error
   * count as `undefined`, because a part of an answer proves neither. A single event whose answer is too long, and events
   * whose answers ended early three times, count as delivered, unverified; so do all with `onUnknown: 'dead'`.
   */
  decode?(
    answer: Answer,
    batch: readonly LaneEvent[],
  ): ReadonlyMap<string, Outcome> | RequestOutcome | undefined;
  /**
   * Returns why a request was rejected as a whole. Called only for such answers. The result is cut to 1 KB, with the
   * `secrets` removed. Default: none; the status, kind and length of the answer are stored.
   */
  explain?(answer: Answer): Explanation | undefined;
}
