import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed, type EventType } from '../../../event/tracking-event.js';
import type { Files } from '../files/files.js';
import { entriesAt } from '../files/log-file.js';
import { segmentItems } from '../files/segment-stream.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import { letterKey, withEnd } from '../format/dead-letter-line.js';
import { ERASED, keyLines, rowKey, type HistoryCount, type HistoryLine } from '../format/history-line.js';
import { Ranges } from '../format/ranges.js';
import { Outcomes, type Outcome } from './outcomes.js';
import type { LetterEnds } from './letter-ends.js';
import type { Segment } from './segment.js';

/** The head of an event's JSON: its type and its name, as JSON. */
const HEAD = /^\{"id":"[^"]*","type":"([a-z]+)","name":("(?:[^"\\]|\\.)*")/;
const HOUR_LENGTH = '2026-11-23T15'.length;

type Row = Omit<HistoryCount, 'segment' | 'count' | 'seqs'>;

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
  const rows = new Rows(historyName(segment));
  const keys: [string, number][] = [];
  const add = (row: Row, seq: number): void =>
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

/** Counts equal rows. */
class Rows {
  readonly #counts = new Map<string, { readonly row: Row; count: number; readonly dead: Ranges }>();

  constructor(readonly segment: string) {}

  get lines(): HistoryCount[] {
    return [...this.#counts.values()].map(({ row, count, dead }) => ({
      segment: this.segment,
      ...row,
      count,
      seqs: dead.isEmpty ? undefined : dead.toArray(),
    }));
  }

  add(row: Row, seq: number): void {
    const key = rowKey(row);
    const known = this.#counts.get(key) ?? { row, count: 0, dead: new Ranges() };
    if (known.count++ === 0) this.#counts.set(key, known);
    if (row.state === 'dead') known.dead.add(seq);
  }
}

function headOf(json: string, at: number): Pick<Row, 'hour' | 'type' | 'name'> {
  const [, type = 'track', quoted = '""'] = HEAD.exec(json) ?? [];
  const hour = new Date(at).toISOString().slice(0, HOUR_LENGTH);
  return { hour, type: type as EventType, name: JSON.parse(quoted) as string };
}

function lossOf({ folder, abandoned }: Segment, lane: string): Outcome {
  return { state: 'dropped', reason: abandoned.has(folder.names.here(lane)) ? 'lane_removed' : 'damaged' };
}

async function outcomesOf(segment: Segment, files: Files): Promise<Outcomes> {
  const outcomes = new Outcomes();
  for await (const group of entriesAt(files, segment.acknowledgementsPath, acknowledgementOf)) {
    outcomes.addAll(group);
  }
  // On a full disk, some are not written.
  outcomes.addAll(segment.folder.names.toDisk(segment.unwritten.at(0)));
  return outcomes;
}
