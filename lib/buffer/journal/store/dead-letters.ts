import { toEventJson } from '../../../event/event-json.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import type { Clock } from '../../../host/clock.js';
import type { DeadLetter } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { changeLines, linesAt, type LineChange, type Rewritten } from '../files/log-file.js';
import type { LogLine } from '../files/log-lines.js';
import { fromCheckedLine } from '../format/checked-line.js';
import { deadLetterOf, encodeDeadLetter, letterKey } from '../format/dead-letter-line.js';
import type { DeadLetterLine, GoneLetterLine } from '../format/dead-letter-line.js';
import { LaneNames } from '../ownership/lane-names.js';
import type { End } from './home.js';
import {
  appendLetters,
  foundLetter,
  letterOf,
  letterPath,
  readLetters,
  shortenLetters,
} from './letter-file.js';
import { LetterIndex, type KeptLetter } from './letter-index.js';
import type { SegmentFolder } from './segment.js';

/** Bytes of a folder's file at which it is made short for the first time. */
const SHORTEN_BYTES = 4 * 1024 * 1024;
/** What is read of letters at once. */
const READ_BYTES = 1024 * 1024;
const READ_LETTERS = 100;

/** Why a letter is given up. */
type Because = Pick<GoneLetterLine, 'reason' | 'why'>;

/** What dead letters are kept with. */
export interface DeadLettersSetup {
  readonly files: Files;
  readonly clock: Clock;
  /** The folder that is ours; undefined while there is none. */
  readonly folder: () => SegmentFolder | undefined;
  /** Whether the end of a record's letter may still be asked for; it became one at `at`. */
  readonly isAsked: (folder: SegmentFolder, seq: number, at: number) => boolean;
  /** Of each lane; the oldest give way to new ones. */
  readonly max: { readonly maxEvents: number; readonly maxBytes: number };
  /** One had to give way. */
  readonly onFull: (lane: string) => void;
  /** The same, once its event is read; never where that fails. */
  readonly onDropped: (event: TrackingEvent, kept: KeptLetter) => void;
}

/** What the disk does not have yet. */
interface Unwritten {
  /** Several where a lane has several names in the folder. */
  readonly lines: readonly Buffer[];
  readonly kept: KeptLetter;
  /** Of a new letter: how its record ends; absent where the line is the end of a letter. */
  readonly settle?: (end: End) => void;
  /** Part of it may be on the disk. */
  tried: boolean;
}

/**
 * Events that no attempt can deliver: in a file beside their records, with an index in memory. A letter is written there
 * before its event counts as settled, so that a crash between the two loses neither.
 */
export class DeadLetters {
  readonly #index = new LetterIndex();
  /** Folders with letters that are none of our lanes'. */
  readonly #others = new WeakSet<SegmentFolder>();
  /** Folders that are none of ours any more. */
  readonly #lost = new WeakSet<SegmentFolder>();
  /** By folder that was found, how records ended of which the letter is gone again. */
  readonly #ended = new WeakMap<SegmentFolder, Map<string, End>>();
  #unwritten: Unwritten[] = [];
  /** None any more, which the disk is not to know yet. */
  readonly #leaving = new Map<KeptLetter, () => void>();
  /** What is being done to the files: one thing after the other. */
  #busy: Promise<unknown> = Promise.resolve();
  #isWriting = false;
  /** By folder, bytes of its file at which it is made short. */
  readonly #limits = new WeakMap<SegmentFolder, number>();

  constructor(private readonly setup: DeadLettersSetup) {}

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
  endOf(folder: SegmentFolder, lane: string, seq: number): End | undefined {
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
    { event, lane, reason, attempts, answer, note }: DeadLetter,
    seq: number,
    folder: SegmentFolder | undefined,
    settle: (end: End) => void,
  ): void {
    const at = this.setup.clock.now();
    const said = { event: toEventJson(event), lane, reason, attempts, answer, note, at, seq };
    // Outside of the JavaScript heap until it is on disk.
    const [line, ...others] = linesFor(folder, said);
    const { id, acceptedAt } = event;
    const isAlone = event.lanes.length === 1;
    const about = { lane, id, reason, at, acceptedAt, seq, bytes: line!.length, isAlone };
    const kept: KeptLetter = { ...about, folder, offset: undefined, line };
    this.#index.add(kept);
    this.#unwritten.push({ lines: [line!, ...others], kept, settle, tried: false });
    this.#bound(lane);
    void this.write();
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
      this.#unwritten.push({ lines: linesFor(kept.folder, said), kept, tried: false });
      void this.write();
    };
    this.#leaving.set(kept, end);
    return end;
  }

  /** Whether a folder's file has letters that are still kept. */
  isIn(folder: SegmentFolder): boolean {
    return this.#others.has(folder) || this.#index.isIn(folder) || this.isLeaving(folder);
  }

  /** Whether a folder's file is not to know yet of the end of one of its letters. */
  isLeaving(folder: SegmentFolder): boolean {
    for (const { folder: of } of this.#leaving.keys()) if (of === folder) return true;
    return false;
  }

  /** A folder's file has letters of a lane that is not configured. */
  leave(folder: SegmentFolder): void {
    this.#others.add(folder);
  }

  /** All that a folder's file has, whoever's lane it is for. */
  load(folder: SegmentFolder): Promise<readonly KeptLetter[]> {
    return this.#alone(async () => {
      const letters = new Map<string, KeptLetter>();
      const ended = new Map<string, End>();
      for await (const lines of linesAt(this.setup.files, letterPath(folder))) {
        for (const found of lines) {
          const line = found.value && deadLetterOf(found.value);
          if (line === undefined) continue;
          const key = letterKey(folder.names.here(line.lane), line.seq);
          if (!('gone' in line)) letters.set(key, foundLetter(folder, found, line));
          else {
            const { reason = line.reason } = letters.get(key) ?? {};
            letters.delete(key);
            ended.set(
              key,
              line.as === 'redriven'
                ? { state: 'dead', reason }
                : { state: 'dropped', reason: line.as === 'erased' ? 'erased' : line.reason },
            );
          }
        }
      }
      this.#ended.set(folder, ended);
      // Its writer may have died before it was synced. Events are acknowledged from now on because they are letters.
      if (letters.size > 0) await appendLetters(this.setup.files, folder, []).catch(() => undefined);
      return [...letters.values()];
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
    this.#lost.add(folder);
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
  ): AsyncGenerator<{ readonly kept: KeptLetter; readonly letter: DeadLetter }> {
    for (const lane of lanes) {
      const left = this.of(lane).filter(wants).reverse();
      while (left.length > 0) {
        const slice: KeptLetter[] = [];
        for (let bytes = 0; left.length > 0 && slice.length < READ_LETTERS && bytes < READ_BYTES;) {
          const kept = left.pop()!;
          bytes += kept.bytes;
          if (this.has(kept)) slice.push(kept);
        }
        for (const read of await this.#alone(() => this.#read(slice))) if (this.has(read.kept)) yield read;
      }
    }
  }

  /** Changes lines of a folder's file, for good; those of a person who is erased. Rejects where the disk fails. */
  async purge(folder: SegmentFolder, change: LineChange): Promise<void> {
    await this.write();
    await this.#alone(async () => {
      for (const unwritten of this.#unwritten.filter(
        ({ lines }) => change(asLogLine(lines[0]!)) === undefined,
      )) {
        this.#unwritten.splice(this.#unwritten.indexOf(unwritten), 1);
        unwritten.settle?.({ state: 'dropped', reason: 'erased' });
      }
      const rewritten = await changeLines(this.setup.files, letterPath(folder), change);
      if (rewritten !== undefined) this.#moved(folder, rewritten);
    });
  }

  /** Writes what is not written. Never rejects; what cannot be written now is kept. */
  async write(): Promise<void> {
    if (this.#isWriting) return void (await this.#busy);
    this.#isWriting = true;
    await this.#alone(async () => {
      this.#isWriting = false;
      await this.#writeAll();
    });
  }

  /** Does something while nothing else is done to the files. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
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
    const unwritten = this.#unwritten.find((each) => each.kept === kept && !each.tried);
    if (unwritten !== undefined) {
      // No word of it is on the disk: its record says it all.
      this.#index.remove(kept);
      this.#unwritten.splice(this.#unwritten.indexOf(unwritten), 1);
      unwritten.settle?.({ state: 'dropped', reason });
      onDropped(letterOf(unwritten.lines[0]!, kept)!.event, kept);
      return;
    }
    const end = this.take(kept, 'dropped', { reason });
    void this.#alone(() => this.#read([kept]))
      .then(([read]) => read && onDropped(read.letter.event, kept))
      .finally(end);
  }

  /** Letters as they are, wherever they are. Never rejects. */
  async #read(
    letters: readonly KeptLetter[],
  ): Promise<{ readonly kept: KeptLetter; readonly letter: DeadLetter }[]> {
    const read: { readonly kept: KeptLetter; readonly letter: DeadLetter }[] = [];
    const onDisk = new Map<SegmentFolder, KeptLetter[]>();
    for (const kept of letters) {
      const { line, folder } = kept;
      const letter = line && letterOf(line, kept);
      if (letter !== undefined) read.push({ kept, letter });
      else if (folder !== undefined) onDisk.set(folder, [...(onDisk.get(folder) ?? []), kept]);
    }
    for (const [folder, ofFolder] of onDisk) {
      try {
        for await (const found of readLetters(this.setup.files, folder, ofFolder)) read.push(found);
      } catch {
        // They stay letters, for whoever asks when the disk is back.
      }
    }
    return read;
  }

  async #writeAll(): Promise<void> {
    const byFolder = new Map<SegmentFolder, Unwritten[]>();
    const waiting: Unwritten[] = [];
    for (const unwritten of this.#unwritten) {
      const folder = unwritten.kept.folder ?? this.setup.folder();
      // There is none: it waits until there is.
      if (folder === undefined) waiting.push(unwritten);
      else if (this.#lost.has(folder)) continue;
      else if (byFolder.has(folder)) byFolder.get(folder)!.push(unwritten);
      else byFolder.set(folder, [unwritten]);
    }
    this.#unwritten = waiting;
    for (const [folder, group] of byFolder) {
      for (const unwritten of group) unwritten.tried = true;
      const isWritten = await this.#append(folder, group);
      // Before what came meanwhile: read in their order, the end of a letter must not come before it.
      if (!isWritten) this.#unwritten.unshift(...group);
    }
  }

  async #append(folder: SegmentFolder, group: readonly Unwritten[]): Promise<boolean> {
    const { files } = this.setup;
    let at: number;
    try {
      at = await appendLetters(
        files,
        folder,
        group.flatMap(({ lines }) => lines),
      );
    } catch {
      return false;
    }
    // It was deleted meanwhile, and the file with it.
    if (this.#lost.has(folder)) return false;
    for (const { lines, kept, settle } of group) {
      if (settle !== undefined) {
        this.#index.move(kept, folder);
        kept.offset = at;
        kept.line = undefined;
        settle({ state: 'dead', reason: kept.reason });
      }
      for (const { length } of lines) at += length;
    }
    // That it could not be made short is no reason to write it once more.
    await this.#shorten(folder, at).catch(() => undefined);
    return true;
  }

  async #shorten(folder: SegmentFolder, bytes: number): Promise<void> {
    if (bytes <= (this.#limits.get(folder) ?? SHORTEN_BYTES)) return;
    const rewritten = await shortenLetters(this.setup.files, folder, (seq, at) =>
      this.setup.isAsked(folder, seq, at),
    );
    this.#moved(folder, rewritten);
    this.#limits.set(folder, Math.max(SHORTEN_BYTES, 2 * rewritten.bytes));
  }

  /** A folder's file was written anew. */
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

function asLogLine(line: Buffer): LogLine {
  const text = line.toString().trimEnd();
  return { offset: 0, bytes: line.length, text, value: fromCheckedLine(text) };
}
