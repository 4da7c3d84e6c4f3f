import type { Parts } from './assemble.js';
import type { Clock } from '../host/clock.js';
import { detached } from '../host/detached.js';
import type { Log } from '../host/log.js';
import { within } from '../host/deadline.js';
import { runtimeMessages } from './runtime.messages.js';

/** The time of the last drain, even if requests that ended late have used up the deadline. */
const LAST_DRAIN_MS = 1_000;
/** How long a shutdown waits for a disk, beyond its deadline. */
const LAST_WRITE_MS = 5_000;

/** Ends tracking: a drain in the background while requests still run, a last drain, and the last events when the process exits. */
export class Shutdown {
  #drainUntil: number | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly timeoutMs: number,
  ) {}

  /** Delivers in the background from now on. Its deadline is that of the whole shutdown. */
  beginDrain(): void {
    if (this.#closing !== undefined) return;
    this.#drainUntil ??= this.clock.monotonic() + this.timeoutMs;
    void this.parts.delivery.drain(this.timeoutMs);
  }

  /** Delivers pending events until the deadline, then ends everything. Always ends. Later calls wait for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /**
   * The process exits now: saves pending events synchronously, and logs how many are lost. Later `exit` listeners may still
   * record events.
   */
  onProcessExit(): void {
    this.log.contain('saving events at the exit', () => this.#onProcessExit());
  }

  #onProcessExit(): void {
    const { door, buffer, delivery } = this.parts;
    const { held } = door.stats();
    if (held > 0) this.log.error(runtimeMessages.heldOnExit(held));
    if (buffer.durable) {
      this.#saveNow();
      door.intake.saveEach(() => this.#saveNow());
      return;
    }
    const begun = this.#drainUntil !== undefined;
    door.close();
    for (const lane of delivery.lanes) {
      const { pending } = buffer.ledger(lane.name);
      if (pending > 0) this.log.error(runtimeMessages.lostOnExit(lane.name, pending, begun));
    }
  }

  #saveNow(): void {
    const { buffer } = this.parts;
    buffer.saveNow?.();
    const unsaved = buffer.journal?.().uncommitted ?? 0;
    if (unsaved > 0) this.log.limited('error', 'unsaved', () => runtimeMessages.unsavedOnExit(unsaved));
  }

  async #close(): Promise<void> {
    const { delivery, buffer, door, watch, telemetry, lifecycle } = this.parts;
    const now = this.clock.monotonic();
    const until = this.#drainUntil ?? now + this.timeoutMs;
    await delivery.drain(Math.max(until - now, Math.min(LAST_DRAIN_MS, this.timeoutMs)));
    if (buffer.durable) {
      await this.#closeDurable();
    } else {
      door.close();
      await delivery.close();
      await this.#closed();
    }
    watch.end();
    detached(() => telemetry?.stop());
    lifecycle.complete();
  }

  #closed(): Promise<boolean> {
    return this.log.contained('closing the buffer', () => this.parts.buffer.close());
  }

  /** Requests may still record events, which are accepted until the disk has written the last ones. */
  async #closeDurable(): Promise<void> {
    const { delivery, door } = this.parts;
    await delivery.close();
    const before = this.#handedOver();
    if (!(await within(this.clock, LAST_WRITE_MS, this.#closed()))) {
      this.log.error(runtimeMessages.closedLate(LAST_WRITE_MS));
    }
    door.close();
    const after = this.#handedOver();
    for (const { name, standstill } of delivery.lanes) {
      const [earlier, later] = [before.get(name), after.get(name)];
      if (earlier === undefined || later === undefined) continue;
      const stays = later - earlier;
      if (stays > 0) this.log.info(runtimeMessages.staysInJournal(name, stays, standstill));
    }
  }

  /** By lane. Lanes are missing if the accounting cannot be read. */
  #handedOver(): Map<string, number> {
    const { buffer, delivery } = this.parts;
    const counts = new Map<string, number>();
    this.log.contain('counting events', () => {
      for (const { name } of delivery.lanes) counts.set(name, buffer.ledger(name).handedOver);
    });
    return counts;
  }
}
