import type { Heartbeat } from './heartbeat.js';
import type { JournalLane } from '../store/journal-lane.js';

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
