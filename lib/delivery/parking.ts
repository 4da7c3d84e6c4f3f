import type { Reason } from '../event/reasons.js';
import type { Batch } from './batch.js';
import type { LaneStock } from './lane-stock.js';
import type { WaitingBatches } from './waiting-batches.js';

/** Parks a lane whose platform rejects everything: one event at a time is sent as a probe until one succeeds. */
export class Parking {
  /** Probes that failed. */
  rounds = 0;
  /** The probe under way. */
  probe: Batch | undefined;
  /** Monotonic time of the next probe. */
  probeAt: number;
  #turn = 0;

  constructor(
    readonly reason: Reason,
    /** The lane's newest attempt when it was parked. */
    readonly since: number,
    probeAt: number,
  ) {
    this.probeAt = probeAt;
  }

  /** A single event for the next probe, each time another one as long as there is one; none that is wanted later. */
  takeProbe(stock: LaneStock, waiting: WaitingBatches, now: number): Batch | undefined {
    do {
      const candidate = this.#untried(stock, waiting, now) ?? this.#longestAgo(waiting, now);
      if (candidate === undefined) return undefined;
      candidate.probedAt = ++this.#turn;
      this.probe = stock.sendable(candidate);
    } while (this.probe === undefined);
    return this.probe;
  }

  #untried(stock: LaneStock, waiting: WaitingBatches, now: number): Batch | undefined {
    for (const batch of waiting) {
      if (batch.size > 1 && batch.notBefore <= now) return this.#cutOne(batch, waiting);
    }
    return stock.take(Infinity, 1);
  }

  #cutOne(batch: Batch, waiting: WaitingBatches): Batch {
    waiting.remove(batch);
    const [first, ...others] = batch.events;
    waiting.add(batch.part(others));
    return batch.part([first!]);
  }

  #longestAgo(waiting: WaitingBatches, now: number): Batch | undefined {
    let found: Batch | undefined;
    for (const batch of waiting) {
      if (batch.size > 1 || batch.notBefore > now) continue;
      if (found === undefined || batch.probedAt < found.probedAt) found = batch;
    }
    if (found !== undefined) waiting.remove(found);
    return found;
  }
}
