import { join } from 'node:path';
import type { Clock } from '../../../host/clock.js';
import type { Files } from '../files/files.js';
import { encodeHistory, parseHistory } from '../format/history-line.js';
import type { HistoryCount, HistoryKeys } from '../format/history-line.js';
import { parseSegmentName } from '../format/segment-name.js';
import { unlessAbsent } from '../ownership/absence.js';
import type { SegmentFolder } from './segment.js';

export const HISTORY_FILE = 'history.jsonl';
/** Bytes at which a history is made short. */
const SHORTEN_BYTES = 4 * 1024 * 1024;
/** Keys that are kept in a history. */
const MAX_KEYS = 200_000;
const KEYS_PER_LINE = 1_000;
/** In place of a segment's name, where what several of one owner held was added up. */
const severalOf = ({ origin }: SegmentFolder): string => `${origin}/*`;

/** What is known of a folder's history. */
interface Known {
  /** Segments that are in it, with all that they held. */
  readonly segments: Set<string>;
  bytes: number;
  /** Bytes after it was made short the last time. */
  shortBytes: number;
}

/** The histories of folders: what their deleted segments held, and which keys. Each stays short, however long it runs. */
export class Histories {
  readonly #known = new Map<string, Known>();

  readonly #postponed: { readonly folder: SegmentFolder; readonly text: string }[] = [];

  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly maxKeyAgeMs: number,
  ) {}

  /** Whether a folder's history has all that a segment held. */
  async has(folder: SegmentFolder, segment: string): Promise<boolean> {
    return (await this.#load(folder)).segments.has(segment);
  }

  /** Whether a segment that began between two numbers may be in it. */
  async mayHave(folder: SegmentFolder, after: number, before: number): Promise<boolean> {
    for (const segment of (await this.#load(folder)).segments) {
      const name = parseSegmentName(`${segment.slice(segment.indexOf('/') + 1)}.jsonl`);
      // One that several were added up to may be any.
      if (name === undefined || (name.firstSeq > after && name.firstSeq < before)) return true;
    }
    return false;
  }

  /** Adds what segments held. A segment's keys are the last of its lines, and tell that it is complete. */
  async add(folder: SegmentFolder, text: string): Promise<void> {
    const known = await this.#load(folder);
    // Before, not after: what is added now has to be found under its name until its segment is gone.
    if (known.bytes > Math.max(SHORTEN_BYTES, 2 * known.shortBytes)) await this.#shorten(folder);
    const file = await this.files.open(join(folder.path, HISTORY_FILE), 'append');
    try {
      await file.write(Buffer.from(text), 0);
      await file.sync();
    } catch (error) {
      // It may have half of it: read again, and mended, before anything else is added.
      this.#known.delete(folder.path);
      throw error;
    } finally {
      await file.close().catch(() => undefined);
    }
    for (const line of parseHistory(text).lines) if ('keys' in line) known.segments.add(line.segment);
    known.bytes += text.length;
  }

  /** As {@link add}, once there is room on the disk. */
  postpone(folder: SegmentFolder, text: string): void {
    this.#postponed.push({ folder, text });
  }

  /** Adds what was postponed. Rejects where there is no room yet. */
  async addPostponed(): Promise<void> {
    for (let next = this.#postponed[0]; next !== undefined; next = this.#postponed[0]) {
      await this.add(next.folder, next.text);
      this.#postponed.shift();
    }
  }

  /** Keys that are still remembered. */
  async keys(folder: SegmentFolder): Promise<readonly (readonly [string, number])[]> {
    const oldest = this.clock.now() - this.maxKeyAgeMs;
    return (await this.#read(folder)).flatMap((line) =>
      'keys' in line ? line.keys.filter(([, at]) => at > oldest) : [],
    );
  }

  /** Adds a folder's history to another one's. */
  async move(from: SegmentFolder, to: SegmentFolder): Promise<void> {
    const { segments } = await this.#load(to);
    const lines = (await this.#read(from))
      .filter(({ segment }) => !segments.has(segment))
      .map((line) => ('keys' in line ? line : { ...line, lane: from.names.here(line.lane) }));
    if (lines.length > 0) {
      await this.add(to, lines.map(encodeHistory).join(''));
      // The other one is removed next, and this one may be new: a loss of power must not leave neither.
      await this.files.syncFolder(to.path);
    }
    this.#known.delete(from.path);
  }

  async #load(folder: SegmentFolder): Promise<Known> {
    const loaded = this.#known.get(folder.path);
    if (loaded !== undefined) return loaded;
    const lines = await this.#read(folder);
    const segments = new Set<string>();
    for (const line of lines) if ('keys' in line) segments.add(line.segment);
    const whole = lines.filter(({ segment }) => segments.has(segment));
    let bytes = (await unlessAbsent(this.files.facts(join(folder.path, HISTORY_FILE))))?.bytes ?? 0;
    // A crash came in the middle of a segment: it is counted anew.
    if (whole.length < lines.length || (await this.#isTorn(folder))) bytes = await this.#write(folder, whole);
    const known = { segments, bytes, shortBytes: bytes };
    this.#known.set(folder.path, known);
    return known;
  }

  async #isTorn(folder: SegmentFolder): Promise<boolean> {
    const text = (await unlessAbsent(this.files.readText(join(folder.path, HISTORY_FILE)))) ?? '';
    return text !== '' && !text.endsWith('\n');
  }

  async #read(folder: SegmentFolder): Promise<(HistoryCount | HistoryKeys)[]> {
    return parseHistory((await unlessAbsent(this.files.readText(join(folder.path, HISTORY_FILE)))) ?? '')
      .lines;
  }

  /** Adds up what does not differ but in its segment, and leaves out the keys that nobody remembers. */
  async #shorten(folder: SegmentFolder): Promise<void> {
    const several = severalOf(folder);
    const counts = new Map<string, HistoryCount>();
    const kept: string[] = [];
    const there = new Set((await this.files.list(folder.path)).map((name) => `${folder.origin}/${name}`));
    for (const line of await this.#read(folder)) {
      // Where it could not be removed, the next life has to find it under its own name, too.
      const isThere = there.has(`${line.segment}.jsonl`);
      if ('keys' in line) {
        if (isThere) kept.push(encodeHistory({ segment: line.segment, keys: [] }));
        continue;
      }
      if (isThere) {
        kept.push(encodeHistory(line));
        continue;
      }
      const { hour, type, name, lane, state, reason, replayed, count } = line;
      const key = JSON.stringify([hour, type, name, lane, state, reason, replayed]);
      counts.set(key, { ...line, segment: several, count: count + (counts.get(key)?.count ?? 0) });
    }
    for (const count of counts.values()) kept.push(encodeHistory(count));
    const keys = (await this.keys(folder)).toSorted(([, a], [, b]) => a - b).slice(-MAX_KEYS);
    // At least one line, so that what was added up counts as complete.
    for (let at = 0; at === 0 || at < keys.length; at += KEYS_PER_LINE) {
      kept.push(encodeHistory({ segment: several, keys: keys.slice(at, at + KEYS_PER_LINE) }));
    }
    const text = kept.join('');
    await this.files.writeText(join(folder.path, HISTORY_FILE), text);
    const known = this.#known.get(folder.path);
    if (known !== undefined) known.bytes = known.shortBytes = text.length;
  }

  async #write(folder: SegmentFolder, lines: readonly (HistoryCount | HistoryKeys)[]): Promise<number> {
    const text = lines.map(encodeHistory).join('');
    await this.files.writeText(join(folder.path, HISTORY_FILE), text);
    return text.length;
  }
}
