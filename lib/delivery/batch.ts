import type { StoredEvent } from '../buffer/event-buffer.js';

/** Events that are sent in one request, and what happened to them so far. */
export class Batch {
  /** Requests made with these events, and with those that were settled by them. */
  attempts = 0;
  /** Monotonic time before which it is not sent. */
  dueAt = 0;
  /** Monotonic time that the platform asked to wait for: it holds also where a pause is cut short. */
  notBefore = 0;
  /** The outcome of an attempt is unknown, so the platform may recognise its repeat. */
  mayBeTaken = false;
  /** Attempts that its lane had begun when it, or what it is a piece of, was first refused. */
  refusedAt: number | undefined;
  /** The same for being refused alone. */
  refusedAloneAt: number | undefined;
  /** Failures that this batch caused, not the platform; see `Breakages`. */
  breakages = 0;
  /** Attempts that its lane had begun at the last such failure, or at the first failure of this kind. */
  brokeAt: number | undefined;
  /** Monotonic time at which it last failed alone; set once that is known. */
  brokeAloneAt: number | undefined;
  /** How long it has failed alone, in milliseconds. */
  breaksAloneMs = 0;
  /** The lane's probe that it was last used for, so that probes take turns. */
  probedAt = 0;
  /** The platform's last word on it, for the dead letter. */
  answer: string | undefined;

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

  /** Attempts that its events have been through, in whatever company. */
  get totalAttempts(): number {
    return this.earlierAttempts + this.attempts;
  }

  /** Whether it was rejected or failed alone, and the proof that its event is the cause is still missing. */
  isSuspect(now: number): boolean {
    const isSuspected = this.refusedAt !== undefined || this.brokeAloneAt !== undefined;
    return this.size === 1 && isSuspected && this.dueAt > now;
  }

  /** Some of its events as a batch that carries on its history. */
  part(events: readonly StoredEvent[], isPiece = this.isPiece): Batch {
    return this.#pass(new Batch(this.token, events, this.totalAttempts, isPiece));
  }

  /** What is left of it where some are settled: the same batch for the pauses between its attempts. */
  rest(events: readonly StoredEvent[]): Batch {
    const rest = this.#pass(new Batch(this.token, events, this.earlierAttempts, this.isPiece));
    rest.attempts = this.attempts;
    rest.breakages = this.breakages;
    rest.brokeAloneAt = this.brokeAloneAt;
    rest.breaksAloneMs = this.breaksAloneMs;
    return rest;
  }

  /** @param arePieces false: it is not halved because something in it was refused */
  halves(arePieces = true): [Batch, Batch] {
    const middle = Math.ceil(this.size / 2);
    const isPiece = arePieces || this.isPiece;
    return [this.part(this.events.slice(0, middle), isPiece), this.part(this.events.slice(middle), isPiece)];
  }

  #pass(to: Batch): Batch {
    to.notBefore = this.notBefore;
    to.mayBeTaken = this.mayBeTaken;
    to.refusedAt = this.refusedAt;
    to.refusedAloneAt = this.refusedAloneAt;
    to.brokeAt = this.brokeAt;
    to.answer = this.answer;
    return to;
  }
}
