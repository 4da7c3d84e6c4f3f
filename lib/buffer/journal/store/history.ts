import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import type { EventType } from '../../../event/tracking-event.js';
import type { Files } from '../files/files.js';
import { entriesAt } from '../files/log-file.js';
import { acknowledgementOf } from '../format/acknowledgement.js';
import type { Acknowledgement } from '../format/acknowledgement.js';
import { letterKey } from '../format/dead-letter-line.js';
import { encodeHistory, encodeKeys, ERASED } from '../format/history-line.js';
import type { HistoryCount } from '../format/history-line.js';
import { Ranges } from '../format/ranges.js';
import { outcomeOf, type LetterEnds } from './letter-ends.js';
import type { Segment } from './segment.js';
import { streamSegment } from './segment-stream.js';

/** The head of an event's JSON: its type and its name, as JSON. */
const HEAD = /^\{"id":"[^"]*","type":"([a-z]+)","name":("(?:[^"\\]|\\.)*")/;
const HOUR_LENGTH = '2026-11-23T15'.length;

type Row = Omit<HistoryCount, 'segment' | 'count' | 'seqs'>;

interface Outcome {
  readonly state: HistoryCount['state'];
  readonly reason?: HistoryCount['reason'];
  readonly seqs: Ranges;
}

/**
 * What a segment held, as lines of the history: counted by hour of acceptance, event, destination and end, and the ids of
 * keyed events that were accepted after `keysAfter`.
 */
export async function historyOf(
  segment: Segment,
  keysAfter: number,
  letters: LetterEnds,
  files: Files,
): Promise<string> {
  const outcomes = await readOutcomes(segment, files);
  const counts = new Map<string, { readonly row: Row; count: number; readonly dead: Ranges }>();
  const keys: [string, number][] = [];
  const name = historyName(segment);
  const add = (row: Row, seq: number): void => {
    const { hour, type, name: event, lane, state, reason, replayed } = row;
    const key = JSON.stringify([hour, type, event, lane, state, reason, replayed]);
    const known = counts.get(key) ?? { row, count: 0, dead: new Ranges() };
    if (known.count++ === 0) counts.set(key, known);
    if (state === 'dead') known.dead.add(seq);
  };
  await streamSegment(files, segment.path, segment.bytes, {
    record: ({ seq, id, lanes, json, replay }) => {
      if (segment.isSuperseded(seq)) return;
      const at = acceptedAt(json);
      if (isKeyed({ id }) && at > keysAfter) keys.push([id, at]);
      const [, type = 'track', quoted = '""'] = HEAD.exec(json) ?? [];
      const hour = new Date(at).toISOString().slice(0, HOUR_LENGTH);
      const about = { hour, type: type as EventType, name: JSON.parse(quoted) as string };
      for (const lane of lanes) {
        const here = segment.folder.names.here(lane);
        const outcome = outcomes.get(lane)?.find(({ seqs }) => seqs.has(seq));
        const lost = segment.abandoned.has(here) ? 'lane_removed' : 'damaged';
        const end = outcomeOf(
          outcome ?? { state: 'dropped', reason: lost },
          letters.get(letterKey(lane, seq)),
        );
        add({ ...about, lane, ...end, replayed: replay === undefined ? undefined : true }, seq);
      }
    },
    erased: (seq) => {
      if (segment.isSuperseded(seq)) return;
      // Its lanes are erased with it: those that were done with it are known.
      for (const [lane, ofLane] of outcomes) {
        const outcome = ofLane.find(({ seqs }) => seqs.has(seq));
        if (outcome === undefined) continue;
        add({ ...ERASED, lane, ...outcomeOf(outcome, letters.get(letterKey(lane, seq))) }, seq);
      }
    },
  });
  const lines = [...counts.values()].map(({ row, count, dead }) =>
    encodeHistory({ segment: name, ...row, count, seqs: dead.isEmpty ? undefined : dead.toArray() }),
  );
  // Always, and last: it tells that the others are all there.
  lines.push(...encodeKeys(name, keys));
  return lines.join('');
}

/** A segment's name in a history, which outlives its folder. */
export function historyName({ folder, name }: Segment): string {
  return `${folder.origin}/${name}`;
}

async function readOutcomes(segment: Segment, files: Files): Promise<Map<string, Outcome[]>> {
  const outcomes = new Map<string, Outcome[]>();
  const add = ({ lane, state, reason, seqs }: Acknowledgement): void => {
    let ofLane = outcomes.get(lane);
    if (ofLane === undefined) outcomes.set(lane, (ofLane = []));
    let outcome = ofLane.find((known) => known.state === state && known.reason === reason);
    if (outcome === undefined) ofLane.push((outcome = { state, reason, seqs: new Ranges() }));
    for (const [from, to] of seqs) outcome.seqs.addRange(from, to);
  };
  for await (const group of entriesAt(files, segment.acknowledgementsPath, acknowledgementOf))
    group.forEach(add);
  // On a full disk their outcomes could not be written.
  segment.folder.names.toDisk(segment.unwritten.at(0)).forEach(add);
  return outcomes;
}
