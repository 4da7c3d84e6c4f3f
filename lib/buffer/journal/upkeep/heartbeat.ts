import type { Timer } from '../../../host/clock.js';
import { detached } from '../../../host/detached.js';
import { deniedOf, type Denied } from '../ownership/denied.js';
import type { Residence } from '../ownership/owner-folder.js';
import type { Folders } from '../store/folders.js';
import type { JournalLane } from '../store/journal-lane.js';
import type { Loss } from '../store/loss.js';
import type { BackgroundTimers } from './background-timers.js';
import type { TaskRunner } from './upkeep.js';

const MAX_INTERVAL_MS = 1_000;
const BEATS_PER_LEASE = 8;
/** How long a heartbeat may take before the disk counts as silent. */
const SILENCE_MS = 2_000;

export interface HeartbeatSetup {
  readonly residence: Residence;
  readonly folders: Folders;
  readonly loss: Loss;
  readonly runner: TaskRunner;
  readonly timers: BackgroundTimers;
  /** A heartbeat ended. */
  readonly onEnd: (hasFailed: boolean) => void;
}

/** Shows other processes that this one lives, and notices when its folder is lost. Creates the folder if it has none. */
export class Heartbeat {
  /** Monotonic time at which the current heartbeat began. */
  #since: number | undefined;
  #failed = false;
  #blocked: Denied | undefined;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(private readonly setup: HeartbeatSetup) {}

  /** Why this process has no folder of its own, or cannot reach it. */
  get blocked(): Denied | undefined {
    return this.#blocked;
  }

  /**
   * Whether others may soon adopt our folders, so that no event may be sent before a check that they are still ours. A disk that
   * does not answer this process does not answer others either; then delivery continues.
   */
  get mustAsk(): boolean {
    const { folders, residence } = this.setup;
    if (!folders.isLate || this.#failed) return false;
    return this.#since === undefined || residence.clock.monotonic() - this.#since < SILENCE_MS;
  }

  /** The current heartbeat has ended. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Starts a heartbeat now, unless one is running. The next ones follow by themselves. */
  beat(): void {
    const { runner, timers, residence, onEnd } = this.setup;
    if (this.#stopped || this.#running !== undefined) return;
    timers.cancel(this.#timer);
    this.#running = detached(() => runner.run('heartbeat', () => this.#beat())).finally(() => {
      this.#running = undefined;
      onEnd(this.#failed);
      if (this.#stopped) return;
      const interval = Math.min(MAX_INTERVAL_MS, residence.leaseMs / BEATS_PER_LEASE);
      this.#timer = timers.after(interval, () => this.beat());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.setup.timers.cancel(this.#timer);
    await this.#running;
  }

  async #beat(): Promise<void> {
    const { files, clock, directory } = this.setup.residence;
    this.#since = clock.monotonic();
    try {
      await this.#keepFolder();
      this.#failed = false;
      this.#blocked = undefined;
    } catch (error) {
      this.#failed = true;
      this.#blocked = await deniedOf(files, directory, error);
      throw error;
    } finally {
      this.#since = undefined;
    }
  }

  async #keepFolder(): Promise<void> {
    const { folders, loss, timers } = this.setup;
    if (folders.own === undefined) {
      await folders.open();
      return;
    }
    const wasLate = folders.isLate;
    const ownership = await folders.heartbeat();
    if (ownership !== 'ours') {
      loss.ofAll(ownership);
      return;
    }
    if (wasLate) loss.ofAdopted(await folders.missing());
    timers.forgetLateness();
  }
}

/** Allows leases only while no other process can consider this one dead: both would send the same events. */
export class LeaseGate {
  /** A lane got no lease. */
  #hasRefused = false;

  constructor(
    private readonly heartbeat: Heartbeat,
    private readonly lanes: ReadonlyMap<string, JournalLane>,
  ) {}

  /** Whether events may be leased now. If not, lanes are notified when they may. */
  pass(): boolean {
    const { heartbeat } = this;
    if (!heartbeat.mustAsk) return true;
    this.#hasRefused = true;
    heartbeat.beat();
    return false;
  }

  /** A heartbeat ended: lanes that got no lease may have one now. */
  reopen(): void {
    if (!this.#hasRefused || this.heartbeat.mustAsk) return;
    this.#hasRefused = false;
    for (const lane of this.lanes.values()) {
      if (lane.unleased.events > 0) lane.announce();
    }
  }
}
