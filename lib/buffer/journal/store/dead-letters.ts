import { toEventJson } from '../../../event/event-json.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import type { Clock } from '../../../host/clock.js';
import type { Log } from '../../../host/log.js';
import type { DeadLetter } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import type { LineChange, Rewritten } from '../files/log-file.js';
import {
  encodeDeadLetter,
  letterKey,
  type DeadLetterLine,
  type GoneLetterLine,
} from '../format/dead-letter-line.js';
import { LaneNames } from '../ownership/lane-names.js';
import { unlessDiskFails } from './disk-failures.js';
import type { Outcome } from './outcomes.js';
import type { Histories } from './histories.js';
import { appendLetters, findLetters, letterOf, readKept, type ReadLetter } from './letter-file.js';
import { LetterIndex, type KeptLetter } from './letter-index.js';
import { LetterWriter } from './letter-writer.js';
import type { SegmentFolder } from './segment.js';

/** Bytes and letters that are read at once. */
const READ_BYTES = 1024 * 1024;
const READ_LETTERS = 100;

/** Why a letter is given up. */
type Because = Pick<GoneLetterLine, 'reason' | 'why'>;

/** The environment of the dead letters. */
export interface DeadLettersSetup {
  readonly files: Files;
  readonly log: Log;
  readonly clock: Clock;
  readonly histories: Histories;
  /** The folder that is ours; undefined while there is none. */
  readonly folder: () => SegmentFolder | undefined;
  /** Whether the end of a record's letter may still be asked for; it became one at `at`. */
  readonly isAsked: (folder: SegmentFolder, seq: number, at: number) => boolean;
  /** Limits per lane; beyond them the oldest are dropped. */
  readonly max: { readonly maxEvents: number; readonly maxBytes: number };
  /** A letter was dropped because of the limits. */
  readonly onFull: (lane: string) => void;
  /** The same, once its event is read; never where that fails. */
  readonly onDropped: (event: TrackingEvent, kept: KeptLetter) => void;
}

/**
 * Events that no attempt can deliver: in a file beside their records, with an index in memory. A letter is written there
 * before its event counts as settled, so that a crash between the two loses neither.
 */
export class DeadLetters {
  readonly #index = new LetterIndex();
  /** Folders with letters that are none of our lanes'. */
  readonly #others = new WeakSet<SegmentFolder>();
  /** By folder that was found, how records ended of which the letter is gone again. */
  readonly #ended = new WeakMap<SegmentFolder, ReadonlyMap<string, Outcome>>();
  /** None any more, which the disk is not to know yet. */
  readonly #leaving = new Map<KeptLetter, () => void>();
  readonly #writer: LetterWriter;

  constructor(private readonly setup: DeadLettersSetup) {
    const { files, log, histories, folder, isAsked } = setup;
    this.#writer = new LetterWriter({
      files,
      log,
      histories,
      folder,
      isAsked,
      onWritten: (kept, to, offset) => this.#written(kept, to, offset),
      onMoved: (to, rewritten) => this.#moved(to, rewritten),
    });
  }

  count(lane: string): number {
    return this.#index.count(lane);
  }

  /** Oldest first; a list of its own. */
  of(lane: string): readonly KeptLetter[] {
    return this.#index.of(lane);
  }

  has(kept: KeptLetter): boolean {
    return this.#index.has(kept);
  }

  /** The letter of a record. */
  at(folder: SegmentFolder, lane: string, seq: number): KeptLetter | undefined {
    return this.#index.at(folder, lane, seq);
  }

  /** A lane's last letter of an event. */
  ofEvent(lane: string, id: string): KeptLetter | undefined {
    return this.#index.ofEvent(lane, id);
  }

  /** How a record ended that was found on disk, as far as its letter tells. */
  endOf(folder: SegmentFolder, lane: string, seq: number): Outcome | undefined {
    const kept = this.at(folder, lane, seq);
    if (kept !== undefined) return { state: 'dead', reason: kept.reason };
    return this.#ended.get(folder)?.get(letterKey(lane, seq));
  }

  /**
   * Keeps a letter.
   *
   * @param folder of its record; undefined while that is not on disk
   * @param settle tells the record how it ended, once that is on disk
   */
  add(
    { event, lane, reason, attempts, answer, entry }: DeadLetter,
    seq: number,
    folder: SegmentFolder | undefined,
    settle: (end: Outcome) => void,
  ): void {
    const at = this.setup.clock.now();
    const said = { event: toEventJson(event), lane, reason, attempts, answer, entry, at, seq };
    // Outside of the JavaScript heap until it is on disk.
    const [line, ...others] = linesFor(folder, said);
    const { id, acceptedAt } = event;
    const isAlone = event.lanes.length === 1;
    const about = { lane, id, reason, at, acceptedAt, seq, bytes: line!.length, isAlone };
    const kept: KeptLetter = { ...about, folder, offset: undefined, line };
    this.#index.add(kept);
    this.#writer.add({ lines: [line!, ...others], kept, settle });
    this.#bound(lane);
  }

  /** A letter is none any more. */
  remove(kept: KeptLetter, as: GoneLetterLine['as'], because: Because = {}): void {
    this.take(kept, as, because)();
  }

  /**
   * A letter is none any more in memory; on disk it stays one until the function that is returned is called, once whatever
   * takes its place is safe.
   */
  take(kept: KeptLetter, as: GoneLetterLine['as'], because: Because = {}): () => void {
    const { lane, id, seq } = kept;
    this.#index.remove(kept);
    const end = (): void => {
      if (!this.#leaving.delete(kept)) return;
      const said = { gone: id, lane, as, ...because, seq, at: this.setup.clock.now() };
      this.#writer.add({ lines: linesFor(kept.folder, said), kept });
    };
    this.#leaving.set(kept, end);
    return end;
  }

  /** Whether a folder's file has letters that are still kept. */
  isIn(folder: SegmentFolder): boolean {
    return this.#others.has(folder) || this.#index.isIn(folder) || this.isLeaving(folder);
  }

  /** Whether the end of one of a folder's letters is not in its file yet. */
  isLeaving(folder: SegmentFolder): boolean {
    if (this.#writer.owes(folder)) return true;
    for (const { folder: of } of this.#leaving.keys()) if (of === folder) return true;
    return false;
  }

  /** A folder's file has letters of a lane that is not configured. */
  leave(folder: SegmentFolder): void {
    this.#others.add(folder);
  }

  /** All that a folder's file has, whoever's lane it is for. */
  load(folder: SegmentFolder): Promise<readonly KeptLetter[]> {
    return this.#writer.alone(async () => {
      const { files, log } = this.setup;
      const { letters, ended } = await findLetters(files, folder);
      this.#ended.set(folder, ended);
      // Its writer may have died before it was synced. Events are acknowledged from now on because they are letters.
      if (letters.length > 0)
        await unlessDiskFails(log, 'syncing dead letters', () => appendLetters(files, folder, []));
      return letters;
    });
  }

  /** Takes in what {@link load} found. */
  keep(letters: readonly KeptLetter[]): void {
    for (const kept of letters) this.#index.add(kept);
    for (const lane of new Set(letters.map(({ lane: of }) => of))) {
      this.#index.sort(lane);
      this.#bound(lane);
    }
  }

  /**
   * A folder is not ours any more. Returns the letters that went with it.
   *
   * @param how `gone`: what is not written yet to the one that we made is written to the next; `taken`: it is for whoever has the records
   */
  lose(folder: SegmentFolder, how: 'taken' | 'gone'): readonly KeptLetter[] {
    this.#writer.lose(folder);
    const gone: KeptLetter[] = [];
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
   * Reads letters, a few at a time. One that is none any more meanwhile, or cannot be read, is passed over.
   *
   * @param wants tells by what memory has whether a letter is worth reading
   */
  async *read(
    lanes: Iterable<string>,
    wants: (kept: KeptLetter) => boolean = () => true,
  ): AsyncGenerator<ReadLetter> {
    for (const lane of lanes) {
      const left = this.of(lane).filter(wants).reverse();
      while (left.length > 0) {
        const slice: KeptLetter[] = [];
        for (let bytes = 0; left.length > 0 && slice.length < READ_LETTERS && bytes < READ_BYTES;) {
          const kept = left.pop()!;
          bytes += kept.bytes;
          if (this.has(kept)) slice.push(kept);
        }
        for (const read of await this.#read(slice)) if (this.has(read.kept)) yield read;
      }
    }
  }

  /** Changes lines of a folder's file, for good; those of a person who is erased. Rejects where the disk fails. */
  purge(folder: SegmentFolder, change: LineChange): Promise<void> {
    return this.#writer.purge(folder, change);
  }

  /** Writes all lines that are not written. Never rejects; lines that cannot be written now are kept. */
  write(): Promise<void> {
    return this.#writer.write();
  }

  /** Makes room: the oldest letters of a lane give way. */
  #bound(lane: string): void {
    const { maxEvents, maxBytes } = this.setup.max;
    const index = this.#index;
    while (index.count(lane) > maxEvents || index.bytes(lane) > maxBytes) this.#giveWay(index.oldest(lane)!);
  }

  #giveWay(kept: KeptLetter): void {
    const { onFull, onDropped } = this.setup;
    const reason = 'dead_letters_full';
    onFull(kept.lane);
    const unwritten = this.#writer.giveUp(kept);
    if (unwritten !== undefined) {
      // Where no byte of it is on the disk, its record says it all.
      if (this.#writer.wasTried(unwritten)) this.remove(kept, 'dropped', { reason });
      else this.#index.remove(kept);
      unwritten.settle?.({ state: 'dropped', reason });
      onDropped(letterOf(unwritten.lines[0]!, kept)!.event, kept);
      return;
    }
    const end = this.take(kept, 'dropped', { reason });
    void this.#read([kept])
      .then(([read]) => read && onDropped(read.letter.event, kept))
      .finally(end);
  }

  /** Letters, from memory or from disk. Never rejects. */
  #read(letters: readonly KeptLetter[]): Promise<readonly ReadLetter[]> {
    return this.#writer.alone(() => readKept(this.setup.files, this.setup.log, letters));
  }

  #written(kept: KeptLetter, folder: SegmentFolder, offset: number): void {
    this.#index.move(kept, folder);
    kept.offset = offset;
    kept.line = undefined;
  }

  /** A folder's file was rewritten. */
  #moved(folder: SegmentFolder, { moved }: Rewritten): void {
    for (const kept of [...this.#index.in(folder), ...this.#leaving.keys()]) {
      const to = kept.folder === folder && kept.offset !== undefined ? moved.get(kept.offset) : undefined;
      if (to === undefined) continue;
      kept.offset = to.offset;
      this.#index.resize(kept, to.bytes);
    }
  }
}

/** A line for each name that its lane has in a folder. */
function linesFor(folder: SegmentFolder | undefined, line: DeadLetterLine | GoneLetterLine): Buffer[] {
  const lines = folder === undefined ? [line] : folder.names.toDisk([line]);
  return lines.map((each) => Buffer.from(encodeDeadLetter(each)));
}
