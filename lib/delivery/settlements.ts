import type { EventBuffer, Settlement } from '../buffer/event-buffer.js';
import type { Reason } from '../event/reasons.js';
import { Batch } from './batch.js';
import { deliveryMessages } from './delivery.messages.js';
import type { LaneSignals } from './lane-signals.js';
import type { PersonOrder } from './order/person-order.js';

/** Settles the leased events of a lane, by their final outcome. */
export class Settlements {
  #count = 0;

  constructor(
    private readonly buffer: EventBuffer,
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

  /** Gives events back to the buffer, in their order. */
  giveBack(batches: readonly Batch[]): void {
    const all = batches.flatMap(({ token, events }) => events.map((held) => ({ token, held })));
    all.sort((a, b) => a.held.position - b.held.position);
    // Each is put at the front.
    for (const { token, held } of all.toReversed()) {
      this.#settle(Batch.of(token, [held]), { state: 'returned' });
    }
  }

  #settle(batch: Batch, settlement: Settlement): void {
    this.#count++;
    this.buffer.settle(this.signals.lane, batch.token, batch.events, settlement);
    this.order.settled(batch.events, settlement.state === 'delivered');
  }
}
