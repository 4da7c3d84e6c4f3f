import { toEventJson } from '../../../event/event-json.js';
import type { DeadLetter } from '../../event-buffer.js';
import type { LineChange } from '../files/log-file.js';
import {
  encodeDeadLetter,
  letterKey,
  type DeadLetterLine,
  type GoneLetterLine,
} from '../format/dead-letter-line.js';
import { LaneNames } from '../ownership/lane-names.js';
import { type Environment, unlessDiskFails } from './environment.js';
import type { Folders } from './folders.js';
import type { Histories } from './histories.js';
import { appendLetters, findLetters, letterOf, readKept, type ReadLetter } from './letter-file.js';
import { LetterIndex, type IndexedLetter } from './letter-index.js';
import { LetterWriter } from './letter-writer.js';
import type { FinalOutcome } from './record-outcomes.js';
import type { SegmentFolder } from './segment.js';

/** Bytes and letters that are read at once. */
const READ_BYTES = 1024 * 1024;
const READ_LETTERS = 100;

/** Why a letter is not kept any more. */
type Because = Pick<GoneLetterLine, 'reason' | 'why'>;

/**
 * Events that no attempt can deliver: in a file of the folder of their records, with an index in memory. A letter is written before
 * its event counts as settled, so that a crash loses neither.
 */
export class DeadLetters {
  readonly #index = new LetterIndex();
  /** Folders with letters of lanes that are not configured. */
  readonly #others = new WeakSet<SegmentFolder>();
  /** By adopted folder, the outcomes of records whose letters are not kept any more. */
  readonly #outcomes = new WeakMap<SegmentFolder, ReadonlyMap<string, FinalOutcome>>();
  readonly #writer: LetterWriter;

  constructor(
    private readonly env: Environment,
    folders: Pick<Folders, 'own' | 'mayHold'>,
    histories: Histories,
    /** A letter of a lane was dropped because of the limits. */
    private readonly onFull: (lane: string) => void,
  ) {
    this.#writer = new LetterWriter(env, folders, histories, this.#index);
  }

  count(lane: string): number {
    return this.#index.count(lane);
  }

  /** A new list, oldest first. */
  of(lane: string): readonly IndexedLetter[] {
    return this.#index.of(lane);
  }

  /** The letter of a record. */
  at(folder: SegmentFolder, lane: string, seq: number): IndexedLetter | undefined {
    return this.#index.at(folder, lane, seq);
  }

  /** A lane's last letter of an event. */
  ofEvent(lane: string, id: string): IndexedLetter | undefined {
    return this.#index.ofEvent(lane, id);
  }

  /** The outcome of a record that was found on disk, by its letter. */
  outcomeOf(folder: SegmentFolder, lane: string, seq: number): FinalOutcome | undefined {
    const kept = this.at(folder, lane, seq);
    if (kept !== undefined) return { state: 'dead', reason: kept.reason };
    return this.#outcomes.get(folder)?.get(letterKey(lane, seq));
  }

  /**
   * Keeps a letter.
   *
   * @param folder of its record; undefined until the record is on disk
   * @param settle settles the record when the letter is on disk
   */
  add(
    { event, lane, reason, attempts, answer, entry }: DeadLetter,
    seq: number,
    folder: SegmentFolder | undefined,
    settle: (outcome: FinalOutcome) => void,
  ): void {
    const at = this.env.clock.now();
    const content = { event: toEventJson(event), lane, reason, attempts, answer, entry, at, seq };
    // The bytes are outside of the JavaScript heap.
    const [line, ...others] = linesFor(folder, content);
    const { id, acceptedAt } = event;
    const isAlone = event.lanes.length === 1;
    const about = { lane, id, reason, at, acceptedAt, seq, bytes: line!.length, isAlone };
    const kept: IndexedLetter = { ...about, folder, offset: undefined, line };
    this.#index.add(kept);
    this.#writer.add({ lines: [line!, ...others], kept, settle });
    this.#bound(lane);
  }

  remove(kept: IndexedLetter, as: GoneLetterLine['as'], because: Because = {}): void {
    this.take(kept, as, because)();
  }

  /**
   * Removes a letter in memory only. The returned function removes it on disk; the caller calls it when the letter's replacement is
   * safe.
   */
  take(kept: IndexedLetter, as: GoneLetterLine['as'], because: Because = {}): () => void {
    const { lane, id, seq } = kept;
    this.#index.leave(kept);
    return () => {
      if (!this.#index.left(kept)) return;
      const line = { gone: id, lane, as, ...because, seq, at: this.env.clock.now() };
      this.#writer.add({ lines: linesFor(kept.folder, line), kept });
    };
  }

  /** Whether a folder's file has letters that are kept, or must be changed. */
  isIn(folder: SegmentFolder): boolean {
    return this.#others.has(folder) || this.#index.isIn(folder) || this.isLeaving(folder);
  }

  /** Whether a folder's file still misses a letter or the removal of one. */
  isLeaving(folder: SegmentFolder): boolean {
    return this.#writer.owes(folder) || this.#index.isLeaving(folder);
  }

  /** A folder's file has letters of a lane that is not configured. */
  leave(folder: SegmentFolder): void {
    this.#others.add(folder);
  }

  /** Reads the letters of a folder, those of all lanes. */
  load(folder: SegmentFolder): Promise<readonly IndexedLetter[]> {
    return this.#writer.alone(async () => {
      const { files, log } = this.env;
      const { letters, outcomes } = await findLetters(files, folder);
      this.#outcomes.set(folder, outcomes);
      // Its writer may have crashed before it synced them, and from now on their events count as settled.
      if (letters.length > 0)
        await unlessDiskFails(log, 'syncing dead letters', () => appendLetters(files, folder, []));
      return letters;
    });
  }

  /** Adds letters that {@link load} found. */
  keep(letters: readonly IndexedLetter[]): void {
    for (const kept of letters) this.#index.add(kept);
    for (const lane of new Set(letters.map(({ lane: of }) => of))) {
      this.#index.sort(lane);
      this.#bound(lane);
    }
  }

  /**
   * This process does not own a folder any more. Returns the letters that it lost with the folder.
   *
   * @param how `gone`: unwritten letters of its own folder are written to the next one; `taken`: the new owner has the events
   */
  lose(folder: SegmentFolder, how: 'taken' | 'gone'): readonly IndexedLetter[] {
    this.#writer.lose(folder);
    const gone: IndexedLetter[] = [];
    for (const kept of this.#index.in(folder)) {
      if (how === 'gone' && kept.line !== undefined && folder.names === LaneNames.own)
        this.#index.move(kept, undefined);
      else {
        this.#index.remove(kept);
        gone.push(kept);
      }
    }
    return gone;
  }

  /**
   * Reads letters, a few at a time. Skips letters that are removed in the meantime or cannot be read.
   *
   * @param wants whether to read a letter
   */
  async *read(
    lanes: Iterable<string>,
    wants: (kept: IndexedLetter) => boolean = () => true,
  ): AsyncGenerator<ReadLetter> {
    for (const lane of lanes) {
      const left = this.of(lane).filter(wants).reverse();
      while (left.length > 0) {
        const slice: IndexedLetter[] = [];
        for (let bytes = 0; left.length > 0 && slice.length < READ_LETTERS && bytes < READ_BYTES;) {
          const kept = left.pop()!;
          bytes += kept.bytes;
          if (this.#index.has(kept)) slice.push(kept);
        }
        for (const read of await this.#read(slice)) {
          if (this.#index.has(read.kept)) yield read;
        }
      }
    }
  }

  /** Rewrites a folder's file, to erase a person. Rejects if the disk fails. */
  purge(folder: SegmentFolder, change: LineChange): Promise<void> {
    return this.#writer.purge(folder, change);
  }

  /** Writes all unwritten lines. Never rejects; keeps lines that cannot be written. */
  write(): Promise<void> {
    return this.#writer.write();
  }

  /** Drops the oldest letters of a lane beyond the limits. */
  #bound(lane: string): void {
    const { maxEvents, maxBytes } = this.env.setup.deadLetters;
    const index = this.#index;
    while (index.count(lane) > maxEvents || index.bytes(lane) > maxBytes) this.#drop(index.oldest(lane)!);
  }

  #drop(kept: IndexedLetter): void {
    const reason = 'dead_letters_full';
    const report = ({ event }: DeadLetter): void =>
      this.env.setup.onDropped({ event }, kept.lane, reason, kept.isAlone);
    this.onFull(kept.lane);
    const unwritten = this.#writer.giveUp(kept);
    if (unwritten !== undefined) {
      // If no byte of it is on disk, the outcome of its record is enough.
      if (this.#writer.wasTried(unwritten)) this.remove(kept, 'dropped', { reason });
      else this.#index.remove(kept);
      unwritten.settle?.({ state: 'dropped', reason });
      report(letterOf(unwritten.lines[0]!, kept)!);
      return;
    }
    const end = this.take(kept, 'dropped', { reason });
    void this.#read([kept])
      .then(([read]) => read && report(read.letter))
      .finally(end);
  }

  /** Letters, from memory or from disk. Never rejects. */
  #read(letters: readonly IndexedLetter[]): Promise<readonly ReadLetter[]> {
    return this.#writer.alone(() => readKept(this.env.files, this.env.log, letters));
  }
}

/** A line for each name that its lane has in a folder. */
function linesFor(folder: SegmentFolder | undefined, line: DeadLetterLine | GoneLetterLine): Buffer[] {
  const lines = folder === undefined ? [line] : folder.names.toDisk([line]);
  return lines.map((each) => Buffer.from(encodeDeadLetter(each)));
}
