import type { LaneTrouble } from '../event/last-refusal.js';
import type { HeldEvent, LaneEntry } from '../event/lane-event.js';
import type { Reason, ReasonCounts } from '../event/reasons.js';
import type { StrandedEvents } from '../event/stranded.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import type { Clock } from '../host/clock.js';
import type { Log } from '../host/log.js';

/** One lane that an event goes to, with its entry for that lane. */
export interface Route {
  readonly lane: string;
  readonly entry?: LaneEntry | undefined;
}

/** An event as the buffer hands it out to one lane. */
export interface StoredEvent extends HeldEvent {
  /** Order of acceptance within the buffer; never reused, never changes. */
  readonly position: number;
  /** Estimated bytes of the event's JSON and its entry, for cutting batches. */
  readonly bytes: number;
  /** Monotonic time of acceptance, in milliseconds. */
  readonly since: number;
  /** The buffer settled the event while it was leased: it must not be sent any more. */
  readonly isGone?: boolean;
  /** It was a dead letter of this lane, and was put back into the queue. */
  readonly wasDead?: boolean;
  /** A command put it into the queue again: its position is not its order of acceptance. */
  readonly isCopy?: boolean;
}

/** The size of one lease. */
export interface LeaseLimits {
  readonly maxEvents: number;
  /** Estimated bytes; the first event is handed out even if it alone is larger. */
  readonly maxBytes: number;
  /** All events of a lease have the part of the oldest event. A lease may pass over events that have no order with its own. */
  readonly partition?: ((event: HeldEvent) => string) | undefined;
}

/** Events handed to one lane. No other attempt sends them until they are settled. */
export interface Lease {
  readonly token: number;
  readonly events: readonly StoredEvent[];
}

/** The outcome of leased events. */
export type Settlement =
  | { readonly state: 'delivered' }
  | { readonly state: 'dead'; readonly reason: Reason; readonly attempts: number; readonly answer?: string }
  | { readonly state: 'dropped'; readonly reason: Reason }
  /** Pending again, at its former place in the queue. */
  | { readonly state: 'returned' };

/** Which lanes had no room for an event that was offered. */
export interface OfferRefusal {
  readonly reason: Reason;
  readonly lanes: readonly string[];
}

/** Where committed events are: on disk (or in a shared engine), or in memory only. */
export type CommitState = 'committed' | 'buffered';

/** An event that no attempt can deliver, with the platform's answer. */
export interface DeadLetter {
  readonly event: TrackingEvent;
  readonly lane: string;
  readonly reason: Reason;
  readonly attempts: number;
  /** The stored part of the platform's last answer, at most 1 KB. */
  readonly answer?: string;
  /** The lane's entry of the event, without its `person`. It is kept when the letter is sent again. */
  readonly entry?: LaneEntry | undefined;
}

/** Pending events of one lane that are not leased. */
export interface Waiting {
  readonly events: number;
  readonly bytes: number;
}

/** Where one lane's events are. `accepted + recovered + adopted + replayed = delivered + pending + dead + dropped + handedOver`. */
export interface LaneLedger {
  /** Events accepted by this process. */
  accepted: number;
  /** Undelivered events of an earlier process, found at start. */
  recovered: number;
  /** Events taken over from a process that died. */
  adopted: number;
  /** Events sent again on demand. */
  replayed: number;
  delivered: number;
  /** Accepted and not settled, now. */
  pending: number;
  /** Dead letters kept, now. */
  dead: number;
  dropped: ReasonCounts;
  /** Events left to another process. */
  handedOver: number;
  /** Dead letters put back into the queue. */
  redriven: number;
}

/** The account that a lane delivers to, as it is written to disk. */
export interface LaneAccount {
  /** The platform, such as `kissmetrics`. */
  readonly kind: string;
  readonly host: string;
  /** A digest keyed with the account, which selects the destination of the events. */
  readonly key: string;
  /**
   * A digest keyed with account and credentials; it differs after credentials change. Folders of earlier versions have only this
   * one, as `key`.
   */
  readonly credentials?: string | undefined;
}

/** The state of a durable buffer. */
export interface JournalStats {
  /** `opening`: nothing was written yet. `failing`: the disk rejects writes; events are delivered from memory. */
  state: 'opening' | 'open' | 'failing' | 'closed';
  /** Why it is failing: the system's code, such as `ENOSPC`. */
  cause: string | null;
  /** The folder that is written now. */
  folder: string | null;
  /** Bytes of all segments, including those of earlier processes. */
  bytes: number;
  segments: number;
  /** Events that are accepted and not on disk yet. */
  uncommitted: number;
  /** Events and lines that could not be read or were missing, since start. */
  damaged: number;
  /** Pending events of the directory that this process cannot deliver, and that no living process owns. */
  stranded: StrandedEvents[];
  /** True while the events of earlier processes are being read. */
  recovering: boolean;
  /** Folders and files in the directory that this process cannot use. Their events are not delivered. */
  unreadable: UnreadablePath[];
}

/** A folder or file of a journal that cannot be used now. The access is retried. */
export interface UnreadablePath {
  readonly path: string;
  /** The system's error code, such as `EIO`. Also `EACCES` if other users can write to the path, so that it is not trusted. */
  readonly code: string;
  /** The uid of the owner that denies access to this process; null if that is not the reason. */
  readonly uid: number | null;
}

/** Where a durable buffer writes, and as whom. */
export interface WrittenPlace {
  readonly directory: string;
  /** The uid of this process; undefined on systems without uids. */
  readonly user: number | undefined;
}

/** Given to a buffer when it is made. */
export interface BufferSetup {
  /** Names of the lanes, in the order of the destinations. */
  readonly lanes: readonly string[];
  readonly clock: Clock;
  /** The account that each lane delivers to, by the lane's name. A durable buffer never hands an event to another account. */
  readonly accounts: Readonly<Record<string, LaneAccount>>;
  /** The option `namespace`, if it is set. */
  readonly namespace?: string | undefined;
  /** The namespace of keyed ids if the application sets no `namespace`: a digest of its configuration. */
  readonly defaultNamespace?: string | undefined;
  /** How long keys are remembered, in milliseconds. */
  readonly maxKeyAgeMs: number;
  readonly log: Log;
  /** Limits of dead letters per lane, in letters and bytes. */
  readonly deadLetters: { readonly maxEvents: number; readonly maxBytes: number };
  /**
   * A lane has new events. May be called on the caller's thread, so it only marks and arms.
   *
   * @param waiting the lane's pending events now, without leased ones
   * @param added how many of them are new
   */
  onWork(lane: string, waiting: Waiting, added: number): void;
  /**
   * Decides whether a replay may send an event to a lane that did not get it before, such as that of a new destination. Absent:
   * no decision is possible, and the event is not sent there. Never throws.
   *
   * @returns `undefined`: the lane does not get it
   */
  readonly admit?: ((event: TrackingEvent, lane: string) => Route | undefined) | undefined;
  /** Reports the id of a keyed event that an earlier process accepted, and the time of acceptance in epoch milliseconds. */
  onKey(id: string, acceptedAt: number): void;
  /** A durable buffer's disk began to reject or to accept writes. `where` is for the log. */
  onState(state: 'failing' | 'open', cause: string | undefined, where?: WrittenPlace): void;
  /**
   * A lane dropped an event. Its `event` may have to be parsed first; `idOf()` is cheap.
   *
   * @param gone true if no lane has it any more and no lane has delivered it
   */
  onDropped(held: HeldEvent, lane: string, reason: Reason, gone: boolean): void;
  /**
   * A lane lost events that cannot be identified, because the disk does not have them any more. The buffer logs the loss.
   */
  onLost(lane: string, reason: Reason, events: number): void;
  /**
   * People were erased. The receiver deletes data about them outside of the buffer.
   *
   * @param ids of users and browsers; undefined if the people are selected by a property, so that any person may be one of them
   */
  readonly onErased?: ((ids: readonly string[] | undefined) => void) | undefined;
}

/**
 * The pending events. Each event is stored once for all its lanes, handed out by lease, and settled individually. The order of
 * events is not guaranteed.
 */
export interface EventBuffer {
  /** Whether pending events outlive the process. */
  readonly durable: boolean;
  /**
   * Stores an event for its lanes. Synchronous, cheap, never throws.
   *
   * @param size estimated bytes of the event's JSON, without entries
   * @param withheld lanes that must never get the event, each with an entry that records this. A buffer that can replay stores them.
   * @returns `undefined` if all lanes accepted it, otherwise the lanes that had no room
   */
  offer(
    event: TrackingEvent,
    size: number,
    routes: readonly Route[],
    withheld?: readonly Route[],
  ): OfferRefusal | undefined;
  /**
   * Starts at once, and resolves when every event offered so far is as safe as this buffer can make it. Never rejects. Until then
   * the buffer keeps the process alive, because lanes know only the events that were announced to them.
   */
  commit(): Promise<CommitState>;
  /**
   * Leases the oldest pending events of a lane. `undefined` if all are leased, or if the lane must settle some of its leases first.
   */
  lease(lane: string, limits: LeaseLimits): Lease | undefined;
  /** Settles events of a lease; the others of the lease stay leased. Ignores events that are not leased. */
  settle(lane: string, token: number, events: readonly StoredEvent[], settlement: Settlement): void;
  /** A lane's pending events, without leased ones. */
  waiting(lane: string): Waiting;
  /**
   * A lane's oldest pending event that is in memory and not leased. If it is undefined although events are pending, they are being
   * read: `onWork` is called when they are in memory.
   */
  oldest(lane: string): StoredEvent | undefined;
  /** Position of a lane's first pending event that is not leased, in memory or not; Infinity if there is none. */
  firstPosition(lane: string): number;
  /** The position that the next accepted event will have. Events of earlier processes come first, at position 0. */
  readonly nextPosition: number;
  /** A snapshot of one lane's ledger. */
  ledger(lane: string): LaneLedger;
  /** Streams the dead letters of a lane, oldest first. They may be on disk, and larger than memory. */
  deadLetters(lane: string): Iterable<DeadLetter> | AsyncIterable<DeadLetter>;
  /** Ends the buffer. A durable buffer hands pending events over; another one drops them as `closed`. */
  close(): Promise<void>;
  /**
   * Resolves when the events and keys of earlier processes are known. Never rejects. Absent if the buffer does not
   * store them.
   */
  opened?(): Promise<void>;
  /** The namespace of keyed ids of earlier processes. Never rejects. Absent if the buffer does not store it. */
  namespace?(): Promise<string>;
  /**
   * End of each lane's `Retry-After` of an earlier process, in epoch milliseconds. Never rejects. Absent if the buffer does not
   * store it.
   */
  pauses?(): Promise<ReadonlyMap<string, number>>;
  /** Stores the end of a lane's `Retry-After` for later processes. Returns before it is written. Never throws. */
  keepPause?(lane: string, until: number): void;
  /**
   * Stores for the command line why a lane delivers nothing; undefined if it delivers. Returns before it is written. Never throws.
   */
  keepTrouble?(lane: string, trouble: LaneTrouble | undefined): void;
  /** Saves pending events synchronously, because the process ends now. Called again after each later event. Never throws. */
  saveNow?(): void;
  /** The state of a durable buffer. */
  journal?(): JournalStats;
}

/** Makes a buffer at start; what `memory()` and `journal()` return. */
export interface EventBufferFactory {
  readonly kind: string;
  /** The directory that it writes to, which the application's log names at start. */
  readonly directory?: string | undefined;
  /** Checks its options; throws `TrackingConfigError`. `maxEventBytes` is the application's option, if it is set. */
  check?(path: string, maxEventBytes: number | undefined): void;
  create(setup: BufferSetup): EventBuffer;
}
