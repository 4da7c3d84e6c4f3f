import { Injectable } from '@nestjs/common';

/** Registers a step that undoes the last change. */
export type Undo = (step: () => void) => void;

/** Stands in for the transactions of a database: when one fails, its steps are undone, last first. */
@Injectable()
export class Books {
  async transaction<T>(work: (undo: Undo) => Promise<T>): Promise<T> {
    const steps: (() => void)[] = [];
    try {
      return await work((step) => steps.unshift(step));
    } catch (error) {
      for (const step of steps) step();
      throw error;
    }
  }
}
