import type { CommitState } from '../../event-buffer.js';

/** The commits with events that are not written yet. */
export class CommitWaiters {
  #waiters: { readonly upTo: number; readonly resolve: (state: CommitState) => void }[] = [];

  get isEmpty(): boolean {
    return this.#waiters.length === 0;
  }

  /** @param upTo number of the commit's last event */
  add(upTo: number): Promise<CommitState> {
    return new Promise((resolve) => this.#waiters.push({ upTo, resolve }));
  }

  /** Resolves the commits without an event after this number. */
  answer(upTo: number, state: CommitState): void {
    const answered = this.#waiters.filter((waiter) => waiter.upTo <= upTo);
    this.#waiters = this.#waiters.filter((waiter) => waiter.upTo > upTo);
    for (const { resolve } of answered) resolve(state);
  }
}
