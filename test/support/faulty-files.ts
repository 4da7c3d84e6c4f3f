import type { FileFacts, Files, OpenFile, OpenMode } from '../../lib/buffer/journal/files/files.js';
import { type Choose, first } from './faulty-files/choose.js';
import { Disk, USER } from './faulty-files/disk.js';
import { type Fault, type FaultOptions, Faults, type Hang, type When } from './faulty-files/faults.js';
import { FaultyFile, type Process } from './faulty-files/faulty-file.js';
import type { Operation, OperationKind } from './faulty-files/operation.js';
import { OperationQueue } from './faulty-files/operation-queue.js';
import { codeOf, systemError } from './faulty-files/system-error.js';

/** Operations in one `settle()`; more of them is a loop without end. */
const MAX_STEPS = 100_000;

/** How a file system that fails is made. */
export interface FaultyFilesOptions {
  /** Its wall clock. */
  readonly clock: { now(): number };
  /** Operations happen by themselves, in the next turn of the event loop; otherwise only when the test says so. */
  readonly auto?: boolean;
}

interface Machine {
  readonly disk: Disk;
  readonly processes: Set<FaultyFiles>;
  readonly auto: boolean;
  /** Files that were made to be renamed; no two have the same name, whoever makes them. */
  temporary: number;
}

/**
 * A file system in memory as one process sees it, that does what real ones do: what is written is on the disk only once it
 * is synced, names only once their folder is; operations happen one by one and in any order when the test says so, fail,
 * hang, and do half of what they should. Paths are absolute, with slashes.
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

  /** The disk itself, past all faults: what is on it, how much fits, whether it can be written. */
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

  // What happens when

  /** Operations that were asked for and did not happen yet, the oldest first; those that hang among them. */
  get queued(): readonly Operation[] {
    return this.#queue.operations;
  }

  /** Performs one operation; false when none can happen. Whoever waits for it learns of it in the next microtasks. */
  step(choose?: Choose): boolean {
    return this.#queue.step(choose);
  }

  /** Performs operations, and what is asked for in answer to them, until nothing is left that can happen. */
  async settle(choose?: Choose): Promise<void> {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.step(choose)) return;
    }
    throw new Error('operations without end');
  }

  // What goes wrong

  /** Lets operations fail. */
  fail(when: When, options: FaultOptions): Fault {
    return this.#faults.fail(when, options);
  }

  /** Lets operations wait until they are released; those that were asked for before, too. */
  hang(when: When): Hang {
    return this.#faults.hang(when, () => this.#queue.pump());
  }

  /** Lifts every fault, and releases what hangs. */
  mend(): void {
    this.#faults.clear();
    this.#queue.pump();
  }

  /** So many bytes fit in addition to what is there. */
  limitFree(bytes: number): void {
    this.disk.capacity = this.disk.used + bytes;
  }

  /** The system forgets pages that it takes for written: after a sync that failed, what it did not write is gone. */
  dropCaches(): void {
    for (const file of this.disk.files) file.dropCache();
  }

  /**
   * This process dies. What it wrote stays, what was under way stays whole, in part or not at all; nothing is answered any
   * more. Returns the disk as the next process sees it.
   */
  crash(choose: Choose = first): FaultyFiles {
    this.#die(choose);
    return this.anotherProcess();
  }

  /**
   * Every process dies, and what is not on the disk is gone but for an arbitrary part. Returns the disk as the first
   * process sees it when power is back.
   */
  powerCut(choose: Choose = first): FaultyFiles {
    for (const process of this.#machine.processes) process.#die(choose);
    this.disk.cut(choose);
    return this.anotherProcess();
  }

  // What is there

  /** A file's text, as anybody reads it now. */
  text(path: string): string {
    return Buffer.from(this.bytes(path)).toString();
  }

  /** A file's bytes, as anybody reads them now. */
  bytes(path: string): Uint8Array {
    return this.disk.file(path).read();
  }

  /** Changes a file's bytes behind everybody's back, on the disk. */
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const file = this.disk.file(path);
    file.replace(change(file.read()));
  }

  /** Files that this process has open. */
  get openFiles(): number {
    return this.#open.size;
  }

  // What it is asked for

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

  // What its open files ask of it

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
