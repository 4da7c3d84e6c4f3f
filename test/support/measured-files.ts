import type { Files, OpenFile } from '../../lib/buffer/journal/files/files.js';
import { nodeFiles } from '../../lib/buffer/journal/files/node-files.js';

/** The real disk, with a measure of the bytes that are read and written at once. No file may be read or written as a whole. */
export class MeasuredFiles {
  /** The largest read or write, in bytes. */
  mostRead = 0;
  mostWritten = 0;
  /** The most bytes that were read and written in one turn of the event loop. */
  mostInATurn = 0;
  #inThisTurn = 0;
  #isWatched = false;

  readonly files: Files = {
    ...nodeFiles,
    readText: () => Promise.reject(new Error('a log was read whole')),
    writeText: () => Promise.reject(new Error('a log was written whole')),
    open: async (path, mode) => this.#measured(await nodeFiles.open(path, mode)),
  };

  #measured(file: OpenFile): OpenFile {
    return {
      read: async (into, position) => {
        this.mostRead = Math.max(this.mostRead, into.length);
        const bytes = await file.read(into, position);
        this.#count(bytes);
        return bytes;
      },
      write: async (bytes, position) => {
        this.mostWritten = Math.max(this.mostWritten, bytes.length);
        this.#count(bytes.length);
        await file.write(bytes, position);
      },
      writeNow: (bytes, position) => file.writeNow(bytes, position),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  }

  #count(bytes: number): void {
    this.#inThisTurn += bytes;
    this.mostInATurn = Math.max(this.mostInATurn, this.#inThisTurn);
    if (this.#isWatched) return;
    this.#isWatched = true;
    setImmediate(() => {
      this.#isWatched = false;
      this.#inThisTurn = 0;
    });
  }
}
