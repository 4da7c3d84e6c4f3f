import type { Choose } from './choose.js';
import { first } from './choose.js';
import type { Operation } from './operation.js';

interface Queued {
  readonly operation: Operation;
  /** Performs the operation and settles its promise. */
  readonly run: () => void;
  /** Its effect if the process crashes during it: all, or its first part. Its promise stays pending. */
  readonly leave: (choose: Choose) => void;
  /** Whether it may be performed now. */
  readonly isReady: () => boolean;
}

/** Requested operations that are not performed yet: a thread pool, whose threads the test controls. */
export class OperationQueue {
  #queued: Queued[] = [];
  #pumping = false;
  #dead = false;

  constructor(private readonly auto: boolean) {}

  get operations(): Operation[] {
    return this.#queued.map(({ operation }) => operation);
  }

  get ready(): number {
    return this.#queued.filter((each) => each.isReady()).length;
  }

  /** Stays pending if the process has crashed. */
  add<T>(
    operation: Operation,
    perform: () => T,
    leave: (choose: Choose) => void,
    isReady: () => boolean,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return;
      const run = (): void => {
        try {
          resolve(perform());
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#queued.push({ operation, run, leave, isReady });
      this.pump();
    });
  }

  /** Performs one ready operation, by default the oldest; false if none is ready. */
  step(choose: Choose = first): boolean {
    const ready = this.#queued.filter((each) => each.isReady());
    if (ready.length === 0) return false;
    const next = ready[choose(ready.length)]!;
    this.#queued.splice(this.#queued.indexOf(next), 1);
    next.run();
    return true;
  }

  /** In auto mode, performs ready operations in the next turns of the event loop. */
  pump(): void {
    if (!this.auto || this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      for (let count = this.ready; count > 0; count--) this.step();
      if (this.ready > 0) this.pump();
    });
  }

  /** The process crashes: each operation in progress takes effect as a whole, in part, or not at all. */
  end(choose: Choose): void {
    this.#dead = true;
    const queued = this.#queued;
    this.#queued = [];
    for (const { leave } of queued) {
      try {
        if (choose(2) === 1) leave(choose);
      } catch {
        // It would have failed; the crashed process does not see the error.
      }
    }
  }
}
