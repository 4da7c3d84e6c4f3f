import { join } from 'node:path';
import type { Files, OpenFile } from '../files/files.js';
import { logLines, type LogLine } from '../files/log-lines.js';
import { codeOf, unlessAbsent } from '../ownership/absence.js';
import { contentOf } from '../ownership/content.js';
import { currentPath, type FolderView } from './folder-view.js';

/**
 * The files of a folder that may be renamed and emptied at any moment by whoever has it. What is gone is `undefined`, never
 * an error; what moved is found again.
 */
export class FolderFiles {
  #path: string;

  constructor(
    private readonly folder: FolderView,
    private readonly files: Files,
  ) {
    this.#path = folder.path;
  }

  async list(): Promise<readonly string[]> {
    return (await this.#anywhere((path) => this.files.list(path))) ?? [];
  }

  /** Files that its owners did not write; paths are relative to the folder. */
  async unknown(): Promise<readonly string[]> {
    return (await this.#anywhere((path) => contentOf(this.files, path)))?.unknown ?? [];
  }

  /** Names of all files, those of commands and their results with them. */
  async all(): Promise<readonly string[]> {
    const names = await this.list();
    const boxes = names.filter((name) => name === 'inbox' || name === 'outbox');
    const inside = boxes.map(async (box) => {
      const found = await this.#anywhere((path) => this.files.list(join(path, box)));
      return (found ?? []).map((name) => join(box, name));
    });
    return [
      ...names.filter((name) => !boxes.some((box) => box === name)),
      ...(await Promise.all(inside)).flat(),
    ];
  }

  async open(name: string): Promise<OpenFile | undefined> {
    return await this.#anywhere((path) => this.files.open(join(path, name), 'read'));
  }

  /** The lines of a log, in groups; none where there is no such file. */
  async *lines(name: string): AsyncGenerator<LogLine[]> {
    const file = await this.open(name);
    if (file === undefined) return;
    try {
      yield* logLines(file);
    } finally {
      await file.close();
    }
  }

  async bytes(name: string): Promise<number | undefined> {
    return (await this.#anywhere((path) => this.files.facts(join(path, name))))?.bytes;
  }

  async #anywhere<T>(read: (path: string) => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        return await read(this.#path);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
      const path = await unlessAbsent(currentPath(this.folder, this.files));
      if (path === undefined || path === this.#path) return undefined;
      this.#path = path;
    }
  }
}
