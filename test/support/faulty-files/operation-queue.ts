import type { Choose } from './choose.js';
import { first } from './choose.js';
import type { Operation } from './operation.js';

interface Queued {
  readonly operation: Operation;
  /** Does it, and answers. */
  readonly run: () => void;
  /** What is left of it when its process dies meanwhile: all, or its first part. Nobody is answered. */
  readonly leave: (choose: Choose) => void;
  /** Whether its turn may come now. */
  readonly isReady: () => boolean;
}

/** Operations that were asked for and did not happen yet: a thread pool, whose threads the test moves. */
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

  /** Never answers once the process is dead. */
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

  /** Performs one of those that are ready, by default the one that waits longest; false when none is. */
  step(choose: Choose = first): boolean {
    const ready = this.#queued.filter((each) => each.isReady());
    if (ready.length === 0) return false;
    const next = ready[choose(ready.length)]!;
    this.#queued.splice(this.#queued.indexOf(next), 1);
    next.run();
    return true;
  }

  /** In auto mode, performs what is ready in the next turns of the event loop. */
  pump(): void {
    if (!this.auto || this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      for (let count = this.ready; count > 0; count--) this.step();
      if (this.ready > 0) this.pump();
    });
  }

  /** The process is dead: what was under way happened, or did not, or half. */
  end(choose: Choose): void {
    this.#dead = true;
    const queued = this.#queued;
    this.#queued = [];
    for (const { leave } of queued) {
      try {
        if (choose(2) === 1) leave(choose);
      } catch {
        // It would have failed; nobody is there to be told.
      }
    }
  }
}
