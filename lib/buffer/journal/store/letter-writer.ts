import { SerialQueue } from '../files/one-at-a-time.js';
import { changeLines, type LineChange, type LogLine } from '../files/log-file.js';
import { fromCheckedLine } from '../format/checked-line.js';
import { type Environment, unlessDiskFails } from './environment.js';
import type { Folders } from './folders.js';
import type { Histories } from './histories.js';
import { appendLetters, letterPath, shortenLetters } from './letter-file.js';
import type { IndexedLetter, LetterIndex } from './letter-index.js';
import type { FinalOutcome } from './record-outcomes.js';
import type { SegmentFolder } from './segment.js';

/** Bytes of a folder's file at which it is shortened for the first time. */
const SHORTEN_BYTES = 4 * 1024 * 1024;
const DAY_MS = 86_400_000;

/** Lines of one letter that are not on disk. */
export interface UnwrittenLetter {
  /** Several if a lane has several names in the folder. */
  readonly lines: readonly Buffer[];
  readonly kept: IndexedLetter;
  /** Settles the record of a new letter; absent if the line removes a letter. */
  readonly settle?: (outcome: FinalOutcome) => void;
}

/**
 * Writes dead letters and their removals to the files of their folders, in order, and shortens the files. Owns the unwritten lines.
 * {@link alone} keeps readers and writers of the files apart.
 */
export class LetterWriter {
  #unwritten: UnwrittenLetter[] = [];
  /** Lines that are being written. */
  #inHand: readonly UnwrittenLetter[] = [];
  /** Lines of which a part may be on disk. */
  readonly #tried = new WeakSet<UnwrittenLetter>();
  /** Letters that were dropped during their write. */
  readonly #givenUp = new WeakSet<IndexedLetter>();
  /** Folders that this process does not own any more. */
  readonly #lost = new WeakSet<SegmentFolder>();
  /** By folder, the length of its file at which it is shortened. */
  readonly #limits = new WeakMap<SegmentFolder, number>();
  readonly #queue = new SerialQueue();
  /** A write is in the queue. */
  #isDue = false;

  constructor(
    private readonly env: Pick<Environment, 'files' | 'log' | 'clock' | 'options'>,
    private readonly folders: Pick<Folders, 'own' | 'mayHold'>,
    private readonly histories: Histories,
    private readonly index: LetterIndex,
  ) {}

  /** Adds lines, and starts to write them. */
  add(unwritten: UnwrittenLetter): void {
    this.#unwritten.push(unwritten);
    void this.write();
  }

  /** Removes an unwritten letter. Returns its lines; undefined if they are on disk, or are being written. */
  giveUp(kept: IndexedLetter): UnwrittenLetter | undefined {
    const at = this.#unwritten.findIndex((each) => each.kept === kept && each.settle !== undefined);
    if (at !== -1) return this.#unwritten.splice(at, 1)[0];
    this.#givenUp.add(kept);
    return undefined;
  }

  /** Whether a part of the lines may be on disk, from a failed write. */
  wasTried(unwritten: UnwrittenLetter): boolean {
    return this.#tried.has(unwritten);
  }

  /** Whether lines of a folder's file are not on disk. */
  owes(folder: SegmentFolder): boolean {
    const isOf = ({ kept }: UnwrittenLetter): boolean => kept.folder === folder;
    return this.#unwritten.some(isOf) || this.#inHand.some(isOf);
  }

  /** Writes nothing to a folder any more, because this process does not own it. */
  lose(folder: SegmentFolder): void {
    this.#lost.add(folder);
  }

  /** Writes all unwritten lines. Never rejects; keeps lines that cannot be written. */
  async write(): Promise<void> {
    if (this.#isDue) return this.alone(() => Promise.resolve());
    this.#isDue = true;
    await this.alone(() => {
      this.#isDue = false;
      return this.#writeAll();
    });
  }

  /** Rewrites a folder's file, to erase a person. Rejects if the disk fails. */
  async purge(folder: SegmentFolder, change: LineChange): Promise<void> {
    await this.write();
    await this.alone(async () => {
      const unwritten = this.#unwritten;
      const isErased = ({ lines }: UnwrittenLetter): boolean => change(asLogLine(lines[0]!)) === undefined;
      const erased = new Set(unwritten.filter(isErased));
      this.#unwritten = unwritten.filter((each) => !erased.has(each));
      for (const { settle } of erased) settle?.({ state: 'dropped', reason: 'erased' });
      const rewritten = await changeLines(this.env.files, letterPath(folder), change);
      if (rewritten !== undefined) this.index.relocate(folder, rewritten);
    });
  }

  /** Runs work on the files when all earlier work has ended. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(work);
  }

  async #writeAll(): Promise<void> {
    const byFolder = new Map<SegmentFolder, UnwrittenLetter[]>();
    const without: UnwrittenLetter[] = [];
    for (const unwritten of this.#unwritten) {
      const folder = unwritten.kept.folder ?? this.folders.own;
      if (folder === undefined) without.push(unwritten);
      else if (this.#lost.has(folder)) continue;
      else if (byFolder.has(folder)) byFolder.get(folder)!.push(unwritten);
      else byFolder.set(folder, [unwritten]);
    }
    this.#inHand = this.#unwritten;
    this.#unwritten = without;
    for (const [folder, group] of byFolder) {
      for (const unwritten of group) this.#tried.add(unwritten);
      const isWritten = await this.#append(folder, group);
      // In front of newer lines: a letter must be written before its removal.
      if (!isWritten) this.#unwritten.unshift(...this.#withoutGivenUp(group));
    }
    this.#inHand = [];
  }

  /** Settles dropped letters that could not be written, so that they do not fill the memory. */
  #withoutGivenUp(group: readonly UnwrittenLetter[]): UnwrittenLetter[] {
    const isGivenUp = ({ kept, settle }: UnwrittenLetter): boolean =>
      settle !== undefined && this.#givenUp.has(kept);
    for (const { settle } of group.filter(isGivenUp)) {
      settle!({ state: 'dropped', reason: 'dead_letters_full' });
    }
    return group.filter((unwritten) => !isGivenUp(unwritten));
  }

  async #append(folder: SegmentFolder, group: readonly UnwrittenLetter[]): Promise<boolean> {
    const { files, log } = this.env;
    const lines = group.flatMap(({ lines: of }) => of);
    let at = await unlessDiskFails(log, 'writing dead letters', () => appendLetters(files, folder, lines));
    // The folder may have been deleted during the write.
    if (at === undefined || this.#lost.has(folder)) return false;
    for (const { lines: written, kept, settle } of group) {
      if (settle !== undefined) {
        this.index.written(kept, folder, at);
        settle({ state: 'dead', reason: kept.reason });
      }
      for (const { length } of written) at += length;
    }
    // The lines are written, also if the file cannot be shortened.
    const bytes = at;
    await unlessDiskFails(log, 'shortening the dead letters', () => this.#shorten(folder, bytes));
    return true;
  }

  async #shorten(folder: SegmentFolder, bytes: number): Promise<void> {
    if (bytes <= (this.#limits.get(folder) ?? SHORTEN_BYTES)) return;
    const { files, clock, options } = this.env;
    const oldest = clock.now() - options.retain.days * DAY_MS;
    const rewritten = await shortenLetters(
      files,
      folder,
      (seq, at) => at >= oldest || this.folders.mayHold(folder, seq),
      (ended) => this.histories.settle(folder, ended),
    );
    this.index.relocate(folder, rewritten);
    this.#limits.set(folder, Math.max(SHORTEN_BYTES, 2 * rewritten.bytes));
  }
}

function asLogLine(line: Buffer): LogLine {
  const text = line.toString().trimEnd();
  return { offset: 0, bytes: line.length, text, value: fromCheckedLine(text) };
}
