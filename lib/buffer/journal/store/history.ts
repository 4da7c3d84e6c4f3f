import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed, type EventType } from '../../../event/tracking-event.js';
import type { Files } from '../files/files.js';
import { segmentItems } from '../files/segment-stream.js';
import { letterKey, withEnd } from '../format/dead-letter-line.js';
import {
  ERASED,
  type HistoryCount,
  type HistoryKeys,
  type HistoryLine,
  keyLines,
  rowKey,
} from '../format/history-line.js';
import { writtenOutcomes, type FinalOutcome, type RecordOutcomes } from './record-outcomes.js';
import type { LetterEnds } from './letter-file.js';
import type { Segment } from './segment.js';
import { numbersIn, Ranges, type RangeList } from '../format/ranges.js';

/** The head of an event's JSON: its type and its name, as JSON. */
const HEAD = /^\{"id":"[^"]*","type":"([a-z]+)","name":("(?:[^"\\]|\\.)*")/;
const HOUR_LENGTH = '2026-11-23T15'.length;

/**
 * The lines of a segment for the history: its events, counted by hour of acceptance, event, destination and outcome, and the ids
 * of keyed events that were accepted after `keysAfter`.
 */
export async function historyOf(
  segment: Segment,
  keysAfter: number,
  letters: LetterEnds,
  files: Files,
): Promise<HistoryLine[]> {
  const outcomes = await outcomesOf(segment, files);
  const rows = new HistoryRows(historyName(segment));
  const keys: [string, number][] = [];
  const add = (row: HistoryRow, seq: number): void =>
    rows.add(withEnd(row, letters.get(letterKey(row.lane, seq))), seq);
  for await (const items of segmentItems(files.open(segment.path, 'read'), segment.bytes)) {
    for (const item of items) {
      if (item.is === 'record' && !segment.isSuperseded(item.record.seq)) {
        const { seq, id, lanes, json, replay } = item.record;
        const at = acceptedAt(json);
        if (isKeyed({ id }) && at > keysAfter) keys.push([id, at]);
        const about = { ...headOf(json, at), replayed: replay === undefined ? undefined : (true as const) };
        for (const lane of lanes) {
          add({ ...about, lane, ...(outcomes.of(lane, seq) ?? lossOf(segment, lane)) }, seq);
        }
      } else if (item.is === 'erased' && !segment.isSuperseded(item.seq)) {
        // Its lanes are erased, too; the outcomes have them.
        for (const lane of outcomes.lanes) {
          const outcome = outcomes.of(lane, item.seq);
          if (outcome !== undefined) add({ ...ERASED, lane, ...outcome }, item.seq);
        }
      }
    }
  }
  // The keys come last: they mark the segment as complete.
  return [...rows.lines, ...keyLines(rows.segment, keys)];
}

/** A segment's name in a history, which outlives its folder. */
export function historyName({ folder, name }: Segment): string {
  return `${folder.origin}/${name}`;
}

function headOf(json: string, at: number): Pick<HistoryRow, 'hour' | 'type' | 'name'> {
  const [, type = 'track', quoted = '""'] = HEAD.exec(json) ?? [];
  const hour = new Date(at).toISOString().slice(0, HOUR_LENGTH);
  return { hour, type: type as EventType, name: JSON.parse(quoted) as string };
}

function lossOf({ folder, abandoned }: Segment, lane: string): FinalOutcome {
  return { state: 'dropped', reason: abandoned.has(folder.names.here(lane)) ? 'lane_removed' : 'damaged' };
}

async function outcomesOf(segment: Segment, files: Files): Promise<RecordOutcomes> {
  const outcomes = await writtenOutcomes(files, segment.acknowledgementsPath);
  // On a full disk, some are not written.
  outcomes.addAll(segment.folder.names.toDisk(segment.unwritten.at(0)));
  return outcomes;
}

/** The newest keys that a history keeps, at most. */
const MAX_KEYS = 200_000;
const KEYS_PER_LINE = 1_000;

type HistoryRow = Omit<HistoryCount, 'segment' | 'count' | 'seqs'>;

/** Adds up equal rows of a history. */
class HistoryRows {
  readonly #counts = new Map<string, { readonly row: HistoryRow; count: number; readonly dead: Ranges }>();

  constructor(readonly segment: string) {}

  get lines(): HistoryCount[] {
    return [...this.#counts.values()].map(({ row, count, dead }) => ({
      ...row,
      segment: this.segment,
      count,
      seqs: dead.isEmpty ? undefined : dead.toArray(),
    }));
  }

  /** Adds one record. */
  add(row: HistoryRow, seq: number): void {
    this.addAll(row, 1, row.state === 'dead' ? [[seq, seq]] : undefined);
  }

  /** @param dead the numbers of dead records; undefined if they are not known */
  addAll(row: HistoryRow, count: number, dead: RangeList | undefined): void {
    const key = `${rowKey(row)} ${dead !== undefined}`;
    const known = this.#counts.get(key) ?? { row, count: 0, dead: new Ranges() };
    this.#counts.set(key, known);
    known.count += count;
    for (const [from, to] of dead ?? []) known.dead.addRange(from, to);
  }
}

/** A line of a history, split by the final outcomes of its dead letters; the same line if none has one. */
export function withEnds(line: HistoryCount, ends: LetterEnds): readonly HistoryCount[] {
  const { seqs = [], lane, segment } = line;
  const numbers = [...numbersIn(seqs)];
  if (!numbers.some((seq) => ends.has(letterKey(lane, seq)))) return [line];
  const rows = new HistoryRows(segment);
  for (const seq of numbers) rows.add(withEnd(line, ends.get(letterKey(lane, seq))), seq);
  return rows.lines;
}

/**
 * A shortened history: lines that differ only in their segment are added up, and keys that are too old or too many are left out.
 * Memory has one number for each kind of event, never the keys.
 *
 * @param read reads the history from its beginning; called twice
 * @param several in place of a segment's name, for the sums
 * @param isThere whether a segment still exists, and keeps its lines
 * @param oldest keys that were accepted later are kept
 */
export async function* shortHistory(
  read: () => AsyncIterable<readonly HistoryLine[]>,
  several: string,
  isThere: (segment: string) => boolean,
  oldest: number,
): AsyncGenerator<HistoryLine> {
  const rows = new HistoryRows(several);
  const isYoung = ([, at]: HistoryKeys['keys'][number]): boolean => at > oldest;
  let young = 0;
  for await (const lines of read()) {
    for (const line of lines) {
      if ('keys' in line) young += line.keys.filter(isYoung).length;
      if (isThere(line.segment)) yield 'keys' in line ? { ...line, keys: [] } : line;
      else if (!('keys' in line)) rows.addAll(line, line.count, line.seqs);
    }
  }
  yield* rows.lines;
  let tooMany = young - MAX_KEYS;
  let keys: HistoryKeys['keys'][number][] = [];
  for await (const lines of read()) {
    for (const key of lines.flatMap((line) => ('keys' in line ? line.keys.filter(isYoung) : []))) {
      if (tooMany-- > 0) continue;
      if (keys.length === KEYS_PER_LINE) {
        yield { segment: several, keys, more: true };
        keys = [];
      }
      keys.push(key);
    }
  }
  // Written also without keys: it marks the sums as complete.
  yield { segment: several, keys };
}
