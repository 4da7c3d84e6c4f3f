import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed, type EventType } from '../../../event/tracking-event.js';
import type { Files } from '../files/files.js';
import { segmentItems } from '../files/segment-stream.js';
import { letterKey, withEnd } from '../format/dead-letter-line.js';
import { ERASED, keyLines, type HistoryLine } from '../format/history-line.js';
import { HistoryRows, type HistoryRow } from './history-rows.js';
import { writtenOutcomes, type Outcome, type RecordOutcomes } from './record-outcomes.js';
import type { LetterEnds } from './letter-file.js';
import type { Segment } from './segment.js';

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

function lossOf({ folder, abandoned }: Segment, lane: string): Outcome {
  return { state: 'dropped', reason: abandoned.has(folder.names.here(lane)) ? 'lane_removed' : 'damaged' };
}

async function outcomesOf(segment: Segment, files: Files): Promise<RecordOutcomes> {
  const outcomes = await writtenOutcomes(files, segment.acknowledgementsPath);
  // On a full disk, some are not written.
  outcomes.addAll(segment.folder.names.toDisk(segment.unwritten.at(0)));
  return outcomes;
}
