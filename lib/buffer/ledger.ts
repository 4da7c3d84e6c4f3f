import { reasonCounts, type Reason } from '../event/reasons.js';
import type { LaneLedger } from './event-buffer.js';

/** How an event became pending in a lane. */
export type Entrance = 'accepted' | 'recovered' | 'adopted' | 'replayed' | 'redriven';

/** The accounting of one lane. Only the lane changes it. */
export class Ledger {
  /** Events that are accepted and not settled. */
  pending = 0;
  readonly #dropped = reasonCounts();
  readonly #counts = {
    accepted: 0,
    recovered: 0,
    adopted: 0,
    replayed: 0,
    redriven: 0,
    delivered: 0,
    handedOver: 0,
  };

  enter(as: Entrance, events = 1): void {
    this.#counts[as] += events;
    this.pending += events;
  }

  deliver(): void {
    this.#counts.delivered++;
    this.pending--;
  }

  drop(reason: Reason, events = 1): void {
    this.#dropped[reason] += events;
    this.pending -= events;
  }

  /** A pending event becomes a dead letter. */
  bury(): void {
    this.pending--;
  }

  handOver(events: number): void {
    this.#counts.handedOver += events;
    this.pending -= events;
  }

  /** A dead letter of an earlier process was found. */
  enterLetter(as: 'recovered' | 'adopted'): void {
    this.#counts[as]++;
  }

  dropLetters(reason: Reason, letters = 1): void {
    this.#dropped[reason] += letters;
  }

  handOverLetter(): void {
    this.#counts.handedOver++;
  }

  /** A dead letter and its copy, both found at start, are one event: an earlier process had redriven it. */
  mergeRedriven(): void {
    this.#counts.redriven++;
    if (this.#counts.recovered > 0) this.#counts.recovered--;
    else this.#counts.adopted--;
  }

  /** @param dead letters that are kept now */
  snapshot(dead: number): LaneLedger {
    return { ...this.#counts, dropped: reasonCounts(this.#dropped), pending: this.pending, dead };
  }
}
