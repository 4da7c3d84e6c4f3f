import type { Choose } from './choose.js';
import type { Operation, OperationKind } from './operation.js';

/** Selects operations: one kind, several, or by a function. */
export type When = OperationKind | readonly OperationKind[] | ((operation: Operation) => boolean);

/** How operations fail. */
export interface FaultOptions {
  /** The system's code, such as `EIO`. */
  readonly code: string;
  /** Operations that succeed before the first that fails. Default 0. */
  readonly skip?: number;
  /** Operations that fail. Default 1; Infinity for all until it is lifted. */
  readonly times?: number;
  /**
   * What an operation does although it fails; default `nothing`. `part` picks: of a write its first bytes, of a sync any
   * part of what was unsynced. After a sync that failed nothing is unsynced any more, whatever it did.
   */
  readonly does?: 'nothing' | 'part' | 'all';
  /** Picks the parts. */
  readonly choose?: Choose;
}

/** A fault that is armed. */
export interface Fault {
  /** Operations that failed by it. */
  readonly hits: number;
  lift(): void;
}

/** Operations that hang. */
export interface Hang {
  release(): void;
}

/** The faults of a file system. */
export class Faults {
  readonly #armed = new Set<ArmedFault>();
  readonly #hangs = new Set<When>();

  fail(when: When, options: FaultOptions): Fault {
    const fault = new ArmedFault(when, options, () => this.#armed.delete(fault));
    this.#armed.add(fault);
    return fault;
  }

  hang(when: When, released: () => void): Hang {
    const hang: When = (operation) => matches(when, operation);
    this.#hangs.add(hang);
    return {
      release: () => {
        if (this.#hangs.delete(hang)) released();
      },
    };
  }

  /** How the next operation fails; undefined if it succeeds. */
  of(operation: Operation): FaultOptions | undefined {
    for (const fault of this.#armed) if (fault.meets(operation)) return fault.options;
    return undefined;
  }

  isHanging(operation: Operation): boolean {
    return [...this.#hangs].some((when) => matches(when, operation));
  }

  clear(): void {
    this.#armed.clear();
    this.#hangs.clear();
  }
}

class ArmedFault implements Fault {
  hits = 0;
  #spared = 0;

  constructor(
    private readonly when: When,
    readonly options: FaultOptions,
    readonly lift: () => void,
  ) {}

  meets(operation: Operation): boolean {
    const { skip = 0, times = 1 } = this.options;
    if (this.hits >= times || !matches(this.when, operation)) return false;
    if (this.#spared < skip) {
      this.#spared++;
      return false;
    }
    this.hits++;
    return true;
  }
}

function matches(when: When, operation: Operation): boolean {
  if (typeof when === 'function') return when(operation);
  return typeof when === 'string' ? when === operation.kind : when.includes(operation.kind);
}
