import { join } from 'node:path';
import { fromEventJson, toEventJson } from '../../../event/event-json.js';
import type { Reason } from '../../../event/reasons.js';
import type { Clock } from '../../../host/clock.js';
import type { DeadLetter } from '../../event-buffer.js';
import type { Files } from '../files/files.js';
import { encodeDeadLetter, parseDeadLetters } from '../format/dead-letter-line.js';
import type { DeadLetterLine, GoneLetterLine } from '../format/dead-letter-line.js';
import { unlessAbsent } from '../ownership/absence.js';
import type { JournalFolder } from './journal-folder.js';
import { withoutLines } from './without-lines.js';

export const DEAD_LETTERS_FILE = 'dead.jsonl';

/** Bytes of a folder's file at which it is made short for the first time. */
const SHORTEN_BYTES = 4 * 1024 * 1024;
/** Ends of letters that are kept in it then. */
const MAX_ENDS = 100_000;

/** A dead letter, and where it is kept. */
export interface KeptLetter {
  readonly letter: DeadLetter;
  readonly at: number;
  readonly seq: number;
  /** Whose file has it; undefined until one has. */
  folder: JournalFolder | undefined;
}

/** Why a letter is given up. */
type Because = Pick<GoneLetterLine, 'reason' | 'why'>;

interface Unwritten {
  readonly line: DeadLetterLine | GoneLetterLine;
  /** The letter's folder; where the letter is new, the one that is ours when it is written. */
  readonly folder: JournalFolder | undefined;
  readonly kept: KeptLetter | undefined;
  readonly onWritten: () => void;
}

/**
 * Events that no attempt can deliver, in memory and in a file of their own. A letter is written there before it counts as
 * settled, so that a crash between the two loses neither.
 */
export class DeadLetters {
  readonly #lanes = new Map<string, KeptLetter[]>();
  /** Lane and id of each. */
  readonly #known = new Set<string>();
  /** Folders with letters that are none of our lanes'. */
  readonly #others = new WeakSet<JournalFolder>();
  #unwritten: Unwritten[] = [];
  /** By lane and id: none any more, which the disk is not to know yet. */
  readonly #leaving = new Map<string, { readonly kept: KeptLetter; readonly end: () => void }>();
  #writing: Promise<void> | undefined;
  /** By folder, bytes of its file at which it is made short. */
  readonly #limits = new WeakMap<JournalFolder, number>();

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    /** The folder that is ours; undefined while there is none. */
    private readonly folder: () => JournalFolder | undefined,
    /** How long the end of a letter is told. */
    private readonly retainMs: number,
  ) {}

  count(lane: string): number {
    return this.#lanes.get(lane)?.length ?? 0;
  }

  /** Oldest first; a list of its own. */
  of(lane: string): readonly KeptLetter[] {
    return this.#lanes.get(lane)?.slice() ?? [];
  }

  /** Why an event is a letter of this lane; undefined where it is none. */
  reasonOf(lane: string, id: string): Reason | undefined {
    if (!this.has(lane, id)) return undefined;
    return this.#lanes.get(lane)?.find(({ letter }) => letter.event.id === id)?.letter.reason;
  }

  has(lane: string, id: string): boolean {
    return this.#known.size > 0 && this.#known.has(`${lane} ${id}`);
  }

  /**
   * Keeps a letter.
   *
   * @param onWritten it is on disk
   */
  add(letter: DeadLetter, seq: number, onWritten: () => void): void {
    const kept: KeptLetter = { letter, at: this.clock.now(), seq, folder: undefined };
    this.#keep(kept);
    const { event, lane, reason, attempts, answer, note } = letter;
    const line = { event: toEventJson(event), lane, reason, attempts, answer, note, at: kept.at, seq };
    // Read in their order: the end of an earlier letter must not end this one.
    this.#leaving.get(keyOf(letter))?.end();
    this.#unwritten.push({ line, folder: undefined, kept, onWritten });
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
    const { lane, event } = kept.letter;
    const key = keyOf(kept.letter);
    this.forget(kept);
    const end = (): void => {
      if (this.#leaving.get(key)?.end !== end) return;
      this.#leaving.delete(key);
      const line = { gone: event.id, lane, as, ...because, seq: kept.seq, at: this.clock.now() };
      this.#unwritten.push({ line, folder: kept.folder, kept: undefined, onWritten: () => undefined });
      void this.write();
    };
    this.#leaving.get(key)?.end();
    this.#leaving.set(key, { kept, end });
    return end;
  }

  /** As {@link remove}, without a word on disk: its file is somebody else's now. */
  forget(kept: KeptLetter): void {
    const { lane, event } = kept.letter;
    const letters = this.#lanes.get(lane);
    const at = letters?.indexOf(kept) ?? -1;
    if (at !== -1) letters!.splice(at, 1);
    this.#known.delete(`${lane} ${event.id}`);
  }

  /** Whether a folder's file has letters that are still kept. */
  isIn(folder: JournalFolder): boolean {
    if (this.#others.has(folder)) return true;
    for (const { kept } of this.#leaving.values()) if (kept.folder === folder) return true;
    for (const letters of this.#lanes.values()) {
      if (letters.some((kept) => kept.folder === folder)) return true;
    }
    return false;
  }

  /** Whether a folder's file is not to know yet of the end of one of its letters. */
  isLeaving(folder: JournalFolder): boolean {
    return [...this.#leaving.values()].some(({ kept }) => kept.folder === folder);
  }

  /** A folder's file has letters of a lane that is not configured. */
  leave(folder: JournalFolder): void {
    this.#others.add(folder);
  }

  /** All that a folder's file has, whoever's lane it is for. */
  async load(folder: JournalFolder): Promise<readonly KeptLetter[]> {
    const text = (await unlessAbsent(this.files.readText(join(folder.path, DEAD_LETTERS_FILE)))) ?? '';
    const letters = new Map<string, KeptLetter>();
    for (const line of parseDeadLetters(text).lines) {
      if ('gone' in line) {
        letters.delete(`${folder.names.here(line.lane)} ${line.gone}`);
        continue;
      }
      const { event: json, reason, attempts, answer, note, at, seq } = line;
      const lane = folder.names.here(line.lane);
      const event = fromEventJson(JSON.stringify(json), [lane]);
      const letter = { event, lane, reason, attempts, note, ...(answer !== undefined && { answer }) };
      letters.set(`${lane} ${json.id}`, { letter, at, seq, folder });
    }
    // Its writer may have died before it was. Events are acknowledged from now on because they are letters.
    if (letters.size > 0) await this.#append(folder, '').catch(() => undefined);
    return [...letters.values()];
  }

  /** Takes in what {@link load} found. */
  keep(kept: KeptLetter): void {
    this.#keep(kept);
  }

  /** The letters' file is gone: they are written anew. */
  rewrite(folder: JournalFolder): void {
    for (const letters of this.#lanes.values()) {
      for (const kept of letters) {
        if (kept.folder !== folder) continue;
        kept.folder = undefined;
        const { event, lane, reason, attempts, answer, note } = kept.letter;
        const line = {
          event: toEventJson(event),
          lane,
          reason,
          attempts,
          answer,
          note,
          at: kept.at,
          seq: kept.seq,
        };
        this.#unwritten.push({ line, folder: undefined, kept, onWritten: () => undefined });
      }
    }
    void this.write();
  }

  /**
   * Takes lines out of a folder's file, for good. Rejects where the disk fails.
   *
   * @param keeps whether a line stays
   */
  async purge(folder: JournalFolder, keeps: (line: string) => boolean): Promise<void> {
    await this.write();
    while (this.#writing !== undefined) await this.#writing;
    for (const { line, onWritten } of this.#unwritten.filter(({ line }) => !keeps(encodeDeadLetter(line)))) {
      this.#unwritten = this.#unwritten.filter((other) => other.line !== line);
      onWritten();
    }
    const purging = withoutLines(this.files, join(folder.path, DEAD_LETTERS_FILE), keeps);
    this.#writing = purging.catch(() => undefined);
    await this.#writing;
    this.#writing = undefined;
    await purging;
  }

  /** Writes what is not written. Never rejects; what cannot be written now is kept. */
  async write(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#unwritten.length === 0) return;
    this.#writing = this.#writeAll();
    await this.#writing;
    this.#writing = undefined;
  }

  #keep(kept: KeptLetter): void {
    const { lane, event } = kept.letter;
    const letters = this.#lanes.get(lane);
    if (letters === undefined) this.#lanes.set(lane, [kept]);
    else letters.push(kept);
    this.#known.add(`${lane} ${event.id}`);
  }

  async #writeAll(): Promise<void> {
    const all = this.#unwritten;
    this.#unwritten = [];
    const byFolder = new Map<JournalFolder, Unwritten[]>();
    for (const unwritten of all) {
      const folder = unwritten.folder ?? unwritten.kept?.folder ?? this.folder();
      // There is none: it waits until there is.
      if (folder === undefined) this.#unwritten.push(unwritten);
      else if (byFolder.has(folder)) byFolder.get(folder)!.push(unwritten);
      else byFolder.set(folder, [unwritten]);
    }
    for (const [folder, group] of byFolder) {
      try {
        const lines = folder.names.toDisk(group.map(({ line }) => line));
        await this.#append(folder, lines.map(encodeDeadLetter).join(''));
        for (const { kept, onWritten } of group) {
          if (kept !== undefined) kept.folder = folder;
          onWritten();
        }
      } catch {
        // Before what came meanwhile: read in their order, the end of a letter must not come before it.
        this.#unwritten.unshift(...group);
      }
    }
  }

  async #append(folder: JournalFolder, text: string): Promise<void> {
    const file = await this.files.open(join(folder.path, DEAD_LETTERS_FILE), 'append');
    try {
      // The last write may have ended in the middle of a line.
      await file.write(Buffer.from(`\n${text}`), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    // The letter is on the disk only once the file's name is.
    await this.files.syncFolder(folder.path);
    // That it could not be made short is no reason to write it once more.
    await this.#shorten(folder).catch(() => undefined);
  }

  /** Leaves out letters that are none any more, and their ends once nobody asks for them. */
  async #shorten(folder: JournalFolder): Promise<void> {
    const path = join(folder.path, DEAD_LETTERS_FILE);
    const { bytes } = await this.files.facts(path);
    if (bytes <= (this.#limits.get(folder) ?? SHORTEN_BYTES)) return;
    const ended = new Set<string>();
    for (const line of parseDeadLetters(await this.files.readText(path)).lines) {
      if ('gone' in line) ended.add(`${line.lane} ${line.gone}`);
      else ended.delete(`${line.lane} ${line.event.id}`);
    }
    const oldest = this.clock.now() - this.retainMs;
    let ends = Math.max(0, ended.size - MAX_ENDS);
    await withoutLines(this.files, path, (text) => {
      const [line] = parseDeadLetters(text).lines;
      if (line === undefined) return false;
      return 'gone' in line ? line.at >= oldest && --ends < 0 : !ended.has(`${line.lane} ${line.event.id}`);
    });
    this.#limits.set(folder, Math.max(SHORTEN_BYTES, 2 * (await this.files.facts(path)).bytes));
  }
}

const keyOf = ({ lane, event }: DeadLetter): string => `${lane} ${event.id}`;
