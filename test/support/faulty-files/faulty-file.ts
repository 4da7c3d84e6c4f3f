import type { OpenFile, OpenMode } from '../../../lib/buffer/journal/files/files.js';
import { type Choose, first } from './choose.js';
import type { Disk } from './disk.js';
import type { FaultOptions } from './faults.js';
import type { FileNode } from './file-node.js';
import type { Operation, OperationKind } from './operation.js';
import { systemError } from './system-error.js';

/** The functions of its process that an open file uses. */
export interface Process {
  readonly disk: Disk;
  readonly isDead: boolean;
  /** How the next operation fails. */
  faultOf(operation: Operation): FaultOptions | undefined;
  ask<T>(
    operation: Operation,
    perform: () => T,
    leave: (choose: Choose) => void,
    isReady?: () => boolean,
  ): Promise<T>;
  closed(file: FaultyFile): void;
}

const WRITABLE: readonly OpenMode[] = ['create', 'createSynced', 'append', 'overwrite'];
const READABLE: readonly OpenMode[] = ['read', 'overwrite'];

/** A file that one process has open. */
export class FaultyFile implements OpenFile {
  #pending = 0;
  #closing = false;

  constructor(
    private readonly process: Process,
    private readonly node: FileNode,
    private readonly path: string,
    private readonly mode: OpenMode,
  ) {}

  write(bytes: Uint8Array, position: number): Promise<void> {
    const operation = { ...this.#operation('write'), position, bytes: bytes.length };
    return this.#ask(
      operation,
      () => this.#write(operation, bytes),
      (choose) => {
        const length = choose(2) === 1 ? choose(bytes.length + 1) : bytes.length;
        this.#put(bytes.subarray(0, length), position, choose);
      },
    );
  }

  writeNow(bytes: Uint8Array, position: number): void {
    const operation = { ...this.#operation('writeNow'), position, bytes: bytes.length };
    if (this.process.isDead) throw new Error(`a process that is dead writes to ${this.path}`);
    this.#mustBe(WRITABLE, 'write');
    this.#write(operation, bytes);
  }

  read(into: Uint8Array, position: number): Promise<number> {
    const operation = { ...this.#operation('read'), position };
    return this.#ask(
      operation,
      () => {
        this.#mustBe(READABLE, 'read');
        this.#plainFault(operation);
        const bytes = this.node.read(position, position + into.length);
        into.set(bytes);
        return bytes.length;
      },
      () => undefined,
    );
  }

  sync(): Promise<void> {
    const operation = this.#operation('sync');
    return this.#ask(
      operation,
      () => this.#sync(operation),
      () => this.node.sync(),
    );
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const operation = this.#operation('close');
    await this.process.ask(
      operation,
      () => {
        this.end();
        this.#plainFault(operation);
      },
      () => undefined,
      () => this.#pending === 0,
    );
  }

  /** No process has it open any more. */
  end(): void {
    this.#closing = true;
    this.process.disk.close(this.node);
    this.process.closed(this);
  }

  #ask<T>(operation: Operation, perform: () => T, leave: (choose: Choose) => void): Promise<T> {
    const closed = this.#closing;
    if (!closed) this.#pending++;
    return this.process.ask(
      operation,
      () => {
        if (closed) throw systemError('EBADF', operation.kind, this.path);
        this.#pending--;
        return perform();
      },
      closed ? () => undefined : leave,
    );
  }

  #write(operation: Operation & { position: number }, bytes: Uint8Array): void {
    this.#mustBe(WRITABLE, 'write');
    const { position } = operation;
    const fault = this.process.faultOf(operation);
    if (fault === undefined || fault.does === 'all') this.#putWhatFits(bytes, position);
    else if (fault.does === 'part') {
      const choose = fault.choose ?? first;
      this.#put(bytes.subarray(0, choose(bytes.length + 1)), position, choose);
    }
    if (fault !== undefined) throw systemError(fault.code, 'write', this.path);
  }

  #putWhatFits(bytes: Uint8Array, position: number): void {
    const { disk } = this.process;
    if (disk.readOnly) throw systemError('EROFS', 'write', this.path);
    const at = this.#placeOf(position);
    const fits =
      disk.capacity === Infinity ? Infinity : Math.max(0, Math.max(this.node.length, at) + disk.free - at);
    this.#put(bytes.subarray(0, Math.min(bytes.length, fits)), position);
    if (fits < bytes.length) throw systemError('ENOSPC', 'write', this.path);
  }

  /** @param choose the part of a failed synchronous write that is on the disk */
  #put(bytes: Uint8Array, position: number, choose?: Choose): void {
    const at = this.#placeOf(position);
    if (bytes.length === 0) return;
    this.node.mtimeMs = this.process.disk.now;
    if (this.mode !== 'createSynced') this.node.write(bytes, at);
    else if (choose === undefined) this.node.writeSynced(bytes, at);
    else this.node.writeHalfSynced(bytes, at, choose);
  }

  #sync(operation: Operation): void {
    const fault = this.process.faultOf(operation);
    if (fault !== undefined) {
      if (fault.does === 'all') this.node.sync();
      else this.node.failSync(fault.does === 'part' ? (fault.choose ?? first) : first);
      throw systemError(fault.code, 'fsync', this.path);
    }
    if (this.process.disk.readOnly && this.node.hasUnsynced) throw systemError('EROFS', 'fsync', this.path);
    this.node.sync();
  }

  #plainFault(operation: Operation): void {
    const fault = this.process.faultOf(operation);
    if (fault !== undefined) throw systemError(fault.code, operation.kind, this.path);
  }

  #placeOf(position: number): number {
    return this.mode === 'append' ? this.node.length : position;
  }

  #mustBe(modes: readonly OpenMode[], syscall: string): void {
    if (!modes.includes(this.mode)) throw systemError('EBADF', syscall, this.path);
  }

  #operation(kind: OperationKind): Operation {
    return { kind, path: this.path };
  }
}
