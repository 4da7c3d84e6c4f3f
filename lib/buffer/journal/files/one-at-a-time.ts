import type { Files, OpenFile, OpenMode } from './files.js';

/**
 * Lets one operation at a time reach the file system. All of Node's file operations share four threads with DNS look-ups: a
 * disk that hangs would otherwise block them all, and with them every outgoing request of the application. Writes to newly
 * created files pass at once, because commits wait for them; their writer has at most one in progress.
 */
export function oneAtATime(files: Files): Files {
  const queue = new SerialQueue();
  return {
    user: () => files.user(),
    makeFolder: (path) => queue.run(() => files.makeFolder(path)),
    list: (path) => queue.run(() => files.list(path)),
    facts: (path) => queue.run(() => files.facts(path)),
    open: async (path, mode) => new QueuedFile(await queue.run(() => files.open(path, mode)), mode, queue),
    readText: (path) => queue.run(() => files.readText(path)),
    writeText: (path, text) => queue.run(() => files.writeText(path, text)),
    rename: (from, to) => queue.run(() => files.rename(from, to)),
    remove: (path) => queue.run(() => files.remove(path)),
    removeFolder: (path) => queue.run(() => files.removeFolder(path)),
    touch: (path) => queue.run(() => files.touch(path)),
    syncFolder: (path) => queue.run(() => files.syncFolder(path)),
    freeBytes: (path) => queue.run(() => files.freeBytes(path)),
  };
}

export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    // The caller handles the error.
    this.#last = result.catch(() => undefined);
    return result;
  }
}

class QueuedFile implements OpenFile {
  readonly #file: OpenFile;
  readonly #queue: SerialQueue;
  readonly #passes: boolean;

  constructor(file: OpenFile, mode: OpenMode, queue: SerialQueue) {
    this.#file = file;
    this.#queue = queue;
    this.#passes = mode === 'create' || mode === 'createSynced';
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    const write = (): Promise<void> => this.#file.write(bytes, position);
    return this.#passes ? write() : this.#queue.run(write);
  }

  writeNow(bytes: Uint8Array, position: number): void {
    this.#file.writeNow(bytes, position);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#queue.run(() => this.#file.read(into, position));
  }

  sync(): Promise<void> {
    return this.#queue.run(() => this.#file.sync());
  }

  close(): Promise<void> {
    return this.#queue.run(() => this.#file.close());
  }
}
