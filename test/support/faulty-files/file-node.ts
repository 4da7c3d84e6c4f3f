import type { Choose } from './choose.js';
import { GrowingBytes } from './growing-bytes.js';

/** The bytes that a drive writes atomically. */
const SECTOR = 512;

interface Unsynced {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** The content of a file: for readers now, and after a power loss. */
export class FileNode {
  readonly isFolder = false;
  /** Processes that have it open: the bytes of a file without a name are freed when none has. */
  users = 0;
  #cache = new GrowingBytes();
  #disk = new GrowingBytes();
  #unsynced: Unsynced[] = [];

  constructor(
    readonly inode: number,
    readonly mode: number,
    public mtimeMs: number,
  ) {}

  get length(): number {
    return this.#cache.length;
  }

  get hasUnsynced(): boolean {
    return this.#unsynced.length > 0;
  }

  read(start = 0, end?: number): Uint8Array {
    return this.#cache.slice(start, end);
  }

  /** The content that certainly survives a power loss. */
  readDisk(): Uint8Array {
    return this.#disk.slice();
  }

  write(bytes: Uint8Array, position: number): void {
    this.#cache.write(bytes, position);
    this.#unsynced.push({ position, bytes: bytes.slice() });
  }

  /** A write that is on the disk when it ends; earlier writes may not be. */
  writeSynced(bytes: Uint8Array, position: number): void {
    this.#cache.write(bytes, position);
    this.#disk.write(bytes, position);
  }

  /** A synchronous write that failed: readers see all of it, the disk may have any part of it. */
  writeHalfSynced(bytes: Uint8Array, position: number, choose: Choose): void {
    this.#cache.write(bytes, position);
    this.#keepSome({ position, bytes: bytes.slice() }, choose);
  }

  sync(): void {
    for (const { bytes, position } of this.#unsynced) this.#disk.write(bytes, position);
    this.#unsynced = [];
  }

  /** The system tries once and reports the error once: a later sync does not retry. */
  failSync(choose: Choose): void {
    this.#loseSome(choose);
  }

  /** The system drops pages that it considers written. After a failed sync, readers see the content of the disk instead. */
  dropCache(): void {
    this.#cache = new GrowingBytes(this.#disk.slice());
    for (const { bytes, position } of this.#unsynced) this.#cache.write(bytes, position);
  }

  /** Power is lost: any part of the unsynced data is on the disk. */
  cut(choose: Choose): void {
    this.#loseSome(choose);
    this.#cache = new GrowingBytes(this.#disk.slice());
  }

  /** Another program wrote to the disk. */
  replace(bytes: Uint8Array): void {
    this.#cache = new GrowingBytes(bytes);
    this.#disk = new GrowingBytes(bytes);
    this.#unsynced = [];
  }

  #loseSome(choose: Choose): void {
    const writes = this.#unsynced;
    this.#unsynced = [];
    while (writes.length > 0) this.#keepSome(writes.splice(choose(writes.length), 1)[0]!, choose);
  }

  #keepSome({ bytes, position }: Unsynced, choose: Choose): void {
    switch (choose(4)) {
      case 0:
        return;
      case 1:
        this.#disk.write(bytes, position);
        return;
      case 2:
        this.#disk.write(bytes.subarray(0, choose(bytes.length + 1)), position);
        return;
      default:
        this.#keepSectors(bytes, position, choose);
    }
  }

  /** Each sector on its own; the file may have its full length without the bytes. */
  #keepSectors(bytes: Uint8Array, position: number, choose: Choose): void {
    if (choose(2) === 1) this.#disk.growTo(position + bytes.length);
    for (let at = position; at < position + bytes.length;) {
      const end = Math.min(position + bytes.length, (Math.floor(at / SECTOR) + 1) * SECTOR);
      if (choose(2) === 1) this.#disk.write(bytes.subarray(at - position, end - position), at);
      at = end;
    }
  }
}
