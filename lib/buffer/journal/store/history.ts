import { acceptedAt } from '../../../event/event-json.js';
import { isKeyed } from '../../../event/tracking-event.js';
import type { EventType } from '../../../event/tracking-event.js';
import type { Files } from '../files/files.js';
import { parseAcknowledgements } from '../format/acknowledgement.js';
import type { GoneLetterLine } from '../format/dead-letter-line.js';
import { encodeHistory } from '../format/history-line.js';
import type { HistoryCount } from '../format/history-line.js';
import { Ranges } from '../format/ranges.js';
import { unlessAbsent } from '../ownership/absence.js';
import type { Segment } from './segment.js';
import { streamSegment } from './segment-stream.js';

/** What became of dead letters that are none any more, by lane as it is called here, and id. */
export type LetterEnds = ReadonlyMap<string, Pick<GoneLetterLine, 'as' | 'reason'>>;

/** The head of an event's JSON: its type and its name, as JSON. */
const HEAD = /^\{"id":"[^"]*","type":"([a-z]+)","name":("(?:[^"\\]|\\.)*")/;
const HOUR_LENGTH = '2026-11-23T15'.length;

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
  const counts = new Map<string, { -readonly [K in keyof HistoryCount]: HistoryCount[K] }>();
  const keys: [string, number][] = [];
  const name = historyName(segment);
  await streamSegment(files, segment.path, segment.bytes, {
    record: ({ seq, id, lanes, json, replay }) => {
      if (segment.isSuperseded(seq)) return;
      const at = acceptedAt(json);
      if (isKeyed({ id }) && at > keysAfter) keys.push([id, at]);
      const [, type = 'track', quoted = '""'] = HEAD.exec(json) ?? [];
      const hour = new Date(at).toISOString().slice(0, HOUR_LENGTH);
      for (const lane of lanes) {
        const here = segment.folder.names.here(lane);
        const outcome = outcomes.get(lane)?.find(({ seqs }) => seqs.has(seq));
        const lost = segment.abandoned.has(here) ? 'lane_removed' : 'damaged';
        const { state, reason } = endOf(outcome, letters.get(`${here} ${id}`)) ?? {
          state: 'dropped',
          reason: lost,
        };
        const replayed = replay === undefined ? undefined : true;
        const key = JSON.stringify([hour, type, quoted, lane, state, reason, replayed]);
        const known = counts.get(key);
        if (known !== undefined) known.count++;
        else {
          const event = JSON.parse(quoted) as string;
          counts.set(key, {
            segment: name,
            hour,
            type: type as EventType,
            name: event,
            lane,
            state,
            reason,
            replayed,
            count: 1,
          });
        }
      }
    },
  });
  const lines = [...counts.values()].map(encodeHistory);
  // Always, and last: it tells that the others are all there.
  lines.push(encodeHistory({ segment: name, keys }));
  return lines.join('');
}

/** A segment's name in a history, which outlives its folder. */
export function historyName({ folder, name }: Segment): string {
  return `${folder.origin}/${name}`;
}

function endOf(
  outcome: Outcome | undefined,
  letter: Pick<GoneLetterLine, 'as' | 'reason'> | undefined,
): Pick<HistoryCount, 'state' | 'reason'> | undefined {
  if (outcome?.state !== 'dead' || letter === undefined) return outcome;
  if (letter.as === 'redriven') return { state: 'redriven' };
  return { state: 'dropped', reason: letter.as === 'erased' ? 'erased' : (letter.reason ?? outcome.reason) };
}

async function readOutcomes(segment: Segment, files: Files): Promise<Map<string, Outcome[]>> {
  const text = (await unlessAbsent(files.readText(segment.acknowledgementsPath))) ?? '';
  const outcomes = new Map<string, Outcome[]>();
  // On a full disk what became of them could not be written.
  const unwritten = segment.folder.names.toDisk(segment.unwritten.at(0));
  for (const { lane, state, reason, seqs } of [
    ...parseAcknowledgements(text).acknowledgements,
    ...unwritten,
  ]) {
    let ofLane = outcomes.get(lane);
    if (ofLane === undefined) outcomes.set(lane, (ofLane = []));
    let outcome = ofLane.find((known) => known.state === state && known.reason === reason);
    if (outcome === undefined) ofLane.push((outcome = { state, reason, seqs: new Ranges() }));
    for (const [from, to] of seqs) outcome.seqs.addRange(from, to);
  }
  return outcomes;
}
