import type { Filtered, LaneEnd } from '../commands/event-filter.js';
import { deadLetterOf, type DeadLetterLine, type GoneLetterLine } from '../format/dead-letter-line.js';
import type { FolderFiles } from './folder-files.js';
import type { FolderView } from './folder-view.js';
import { logLines, type LogLine } from './line-stream.js';

const FILE = 'dead.jsonl';

/** A dead letter that is still kept. */
export interface KeptLetter extends Filtered {
  readonly lane: string;
  readonly reason: string;
  readonly attempts: number;
  /** The platform's last answer. */
  readonly answer?: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A folder whose dead letters are read. */
interface Place {
  readonly folder: FolderView;
  readonly files: FolderFiles;
}

/**
 * The dead letters of a journal, and which of them are gone again. A letter may be in another folder than its event, because
 * whoever takes a folder over writes to its own; and an event may die twice, under two numbers.
 */
export class DeadLetters {
  /** Those that are kept. */
  readonly #kept = new Map<string, LaneEnd>();
  readonly #gone = new Map<string, GoneLetterLine>();

  private constructor(private readonly places: readonly Place[]) {}

  static async read(places: readonly Place[]): Promise<DeadLetters> {
    const letters = new DeadLetters(places);
    for (const { folder, files } of places) {
      const ofEvents = new Map<string, string[]>();
      for await (const lines of logLines(files, FILE)) {
        for (const line of lines) letters.#follow(folder.group, line, ofEvents);
      }
    }
    return letters;
  }

  /** Where an event is of which the acknowledgements say that it is pending, or a dead letter. */
  endOf(group: string, id: string, seq: number, end: LaneEnd): LaneEnd {
    if (this.#kept.size === 0 && this.#gone.size === 0) return end;
    const key = letterKey(group, end.lane, id, seq);
    const gone = this.#gone.get(key);
    // The letter is written first, so its acknowledgement may be missing.
    if (gone === undefined) return this.#kept.get(key) ?? end;
    if (gone.as === 'redriven') return { lane: end.lane, state: 'redriven', at: gone.at };
    const reason = gone.as === 'erased' ? 'erased' : (gone.reason ?? end.reason);
    return { lane: end.lane, state: 'dropped', reason, at: gone.at };
  }

  /** Those that are kept, oldest first in each folder. */
  async *kept(): AsyncGenerator<KeptLetter> {
    for (const { folder, files } of this.places) {
      for await (const lines of logLines(files, FILE)) {
        for (const { value } of lines) {
          const line = value && deadLetterOf(value);
          if (line === undefined || 'gone' in line) continue;
          const key = letterKey(folder.group, line.lane, line.event.id, line.seq);
          if (this.#kept.has(key)) yield shown(line);
        }
      }
    }
  }

  #follow(group: string, { value }: LogLine, ofEvents: Map<string, string[]>): void {
    const line = value && deadLetterOf(value);
    if (line === undefined) return;
    if ('gone' in line) {
      const event = eventKey(line.lane, line.gone);
      // The letter itself may have been left out already.
      if (line.seq !== undefined) this.#gone.set(letterKey(group, line.lane, line.gone, line.seq), line);
      for (const key of ofEvents.get(event) ?? []) {
        this.#kept.delete(key);
        this.#gone.set(key, line);
      }
      ofEvents.delete(event);
      return;
    }
    const { lane, event, seq, reason, at } = line;
    const key = letterKey(group, lane, event.id, seq);
    this.#kept.set(key, { lane, state: 'dead', reason, at });
    const letters = ofEvents.get(eventKey(lane, event.id));
    if (letters === undefined) ofEvents.set(eventKey(lane, event.id), [key]);
    else letters.push(key);
  }
}

function letterKey(group: string, lane: string, id: string, seq: number): string {
  return `${group} ${id} ${seq} ${lane}`;
}

function eventKey(lane: string, id: string): string {
  return `${id} ${lane}`;
}

function shown({ event, lane, reason, attempts, answer, at }: DeadLetterLine): KeptLetter {
  return {
    id: event.id,
    event,
    json: JSON.stringify(event),
    acceptedAt: Date.parse(event.acceptedAt),
    ends: [{ lane, state: 'dead', reason, at }],
    lane,
    reason,
    attempts,
    answer,
    at,
  };
}
