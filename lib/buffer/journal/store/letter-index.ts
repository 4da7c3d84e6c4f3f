import type { Reason } from '../../../event/reasons.js';
import type { Rewritten } from '../files/log-file.js';
import { letterKey } from '../format/dead-letter-line.js';
import type { SegmentFolder } from './segment.js';

/** The index entry of a dead letter. Its folder's file has the letter. */
export interface IndexedLetter {
  readonly lane: string;
  /** The event's id. */
  readonly id: string;
  readonly reason: Reason;
  /** When its event became a dead letter, in epoch milliseconds. */
  readonly at: number;
  readonly acceptedAt: number;
  /** The number of its record in the folder. */
  readonly seq: number;
  /** Length of its line in the file, with the line feed. */
  bytes: number;
  /** No other lane got the event, and it was not sent before. */
  readonly isAlone: boolean;
  /** The folder of its record; undefined until the record or the letter is on disk. */
  folder: SegmentFolder | undefined;
  /** The offset of its line in the folder's file; undefined until it is written. */
  offset: number | undefined;
  /** Its line; undefined when it is written. */
  line: Buffer | undefined;
}

/** The dead letters that are kept: by lane, oldest first, by record and by event. */
export class LetterIndex {
  readonly #lanes = new Map<string, Set<IndexedLetter>>();
  readonly #bytes = new Map<string, number>();
  /** By folder, and {@link letterKey} of the record. */
  readonly #records = new Map<SegmentFolder, Map<string, IndexedLetter>>();
  /** By lane and id: an event may become a dead letter several times. */
  readonly #events = new Map<string, IndexedLetter[]>();
  readonly #leaving = new Set<IndexedLetter>();

  count(lane: string): number {
    return this.#lanes.get(lane)?.size ?? 0;
  }

  /** Bytes of a lane's letters in their files. */
  bytes(lane: string): number {
    return this.#bytes.get(lane) ?? 0;
  }

  has(kept: IndexedLetter): boolean {
    return this.#lanes.get(kept.lane)?.has(kept) === true;
  }

  /** A new list, oldest first. */
  of(lane: string): IndexedLetter[] {
    return [...(this.#lanes.get(lane) ?? [])];
  }

  oldest(lane: string): IndexedLetter | undefined {
    return this.#lanes.get(lane)?.values().next().value;
  }

  /** The letter of a record. */
  at(folder: SegmentFolder, lane: string, seq: number): IndexedLetter | undefined {
    return this.#records.get(folder)?.get(letterKey(lane, seq));
  }

  /** A lane's last letter of an event. */
  ofEvent(lane: string, id: string): IndexedLetter | undefined {
    return this.#events.get(`${lane} ${id}`)?.at(-1);
  }

  /** A new list of a folder's letters. */
  in(folder: SegmentFolder): IndexedLetter[] {
    return [...(this.#records.get(folder)?.values() ?? [])];
  }

  isIn(folder: SegmentFolder): boolean {
    return this.#records.has(folder);
  }

  isLeaving(folder: SegmentFolder): boolean {
    return [...this.#leaving].some((kept) => kept.folder === folder);
  }

  add(kept: IndexedLetter): void {
    const { lane, id, bytes } = kept;
    const letters = this.#lanes.get(lane);
    if (letters === undefined) this.#lanes.set(lane, new Set([kept]));
    else letters.add(kept);
    this.#bytes.set(lane, this.bytes(lane) + bytes);
    const ofEvent = this.#events.get(`${lane} ${id}`);
    if (ofEvent === undefined) this.#events.set(`${lane} ${id}`, [kept]);
    else ofEvent.push(kept);
    this.#file(kept);
  }

  remove(kept: IndexedLetter): void {
    const { lane, id, bytes } = kept;
    if (this.#lanes.get(lane)?.delete(kept) !== true) return;
    this.#bytes.set(lane, this.bytes(lane) - bytes);
    const others = this.#events.get(`${lane} ${id}`)!.filter((other) => other !== kept);
    if (others.length > 0) this.#events.set(`${lane} ${id}`, others);
    else this.#events.delete(`${lane} ${id}`);
    this.#unfile(kept);
  }

  /** As {@link remove}. The letter's line may move until it has {@link left}. */
  leave(kept: IndexedLetter): void {
    this.remove(kept);
    this.#leaving.add(kept);
  }

  /** Returns whether it was leaving. */
  left(kept: IndexedLetter): boolean {
    return this.#leaving.delete(kept);
  }

  /** A letter's folder changed. */
  move(kept: IndexedLetter, folder: SegmentFolder | undefined): void {
    this.#unfile(kept);
    kept.folder = folder;
    if (this.has(kept)) this.#file(kept);
  }

  /** A letter was written to a folder's file. */
  written(kept: IndexedLetter, folder: SegmentFolder, offset: number): void {
    this.move(kept, folder);
    kept.offset = offset;
    kept.line = undefined;
  }

  /** A folder's file was rewritten, and its lines moved. */
  relocate(folder: SegmentFolder, { moved }: Rewritten): void {
    for (const kept of [...this.in(folder), ...this.#leaving]) {
      const { lane, offset, bytes } = kept;
      const to = kept.folder === folder && offset !== undefined ? moved.get(offset) : undefined;
      if (to === undefined) continue;
      kept.offset = to.offset;
      kept.bytes = to.bytes;
      if (this.has(kept)) this.#bytes.set(lane, this.bytes(lane) + to.bytes - bytes);
    }
  }

  /** Sorts the letters of several processes by their time. */
  sort(lane: string): void {
    this.#lanes.set(lane, new Set(this.of(lane).sort((a, b) => a.at - b.at)));
  }

  #file(kept: IndexedLetter): void {
    const { folder, lane, seq } = kept;
    if (folder === undefined) return;
    let records = this.#records.get(folder);
    if (records === undefined) this.#records.set(folder, (records = new Map()));
    records.set(letterKey(lane, seq), kept);
  }

  #unfile({ folder, lane, seq }: IndexedLetter): void {
    const records = folder && this.#records.get(folder);
    records?.delete(letterKey(lane, seq));
    if (records?.size === 0) this.#records.delete(folder!);
  }
}
