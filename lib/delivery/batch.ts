import type { StoredEvent } from '../buffer/event-buffer.js';

/** The most time that one failure counts for, so that an outage of the platform does not count. */
const MAX_PART_MS = 3_600_000;

/** Events that are sent in one request, and their history. `begun` is the number of attempts that the lane has begun by then. */
export class Batch {
  #attempts = 0;
  #dueAt = 0;
  #notBefore = 0;
  #mayBeTaken = false;
  #probedAt = 0;
  #answer: string | undefined;
  /** `begun` when it, or the batch that it was cut from, was first refused; Infinity if never. */
  #refusedAt = Infinity;
  #refusedAloneAt = Infinity;
  /** `begun` at the last failure that counted; Infinity if none. */
  #failedAt = Infinity;
  #failures = 0;
  /** Monotonic time of the last failure alone. */
  #failedAloneAt: number | undefined;
  #failedAloneMs = 0;

  private constructor(
    readonly token: number,
    readonly events: readonly StoredEvent[],
    /** Requests of the batches that these events were part of before. */
    readonly earlierAttempts: number,
    /** Cut from a batch that was refused. */
    readonly isPiece: boolean,
  ) {}

  static of(token: number, events: readonly StoredEvent[]): Batch {
    return new Batch(token, events, 0, false);
  }

  get size(): number {
    return this.events.length;
  }

  /** Requests with these events, and with events of the batch that are settled by now. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Monotonic time before which it is not sent. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Monotonic time before which the platform accepts no retry. Also valid if a pause is cut short. */
  get notBefore(): number {
    return this.#notBefore;
  }

  /** The outcome of an attempt is unknown, so the platform may recognise its repeat. */
  get mayBeTaken(): boolean {
    return this.#mayBeTaken;
  }

  /** The lane's probe that it was last used for, so that probes take turns. */
  get probedAt(): number {
    return this.#probedAt;
  }

  /** The platform's last answer, for the dead letter. */
  get answer(): string | undefined {
    return this.#answer;
  }

  /** Attempts with its events, in any batch. */
  get totalAttempts(): number {
    return this.earlierAttempts + this.#attempts;
  }

  get refusedAt(): number {
    return this.#refusedAt;
  }

  get refusedAloneAt(): number {
    return this.#refusedAloneAt;
  }

  /** Whether its event is known to fail alone while others succeed. */
  get failsAlone(): boolean {
    return this.#failedAloneAt !== undefined;
  }

  /** Whether it was refused or failed alone, and the proof that its event is the cause is still missing. */
  isSuspect(now: number): boolean {
    return this.size === 1 && (this.#refusedAt < Infinity || this.failsAlone) && this.#dueAt > now;
  }

  sent(): void {
    this.#attempts++;
  }

  /** The last request was not made. */
  notSent(): void {
    this.#attempts--;
  }

  perhapsTaken(): void {
    this.#mayBeTaken = true;
  }

  answered(answer: string): void {
    this.#answer = answer;
  }

  probed(number: number): void {
    this.#probedAt = number;
  }

  /** The platform accepts no retry before a monotonic time. */
  postpone(notBefore: number): void {
    this.#notBefore = notBefore;
  }

  /** Plans the next attempt, at the earliest when the platform accepts one. */
  planAt(dueAt: number): void {
    this.#dueAt = Math.max(dueAt, this.#notBefore);
  }

  refused(begun: number): void {
    this.#refusedAt = Math.min(this.#refusedAt, begun);
    if (this.size === 1) this.#refusedAloneAt = Math.min(this.#refusedAloneAt, begun);
  }

  /**
   * Counts a failure if others succeeded since the one before.
   *
   * @param known the newest success when the attempt began
   * @returns how many count; 0 if this one does not
   */
  failed(begun: number, known: number): number {
    const isFirst = this.#failedAt === Infinity;
    if (!isFirst && known <= this.#failedAt) return 0;
    this.#failedAt = begun;
    if (!isFirst) this.#failures++;
    return this.#failures;
  }

  /** @returns how long it has failed alone, in milliseconds */
  failedAlone(now: number): number {
    this.#failedAloneMs += Math.min(now - (this.#failedAloneAt ?? now), MAX_PART_MS);
    this.#failedAloneAt = now;
    return this.#failedAloneMs;
  }

  /** Some of its events as a separate batch, with its history. */
  part(events: readonly StoredEvent[], isPiece = this.isPiece): Batch {
    return this.#cut(events, this.totalAttempts, isPiece);
  }

  /** The events that are left when the others are settled: the same batch for the pauses between its attempts. */
  rest(events: readonly StoredEvent[]): Batch {
    const rest = this.#cut(events, this.earlierAttempts, this.isPiece);
    rest.#attempts = this.#attempts;
    rest.#dueAt = this.#dueAt;
    rest.#failures = this.#failures;
    rest.#failedAloneAt = this.#failedAloneAt;
    rest.#failedAloneMs = this.#failedAloneMs;
    return rest;
  }

  /** @param arePieces false: it is halved for another reason than a refusal */
  halves(arePieces = true): [Batch, Batch] {
    const middle = Math.ceil(this.size / 2);
    const isPiece = arePieces || this.isPiece;
    return [this.part(this.events.slice(0, middle), isPiece), this.part(this.events.slice(middle), isPiece)];
  }

  #cut(events: readonly StoredEvent[], earlierAttempts: number, isPiece: boolean): Batch {
    const cut = new Batch(this.token, events, earlierAttempts, isPiece);
    cut.#notBefore = this.#notBefore;
    cut.#mayBeTaken = this.#mayBeTaken;
    cut.#answer = this.#answer;
    cut.#refusedAt = this.#refusedAt;
    cut.#refusedAloneAt = this.#refusedAloneAt;
    cut.#failedAt = this.#failedAt;
    return cut;
  }
}
