import type { Filtered, LaneEnd } from '../query/event-filter.js';
import {
  deadLetterOf,
  letterKey,
  withEnd,
  type DeadLetterLine,
  type GoneLetterLine,
} from '../format/dead-letter-line.js';
import { DEAD_LETTERS_FILE } from '../format/file-names.js';
import { browserIdsIn } from '../format/record.js';
import type { FolderFiles } from './folder-files.js';
import type { FolderView } from './folder-view.js';

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

/** A line of a file of dead letters, with the lane's name here, and the key of its record. */
interface FoundLine {
  readonly line: DeadLetterLine | GoneLetterLine;
  readonly key: string;
  readonly offset: number;
}

interface LetterOutcome {
  readonly end: LaneEnd;
  /** The position of a kept letter's line; undefined once the letter is settled. */
  readonly offset?: number | undefined;
}

/** The states of a journal's dead letters, kept or settled: by record, because an event may have several. */
export class LetterOutcomes {
  readonly #outcomes = new Map<string, LetterOutcome>();

  private constructor(private readonly places: readonly Place[]) {}

  static async read(places: readonly Place[]): Promise<LetterOutcomes> {
    const letters = new LetterOutcomes(places);
    for await (const found of letters.#lines()) letters.#follow(found);
    return letters;
  }

  /** The outcome of a record that is pending or dead by its acknowledgements: a letter is written before these. */
  endOf(folder: FolderView, seq: number, end: LaneEnd): LaneEnd {
    const found = this.#outcomes.get(recordKey(folder, end.lane, seq))?.end;
    if (found?.state === 'dropped' && found.reason === undefined) return { ...found, reason: end.reason };
    return found ?? end;
  }

  /** The kept letters, oldest first in each folder. */
  async *kept(): AsyncGenerator<KeptLetter> {
    for await (const { line, key, offset } of this.#lines()) {
      if (!('gone' in line) && this.#outcomes.get(key)?.offset === offset) yield shown(line);
    }
  }

  async *#lines(): AsyncGenerator<FoundLine> {
    for (const { folder, files } of this.places) {
      for await (const lines of files.lines(DEAD_LETTERS_FILE)) {
        for (const { value, offset } of lines) {
          const onDisk = value && deadLetterOf(value);
          if (onDisk === undefined) continue;
          const line = { ...onDisk, lane: folder.names.here(onDisk.lane) };
          yield { line, key: recordKey(folder, line.lane, line.seq), offset };
        }
      }
    }
  }

  #follow({ line, key, offset }: FoundLine): void {
    const { lane, reason, at } = line;
    if ('gone' in line) {
      const dead: LaneEnd = { lane, state: 'dead', reason: this.#outcomes.get(key)?.end.reason, at };
      this.#outcomes.set(key, { end: withEnd(dead, line) });
    } else this.#outcomes.set(key, { end: { lane, state: 'dead', reason, at }, offset });
  }
}

function recordKey({ group, origin }: FolderView, lane: string, seq: number): string {
  return `${group} ${origin} ${letterKey(lane, seq)}`;
}

function shown({ event, lane, reason, attempts, answer, entry, at }: DeadLetterLine): KeptLetter {
  return {
    id: event.id,
    event,
    browserIds: browserIdsIn(entry && { [lane]: entry }),
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
