import type { Log } from '../../../host/log.js';
import type { Files } from '../files/files.js';
import { changeLines, type LineChange, type Rewritten } from '../files/log-file.js';
import type { LogLine } from '../files/log-lines.js';
import { fromCheckedLine } from '../format/checked-line.js';
import { unlessDiskFails } from './disk-failures.js';
import type { Outcome } from './outcomes.js';
import type { Histories } from './histories.js';
import { appendLetters, letterPath, shortenLetters } from './letter-file.js';
import type { KeptLetter } from './letter-index.js';
import type { SegmentFolder } from './segment.js';

/** Bytes of a folder's file at which it is shortened for the first time. */
const SHORTEN_BYTES = 4 * 1024 * 1024;

/** The environment of the writer. */
export interface LetterWriterSetup {
  readonly files: Files;
  readonly log: Log;
  readonly histories: Histories;
  /** The folder that is ours; undefined while there is none. */
  readonly folder: () => SegmentFolder | undefined;
  /** Whether the end of a record's letter may still be asked for; it became one at `at`. */
  readonly isAsked: (folder: SegmentFolder, seq: number, at: number) => boolean;
  /** A new letter is on the disk. */
  readonly onWritten: (kept: KeptLetter, folder: SegmentFolder, offset: number) => void;
  /** A folder's file was rewritten: its lines are elsewhere now. */
  readonly onMoved: (folder: SegmentFolder, rewritten: Rewritten) => void;
}

/** Lines that the disk does not have yet. */
export interface UnwrittenLetter {
  /** Several where a lane has several names in the folder. */
  readonly lines: readonly Buffer[];
  readonly kept: KeptLetter;
  /** Of a new letter: settles its record; absent where the line is the end of a letter. */
  readonly settle?: (end: Outcome) => void;
}

/**
 * Writes dead letters and their ends to the files of their folders, in order, and shortens the files. Owns the lines that are
 * not written yet, and the turn at the files: {@link alone} keeps readers and writers apart.
 */
export class LetterWriter {
  #unwritten: UnwrittenLetter[] = [];
  /** Lines that are being written. */
  #inHand: readonly UnwrittenLetter[] = [];
  /** Lines that the disk may have in part. */
  readonly #tried = new WeakSet<UnwrittenLetter>();
  /** Letters that were given up while they were being written. */
  readonly #givenUp = new WeakSet<KeptLetter>();
  /** Folders that are not ours any more. */
  readonly #lost = new WeakSet<SegmentFolder>();
  /** By folder, bytes of its file at which it is shortened. */
  readonly #limits = new WeakMap<SegmentFolder, number>();
  /** The work on the files: one thing after the other. */
  #busy: Promise<unknown> = Promise.resolve();
  #isDue = false;

  constructor(private readonly setup: LetterWriterSetup) {}

  /** Adds lines, and starts to write them. */
  add(unwritten: UnwrittenLetter): void {
    this.#unwritten.push(unwritten);
    void this.write();
  }

  /** Gives a new letter up. Returns its lines; undefined where they are on the disk, or are being written. */
  giveUp(kept: KeptLetter): UnwrittenLetter | undefined {
    const at = this.#unwritten.findIndex((each) => each.kept === kept && each.settle !== undefined);
    if (at !== -1) return this.#unwritten.splice(at, 1)[0];
    this.#givenUp.add(kept);
    return undefined;
  }

  /** Whether the disk may have a part of lines that could not be written. */
  wasTried(unwritten: UnwrittenLetter): boolean {
    return this.#tried.has(unwritten);
  }

  /** Whether the disk does not have all lines of a folder's file yet. */
  owes(folder: SegmentFolder): boolean {
    const isOf = ({ kept }: UnwrittenLetter): boolean => kept.folder === folder;
    return this.#unwritten.some(isOf) || this.#inHand.some(isOf);
  }

  /** A folder is not ours any more: nothing is written to it. */
  lose(folder: SegmentFolder): void {
    this.#lost.add(folder);
  }

  /** Writes all lines that are not written. Never rejects; lines that cannot be written now are kept. */
  async write(): Promise<void> {
    if (this.#isDue) return void (await this.#busy);
    this.#isDue = true;
    await this.alone(async () => {
      this.#isDue = false;
      await this.#writeAll();
    });
  }

  /** Changes lines of a folder's file, for good; those of a person who is erased. Rejects where the disk fails. */
  async purge(folder: SegmentFolder, change: LineChange): Promise<void> {
    await this.write();
    await this.alone(async () => {
      const left = this.#unwritten;
      const isErased = ({ lines }: UnwrittenLetter): boolean => change(asLogLine(lines[0]!)) === undefined;
      const erased = new Set(left.filter(isErased));
      this.#unwritten = left.filter((unwritten) => !erased.has(unwritten));
      for (const { settle } of erased) settle?.({ state: 'dropped', reason: 'erased' });
      const rewritten = await changeLines(this.setup.files, letterPath(folder), change);
      if (rewritten !== undefined) this.setup.onMoved(folder, rewritten);
    });
  }

  /** Does something while nothing else is done to the files. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }

  async #writeAll(): Promise<void> {
    const byFolder = new Map<SegmentFolder, UnwrittenLetter[]>();
    const homeless: UnwrittenLetter[] = [];
    for (const unwritten of this.#unwritten) {
      const folder = unwritten.kept.folder ?? this.setup.folder();
      // Without a folder of ours it stays here until there is one.
      if (folder === undefined) homeless.push(unwritten);
      else if (this.#lost.has(folder)) continue;
      else if (byFolder.has(folder)) byFolder.get(folder)!.push(unwritten);
      else byFolder.set(folder, [unwritten]);
    }
    this.#inHand = this.#unwritten;
    this.#unwritten = homeless;
    for (const [folder, group] of byFolder) {
      for (const unwritten of group) this.#tried.add(unwritten);
      const isWritten = await this.#append(folder, group);
      // In front of newer lines: the end of a letter must not be read before the letter.
      if (!isWritten) this.#unwritten.unshift(...this.#withoutGivenUp(group));
    }
    this.#inHand = [];
  }

  /** A disk that rejects writes must not fill the memory with letters that gave way. */
  #withoutGivenUp(group: readonly UnwrittenLetter[]): UnwrittenLetter[] {
    const isGivenUp = ({ kept, settle }: UnwrittenLetter): boolean =>
      settle !== undefined && this.#givenUp.has(kept);
    for (const { settle } of group.filter(isGivenUp))
      settle!({ state: 'dropped', reason: 'dead_letters_full' });
    return group.filter((unwritten) => !isGivenUp(unwritten));
  }

  async #append(folder: SegmentFolder, group: readonly UnwrittenLetter[]): Promise<boolean> {
    const { files, log, onWritten } = this.setup;
    const lines = group.flatMap(({ lines: of }) => of);
    let at = await unlessDiskFails(log, 'writing dead letters', () => appendLetters(files, folder, lines));
    // The folder may have been deleted meanwhile, and the file with it.
    if (at === undefined || this.#lost.has(folder)) return false;
    for (const { lines: written, kept, settle } of group) {
      if (settle !== undefined) {
        onWritten(kept, folder, at);
        settle({ state: 'dead', reason: kept.reason });
      }
      for (const { length } of written) at += length;
    }
    // A file that could not be shortened has all lines nevertheless: they are not written again.
    const bytes = at;
    await unlessDiskFails(log, 'shortening the dead letters', () => this.#shorten(folder, bytes));
    return true;
  }

  async #shorten(folder: SegmentFolder, bytes: number): Promise<void> {
    if (bytes <= (this.#limits.get(folder) ?? SHORTEN_BYTES)) return;
    const { files, histories, isAsked, onMoved } = this.setup;
    const rewritten = await shortenLetters(
      files,
      folder,
      (seq, at) => isAsked(folder, seq, at),
      (ended) => histories.settle(folder, ended),
    );
    onMoved(folder, rewritten);
    this.#limits.set(folder, Math.max(SHORTEN_BYTES, 2 * rewritten.bytes));
  }
}

function asLogLine(line: Buffer): LogLine {
  const text = line.toString().trimEnd();
  return { offset: 0, bytes: line.length, text, value: fromCheckedLine(text) };
}
