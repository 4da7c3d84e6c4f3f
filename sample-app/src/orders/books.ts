import { Injectable } from '@nestjs/common';

/** Registers how to undo what was just done. */
export type Undo = (step: () => void) => void;

/** Stands in for the transactions of a database: where one fails, what it did is undone, last first. */
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
