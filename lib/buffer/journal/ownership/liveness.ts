import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { unlessAbsent } from '../files/absence.js';
import { signsOf, type OwnerReading } from './owner-file.js';
import type { ProcessIdentity } from './process-identity.js';

export interface LifeSign {
  /** `absent`: there is no such folder. */
  readonly state: 'absent' | 'owned' | 'unowned';
  readonly closed: boolean;
  readonly owner: OwnerReading;
}

interface Heartbeat {
  readonly mtimeMs: number;
  /** Monotonic time at which it was looked at last. */
  readonly seenAt: number;
  /** How long it has been watched without a change. */
  readonly still: number;
}

/** Added to the lease, as a part of it, so that an owner that is only late can notice it. */
const MARGIN = 0.25;

/**
 * Finds out which folders have no owner: closed ones, those whose process is proven to be gone, and those whose heartbeat has not
 * changed for a lease. Time is measured by our own monotonic clock, because clocks of machines and file systems differ.
 */
export class Liveness {
  #heartbeats = new Map<string, Heartbeat>();
  #asked = new Set<string>();

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly process: ProcessIdentity,
    /** For folders without a readable lease. */
    private readonly leaseMs: number,
  ) {}

  /** The current state of a folder that its owner made itself. Rejects if the disk fails. */
  async of(path: string): Promise<LifeSign> {
    const { owner = 'damaged', heartbeatAt = 0, closed } = await signsOf(this.files, path);
    if (heartbeatAt === 0 && (await unlessAbsent(this.files.facts(path))) === undefined)
      return { state: 'absent', closed: false, owner: 'damaged' };
    const known = typeof owner === 'object' ? owner : undefined;
    const still = this.#isStill(path, heartbeatAt, known?.leaseMs ?? this.leaseMs);
    const gone = known !== undefined && this.process.isGone(known.process) === true;
    return { state: closed || gone || still ? 'unowned' : 'owned', closed, owner };
  }

  /** Forgets the folders that were not checked since the last call. */
  forgetOthers(): void {
    for (const path of this.#heartbeats.keys()) {
      if (!this.#asked.has(path)) this.#heartbeats.delete(path);
    }
    this.#asked.clear();
  }

  /** Whether the heartbeat has not changed for so long that its owner counts as dead. */
  #isStill(path: string, mtimeMs: number, leaseMs: number): boolean {
    const now = this.clock.monotonic();
    const before = this.#heartbeats.get(path);
    let still = 0;
    // A gap between two checks counts as one lease at most: this process may have been frozen together with the owner, and
    // must then check once more.
    if (before?.mtimeMs === mtimeMs) still = before.still + Math.min(now - before.seenAt, leaseMs);
    this.#heartbeats.set(path, { mtimeMs, seenAt: now, still });
    this.#asked.add(path);
    return still >= leaseMs * (1 + MARGIN);
  }
}
