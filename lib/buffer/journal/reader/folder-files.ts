import { join } from 'node:path';
import type { UnknownObject } from '../../../event/json-values.js';
import type { Files, OpenFile } from '../files/files.js';
import { logLines, type LogLine } from '../files/log-file.js';
import { codeOf, unlessAbsent } from '../files/absence.js';
import { DeniedError, deniedOf, type OnDenied } from '../ownership/denied.js';
import { contentOf } from '../ownership/content.js';
import { currentPath, type FolderView } from './folder-view.js';

/**
 * The files of a folder that its owner may rename and empty at any moment. A missing file is `undefined`, never an error; a
 * renamed folder is found again. A file that cannot be read counts as empty, unless `onDenied` throws.
 */
export class FolderFiles {
  #path: string;
  readonly #unreadable = new Set<string>();

  constructor(
    private readonly folder: FolderView,
    private readonly files: Files,
    private readonly onDenied: OnDenied,
  ) {
    this.#path = folder.path;
  }

  async list(): Promise<readonly string[]> {
    return (await this.#anywhere('', (path) => this.files.list(path))) ?? [];
  }

  /** Files that the journal did not write; paths are relative to the folder. */
  async unknown(): Promise<readonly string[]> {
    return (await this.#anywhere('', (path) => contentOf(this.files, path)))?.unknown ?? [];
  }

  /** Names of all files, with those of commands and their answers. */
  async all(): Promise<readonly string[]> {
    const names = await this.list();
    const boxes = names.filter((name) => name === 'inbox' || name === 'outbox');
    const inside = boxes.map(async (box) => {
      const found = await this.#anywhere(box, (path) => this.files.list(join(path, box)));
      return (found ?? []).map((name) => join(box, name));
    });
    return [
      ...names.filter((name) => !boxes.some((box) => box === name)),
      ...(await Promise.all(inside)).flat(),
    ];
  }

  async open(name: string): Promise<OpenFile | undefined> {
    return await this.#anywhere(name, (path) => this.files.open(join(path, name), 'read'));
  }

  /** The lines of a log, in groups; none if there is no such file. */
  lines(name: string): AsyncGenerator<LogLine[]> {
    this.#unreadable.delete(name);
    return this.read(name, logLines);
  }

  /**
   * The entries of a log, in groups. Damaged lines are skipped.
   *
   * @param understand returns `undefined` for an object of another kind
   */
  async *entries<T>(name: string, understand: (value: UnknownObject) => T | undefined): AsyncGenerator<T[]> {
    for await (const lines of this.lines(name)) {
      yield lines.flatMap(({ value }) => (value && understand(value)) ?? []);
    }
  }

  /** Reads a file as `reader` does, and closes it; nothing if there is no such file. */
  async *read<T>(name: string, reader: (file: OpenFile) => AsyncIterable<T>): AsyncGenerator<T> {
    const file = await this.open(name);
    if (file === undefined) return;
    try {
      yield* reader(file);
    } catch (error) {
      await this.reportDenied(name, error);
    } finally {
      await file.close();
    }
  }

  /** Whether the last attempt to read a file failed. */
  isUnreadable(name: string): boolean {
    return this.#unreadable.has(name);
  }

  async bytes(name: string): Promise<number | undefined> {
    return (await this.#anywhere(name, (path) => this.files.facts(join(path, name))))?.bytes;
  }

  /** Reports a file that cannot be read. Rejects with an error of our own code. */
  async reportDenied(name: string, error: unknown): Promise<void> {
    if (error instanceof DeniedError || codeOf(error) === undefined) throw error;
    this.#unreadable.add(name);
    const denied = await deniedOf(this.files, join(this.#path, name), error);
    if (denied !== undefined) this.onDenied(denied);
  }

  async #anywhere<T>(name: string, read: (path: string) => Promise<T>): Promise<T | undefined> {
    try {
      for (;;) {
        const found = await unlessAbsent(read(this.#path));
        if (found !== undefined) return found;
        const path = await unlessAbsent(currentPath(this.folder, this.files));
        if (path === undefined || path === this.#path) return undefined;
        this.#path = path;
      }
    } catch (error) {
      await this.reportDenied(name, error);
      return undefined;
    }
  }
}
