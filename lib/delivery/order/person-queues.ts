import type { StoredEvent } from '../../buffer/event-buffer.js';
import type { HeldEvent } from '../../event/lane-event.js';
import type { Batch } from '../batch.js';
import type { PersonCall } from './person-call.js';

/** An `identify`, `group` or `alias` that a lane has leased and not settled. */
export interface OrderedEvent {
  readonly held: StoredEvent;
  readonly call: PersonCall;
  /** Set while it is put aside: itself as a batch, with its history. */
  aside: Batch | undefined;
  /** It was rejected or fails alone. Later events need not wait for it, because the proof needs other events. */
  yields: boolean;
  /** The event to send: without the traits that newer calls have replaced. */
  cut: HeldEvent | undefined;
}

/** The ordered events of a lane by person and group, each queue in the order in which the lane leased them. */
export class PersonQueues {
  readonly #queues = new Map<string, OrderedEvent[]>();

  add(event: OrderedEvent): void {
    for (const key of event.call.keys) {
      const queue = this.#queues.get(key);
      if (queue === undefined) this.#queues.set(key, [event]);
      else queue.push(event);
    }
  }

  remove(event: OrderedEvent): void {
    for (const key of event.call.keys) {
      const queue = this.#queues.get(key);
      const at = queue?.indexOf(event) ?? -1;
      if (at === 0) queue!.shift();
      else if (at > 0) queue!.splice(at, 1);
      if (queue?.length === 0) this.#queues.delete(key);
    }
  }

  /** The first event of each of its queues that it has to wait for; empty if it may be sent. */
  blockers(event: OrderedEvent, blocks: (earlier: OrderedEvent) => boolean): OrderedEvent[] {
    const found: OrderedEvent[] = [];
    for (const key of event.call.keys) {
      for (const earlier of this.#queues.get(key) ?? []) {
        if (earlier === event) break;
        if (!blocks(earlier)) continue;
        found.push(earlier);
        break;
      }
    }
    return found;
  }

  /**
   * The events of one queue that were leased after it.
   *
   * @param max the next ones at most
   */
  *behind(event: OrderedEvent, key: string, max = Infinity): Iterable<OrderedEvent> {
    const queue = this.#queues.get(key) ?? [];
    const first = queue.indexOf(event) + 1;
    for (let i = first; i > 0 && i < queue.length && i < first + max; i++) yield queue[i]!;
  }

  /** Those of one key, in order. */
  of(key: string): readonly OrderedEvent[] {
    return this.#queues.get(key) ?? [];
  }
}
