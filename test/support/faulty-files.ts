import type { FileFacts, Files, OpenFile, OpenMode } from '../../lib/buffer/journal/files/files.js';
import { type Choose, first } from './faulty-files/choose.js';
import { Disk, USER } from './faulty-files/disk.js';
import { type Fault, type FaultOptions, Faults, type Hang, type When } from './faulty-files/faults.js';
import { FaultyFile, type Process } from './faulty-files/faulty-file.js';
import type { Operation, OperationKind } from './faulty-files/operation.js';
import { OperationQueue } from './faulty-files/operation-queue.js';
import { codeOf, systemError } from './faulty-files/system-error.js';

/** Most operations in one `settle()`; more of them indicate an endless loop. */
const MAX_STEPS = 100_000;

/** The setup of a faulty file system. */
export interface FaultyFilesOptions {
  /** Its wall clock. */
  readonly clock: { now(): number };
  /** True: operations are performed in the next turn of the event loop. False: only when the test performs them. */
  readonly auto?: boolean;
}

interface Machine {
  readonly disk: Disk;
  readonly processes: Set<FaultyFiles>;
  readonly auto: boolean;
  /** Temporary files that are renamed later; their names are unique across processes. */
  temporary: number;
}

/**
 * A file system in memory as one process sees it, with the behaviour of real ones: data is on the disk only after a sync, a
 * name only after a sync of its folder. The test may perform operations one at a time and in any order, and let them fail,
 * hang, or take effect in part. Paths are absolute, with slashes.
 */
export class FaultyFiles implements Files, Process {
  readonly #machine: Machine;
  readonly #queue: OperationQueue;
  readonly #faults = new Faults();
  readonly #open = new Set<FaultyFile>();
  #isDead = false;

  constructor(options: FaultyFilesOptions | Machine) {
    this.#machine =
      'disk' in options
        ? options
        : { disk: new Disk(options.clock), processes: new Set(), auto: options.auto ?? false, temporary: 0 };
    this.#machine.processes.add(this);
    this.#queue = new OperationQueue(this.#machine.auto);
  }

  /** The disk itself, without faults: its content, its size, and whether it is writable. */
  get disk(): Disk {
    return this.#machine.disk;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The same disk, for another process. */
  anotherProcess(): FaultyFiles {
    return new FaultyFiles(this.#machine);
  }

  // Order of operations

  /** Requested operations that are not performed yet, the oldest first, including those that hang. */
  get queued(): readonly Operation[] {
    return this.#queue.operations;
  }

  /** Performs one operation; false if none is ready. Its promise settles in the next microtasks. */
  step(choose?: Choose): boolean {
    return this.#queue.step(choose);
  }

  /** Performs operations, and those that they cause, until none is ready. */
  async settle(choose?: Choose): Promise<void> {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.step(choose)) return;
    }
    throw new Error('operations without end');
  }

  // Faults

  /** Lets operations fail. */
  fail(when: When, options: FaultOptions): Fault {
    return this.#faults.fail(when, options);
  }

  /** Lets operations hang until they are released, including those already requested. */
  hang(when: When): Hang {
    return this.#faults.hang(when, () => this.#queue.pump());
  }

  /** Removes every fault, and releases operations that hang. */
  mend(): void {
    this.#faults.clear();
    this.#queue.pump();
  }

  /** Limits the disk to this number of bytes in addition to its content. */
  limitFree(bytes: number): void {
    this.disk.capacity = this.disk.used + bytes;
  }

  /** The system drops pages that it considers written: after a failed sync, unwritten data is gone. */
  dropCaches(): void {
    for (const file of this.disk.files) file.dropCache();
  }

  /**
   * This process crashes. Its writes stay; operations in progress take effect as a whole, in part or not at all, and their
   * promises stay pending. Returns the disk as the next process sees it.
   */
  crash(choose: Choose = first): FaultyFiles {
    this.#die(choose);
    return this.anotherProcess();
  }

  /**
   * Power loss: every process crashes, and an arbitrary part of unsynced data is gone. Returns the disk as the first process
   * sees it after that.
   */
  powerCut(choose: Choose = first): FaultyFiles {
    for (const process of this.#machine.processes) process.#die(choose);
    this.disk.cut(choose);
    return this.anotherProcess();
  }

  // Content

  /** A file's text, as a process reads it now. */
  text(path: string): string {
    return Buffer.from(this.bytes(path)).toString();
  }

  /** A file's bytes, as a process reads them now. */
  bytes(path: string): Uint8Array {
    return this.disk.file(path).read();
  }

  /** Changes a file's bytes on the disk, without an operation of a process. */
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const file = this.disk.file(path);
    file.replace(change(file.read()));
  }

  /** Files that this process has open. */
  get openFiles(): number {
    return this.#open.size;
  }

  // Operations of the process

  user(): number {
    return USER;
  }

  makeFolder(path: string): Promise<void> {
    return this.#ask({ kind: 'makeFolder', path }, () => this.disk.makeFolder(path));
  }

  list(path: string): Promise<readonly string[]> {
    return this.#ask({ kind: 'list', path }, () => this.disk.list(path));
  }

  facts(path: string): Promise<FileFacts> {
    return this.#ask({ kind: 'facts', path }, () => this.disk.facts(path));
  }

  open(path: string, mode: OpenMode): Promise<OpenFile> {
    const operation: Operation = { kind: 'open', path };
    return this.ask(
      operation,
      () => {
        const file = this.#withFault(
          operation,
          () => this.#opened(path, mode),
          (made) => made.end(),
        );
        this.#open.add(file);
        return file;
      },
      () => this.disk.close(this.disk.open(path, mode)),
    );
  }

  readText(path: string): Promise<string> {
    return this.#ask({ kind: 'readText', path }, () => this.text(path));
  }

  async writeText(path: string, text: string): Promise<void> {
    const beside = `${path}.${++this.#machine.temporary}.tmp`;
    const file = await this.open(beside, 'create');
    try {
      try {
        await file.write(Buffer.from(text), 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.rename(beside, path);
    } catch (error) {
      await this.remove(beside).catch(() => undefined);
      throw error;
    }
    await this.syncFolder(path.slice(0, path.lastIndexOf('/')) || '/');
  }

  rename(from: string, to: string): Promise<void> {
    return this.#ask({ kind: 'rename', path: from, to }, () => this.disk.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#ask({ kind: 'remove', path }, () => this.disk.remove(path));
  }

  removeFolder(path: string): Promise<void> {
    return this.#ask({ kind: 'removeFolder', path }, () => this.disk.removeFolder(path));
  }

  touch(path: string): Promise<void> {
    return this.#ask({ kind: 'touch', path }, () => this.disk.touch(path));
  }

  syncFolder(path: string): Promise<void> {
    return this.#ask({ kind: 'syncFolder', path }, () => this.disk.syncFolder(path));
  }

  freeBytes(path: string): Promise<number> {
    return this.#ask({ kind: 'freeBytes', path }, () => {
      this.disk.facts(path);
      return Math.min(this.disk.free, Number.MAX_SAFE_INTEGER);
    });
  }

  // Functions for its open files

  faultOf(operation: Operation): FaultOptions | undefined {
    return this.#faults.of(operation);
  }

  ask<T>(
    operation: Operation,
    perform: () => T,
    leave: (choose: Choose) => void,
    isReady: () => boolean = () => true,
  ): Promise<T> {
    return this.#queue.add(operation, perform, leave, () => isReady() && !this.#faults.isHanging(operation));
  }

  closed(file: FaultyFile): void {
    this.#open.delete(file);
  }

  #ask<T>(operation: Operation, perform: () => T): Promise<T> {
    return this.ask(
      operation,
      () => this.#withFault(operation, perform),
      () => void perform(),
    );
  }

  #withFault<T>(operation: Operation, perform: () => T, undo?: (result: T) => void): T {
    const fault = this.faultOf(operation);
    if (fault === undefined) return perform();
    if (fault.does === 'all') {
      const result = perform();
      undo?.(result);
    }
    throw systemError(fault.code, operation.kind, operation.path);
  }

  #opened(path: string, mode: OpenMode): FaultyFile {
    return new FaultyFile(this, this.disk.open(path, mode), path, mode);
  }

  #die(choose: Choose): void {
    this.#isDead = true;
    this.#machine.processes.delete(this);
    this.#queue.end(choose);
    for (const file of this.#open) file.end();
  }
}

export {
  codeOf,
  type Choose,
  type Fault,
  type FaultOptions,
  type Hang,
  type Operation,
  type OperationKind,
  type When,
};
