import type { ResolvedJournalOptions } from '../options/journal-options.js';
import type { GroupWriter } from './group-writer.js';
import type { Shedding } from './shedding.js';

/** Keeps the memory of events that are not on disk within `maxMemoryBytes`. */
export class MemoryBound {
  constructor(
    private readonly options: ResolvedJournalOptions,
    private readonly writer: GroupWriter,
    private readonly shedding: Shedding,
  ) {}

  /** Whether there is room for so many bytes. With `dropOldest`, drops older events first. */
  makeRoom(bytes: number): boolean {
    const { writer } = this;
    if (this.#hasRoom(bytes)) return true;
    writer.giveUpSettled();
    while (!this.#hasRoom(bytes)) {
      const frame = this.options.onFull === 'dropOldest' ? writer.giveUpOldest() : undefined;
      if (frame === undefined) return false;
      this.shedding.dropFrame(frame);
    }
    return true;
  }

  #hasRoom(bytes: number): boolean {
    return this.writer.memoryBytes + bytes <= this.options.maxMemoryBytes;
  }
}
