import type { StoredEvent } from '../buffer/event-buffer.js';
import type { Clock } from '../host/clock.js';
import type { Batch } from './batch.js';
import type { Throttle } from './throttle.js';

/** Time between attempts with events that fail alone, so that they never fill the lane. */
const SPACING_MS = 250;

/** The batches that a lane has leased: in flight, or waiting for a retry in the order in which they are due. */
export class LeasedBatches {
  readonly #inFlight = new Set<Batch>();
  readonly #waiting: Batch[] = [];
  /** A refused batch waits for a success of others. */
  #hasSuspects = false;
  /** Monotonic time of the next attempt with an event that fails alone. */
  #nextAloneAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly throttle: Throttle,
  ) {}

  get inFlight(): ReadonlySet<Batch> {
    return this.#inFlight;
  }

  get waiting(): readonly Batch[] {
    return this.#waiting;
  }

  /** When the first batch that waits for a retry is due; Infinity if there is none. */
  get nextDueAt(): number {
    return this.#waiting[0]?.dueAt ?? Infinity;
  }

  start(batch: Batch): void {
    this.#inFlight.add(batch);
  }

  /** @returns whether the batch was in flight */
  end(batch: Batch): boolean {
    return this.#inFlight.delete(batch);
  }

  /** Adds a batch after all that are due no later. */
  add(batch: Batch, dueAt = batch.dueAt): void {
    batch.planAt(dueAt);
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#waiting[middle]!.dueAt <= batch.dueAt) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, batch);
  }

  /** Adds batches before all others, due at once, in their order. */
  addNext(batches: readonly Batch[]): void {
    for (const batch of batches) batch.planAt(0);
    this.#waiting.unshift(...batches);
  }

  /** Adds a batch that failed, due after a pause. @param afterMs that the platform asked for */
  addFailed(batch: Batch, afterMs: number): void {
    const now = this.clock.monotonic();
    batch.postpone(now + afterMs);
    let dueAt = now + Math.max(afterMs, this.throttle.pauseMs(batch.attempts));
    if (batch.failsAlone) {
      dueAt = Math.max(dueAt, this.#nextAloneAt);
      this.#nextAloneAt = dueAt + SPACING_MS;
    }
    this.add(batch, dueAt);
  }

  /** Adds a batch that was refused, due after a pause, or when an attempt with others succeeds: see {@link retrySuspects}. */
  setAside(batch: Batch): void {
    this.#hasSuspects = true;
    this.add(batch, this.clock.monotonic() + this.throttle.pauseMs(Math.max(1, batch.attempts)));
  }

  remove(batch: Batch): void {
    const at = this.#waiting.indexOf(batch);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  /** Removes every part of a batch that already waits for a retry. */
  removeParts({ events }: Batch): void {
    const removed = new Set(events);
    const parts = this.#waiting.filter((batch) => batch.events.some((held) => removed.has(held)));
    for (const part of parts) this.remove(part);
  }

  takeDue(): Batch | undefined {
    return this.nextDueAt <= this.clock.monotonic() ? this.#waiting.shift() : undefined;
  }

  takeWaiting(): Batch[] {
    return this.#waiting.splice(0);
  }

  /** A single event of a larger batch, for a probe. */
  cutOne(): Batch | undefined {
    const now = this.clock.monotonic();
    const batch = this.#waiting.find(({ size, notBefore }) => size > 1 && notBefore <= now);
    if (batch === undefined) return undefined;
    this.remove(batch);
    const [first, ...others] = batch.events;
    this.add(batch.part(others));
    return batch.part([first!]);
  }

  /** The single event that was a probe the longest ago. */
  takeOldestProbe(): Batch | undefined {
    const now = this.clock.monotonic();
    const singles = this.#waiting.filter(({ size, notBefore }) => size === 1 && notBefore <= now);
    const [oldest] = singles.toSorted((a, b) => a.probedAt - b.probedAt);
    if (oldest !== undefined) this.remove(oldest);
    return oldest;
  }

  /** All batches that do not fail alone are due now, because the platform works again. */
  retryHealthy(): void {
    this.makeDue(({ failsAlone }) => !failsAlone);
  }

  /** An attempt succeeded, so the platform does not refuse everything: batches that were refused before it began are due now. */
  retrySuspects(attempt: number): void {
    if (!this.#hasSuspects) return;
    this.#hasSuspects = this.#waiting.some(({ refusedAt }) => refusedAt >= attempt && refusedAt < Infinity);
    this.makeDue(({ refusedAt }) => refusedAt < attempt);
  }

  /** Makes some batches due now, or as soon as the platform allows. */
  makeDue(which: (batch: Batch) => boolean = () => true): void {
    const now = this.clock.monotonic();
    for (const batch of this.#waiting) {
      if (batch.dueAt > now && which(batch)) batch.planAt(now);
    }
    this.#waiting.sort((a, b) => a.dueAt - b.dueAt);
  }

  /** Every leased event, except those that are put aside. */
  *events(): Iterable<StoredEvent> {
    for (const { events } of [...this.#inFlight, ...this.#waiting]) yield* events;
  }
}
