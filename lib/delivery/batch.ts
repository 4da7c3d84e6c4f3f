import type { StoredEvent } from '../buffer/event-buffer.js';

/** Events that are sent in one request, and what happened to them so far. */
export class Batch {
  /** Requests made with these events, and with those that were settled by them. */
  attempts = 0;
  /** Monotonic time before which it is not sent. */
  dueAt = 0;
  /** Monotonic time that the platform asked to wait for: it holds also where a pause is cut short. */
  notBefore = 0;
  /** Attempts that its lane had begun when it, or what it is a piece of, was first refused. */
  refusedAt: number | undefined;
  /** The same for being refused alone. */
  refusedAloneAt: number | undefined;
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

  /** Whether it was refused alone and waits for a proof that it is the event's own fault. */
  isSuspect(now: number): boolean {
    return this.size === 1 && this.refusedAt !== undefined && this.dueAt > now;
  }

  /** Some of its events as a batch that carries on its history. */
  part(events: readonly StoredEvent[], isPiece = this.isPiece): Batch {
    const part = new Batch(this.token, events, this.totalAttempts, isPiece);
    part.notBefore = this.notBefore;
    part.refusedAt = this.refusedAt;
    part.refusedAloneAt = this.refusedAloneAt;
    part.answer = this.answer;
    return part;
  }

  /** What is left of it where some are settled: the same batch for the pauses between its attempts. */
  rest(events: readonly StoredEvent[]): Batch {
    const rest = new Batch(this.token, events, this.earlierAttempts, this.isPiece);
    rest.attempts = this.attempts;
    rest.notBefore = this.notBefore;
    rest.refusedAt = this.refusedAt;
    rest.refusedAloneAt = this.refusedAloneAt;
    rest.answer = this.answer;
    return rest;
  }

  halves(): [Batch, Batch] {
    const middle = Math.ceil(this.size / 2);
    return [this.part(this.events.slice(0, middle), true), this.part(this.events.slice(middle), true)];
  }
}
