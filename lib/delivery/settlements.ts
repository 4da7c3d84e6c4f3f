import type { EventBuffer, Settlement } from '../buffer/event-buffer.js';
import type { Reason } from '../event/reasons.js';
import { Batch } from './batch.js';
import { deliveryMessages } from './delivery.messages.js';
import type { NextStep } from './evidence.js';
import type { LaneSignals } from './lane-signals.js';
import type { LeasedBatches } from './leased-batches.js';
import type { PersonOrder } from './order/person-order.js';

/** Ends an attempt for its events: settles them by their final outcome, or plans their next attempt. */
export class Settlements {
  #count = 0;

  constructor(
    private readonly buffer: EventBuffer,
    private readonly batches: LeasedBatches,
    private readonly order: PersonOrder,
    private readonly signals: LaneSignals,
  ) {}

  /** Batches that were settled so far. */
  get count(): number {
    return this.#count;
  }

  delivered(batch: Batch): void {
    this.#settle(batch, { state: 'delivered' });
    this.signals.ofEvents('delivered', batch);
  }

  dead(batch: Batch, reason: Reason): void {
    const { answer, totalAttempts: attempts, events } = batch;
    this.#settle(batch, { state: 'dead', reason, attempts, ...(answer !== undefined && { answer }) });
    this.signals.ofEvents('dead', batch, reason);
    this.signals.line('error', `dead ${reason}`, (lane) =>
      reason === 'outcome_unknown'
        ? deliveryMessages.outcomeUnknown(lane, events.length, answer)
        : deliveryMessages.dead(lane, events[0]!.event.name, reason, answer),
    );
  }

  drop(batch: Batch, reason: Reason): void {
    this.#settle(batch, { state: 'dropped', reason });
  }

  /** Sends a batch again after a pause, unchanged, so that the platform recognises it. @param afterMs that it asked for */
  retryLater(batch: Batch, afterMs = 0): void {
    this.batches.addFailed(batch, afterMs);
    this.#retrying(batch);
    if (batch.failsAlone) this.order.letPass(batch);
  }

  /** Sends a batch again at once, because the platform did not read it. */
  retryNow(batch: Batch): void {
    this.batches.addNext([batch]);
    this.#retrying(batch);
  }

  /** Sends halves before all other batches, so that the event that is the cause is soon alone. */
  halve(batch: Batch, arePieces = true): void {
    this.batches.addNext(batch.halves(arePieces));
  }

  setAside(batch: Batch): void {
    this.batches.setAside(batch);
  }

  carryOut(step: NextStep, batch: Batch, deadAs: Reason): void {
    switch (step) {
      case 'again':
        return this.retryLater(batch);
      case 'dead':
        return this.dead(batch, deadAs);
      case 'halve':
        return this.halve(batch);
      case 'park':
        return this.setAside(batch);
      case 'setAside':
        this.setAside(batch);
        if (batch.size === 1) this.order.letPass(batch);
    }
  }

  /** Cancels the retries of parts of a batch: an error has interrupted the end of its attempt. */
  removeParts(batch: Batch): void {
    this.batches.removeParts(batch);
  }

  /** Gives events back to the buffer, in their order. */
  giveBack(batches: readonly Batch[]): void {
    const all = batches.flatMap(({ token, events }) => events.map((held) => ({ token, held })));
    all.sort((a, b) => a.held.position - b.held.position);
    // Each is put at the front.
    for (const { token, held } of all.toReversed()) {
      this.#settle(Batch.of(token, [held]), { state: 'returned' });
    }
  }

  /** Events of the batch that newer ones have replaced are dropped. */
  #retrying(batch: Batch): void {
    this.signals.ofEvents('retrying', batch);
    this.order.retrying(batch);
  }

  #settle(batch: Batch, settlement: Settlement): void {
    this.#count++;
    this.buffer.settle(this.signals.lane, batch.token, batch.events, settlement);
    this.order.settled(batch.events, settlement.state === 'delivered');
  }
}
