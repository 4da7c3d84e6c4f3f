import type { Filtered, LaneEnd } from '../commands/event-filter.js';
import { deadLetterOf, letterKey, type DeadLetterLine } from '../format/dead-letter-line.js';
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

/** One that is kept, and where its line is. */
interface KeptEnd {
  readonly end: LaneEnd;
  readonly offset: number;
}

/** The dead letters of a journal, and which of them are gone again: by record, because an event may have several. */
export class DeadLetters {
  readonly #kept = new Map<string, KeptEnd>();
  readonly #gone = new Map<string, LaneEnd>();

  private constructor(private readonly places: readonly Place[]) {}

  static async read(places: readonly Place[]): Promise<DeadLetters> {
    const letters = new DeadLetters(places);
    for (const { folder, files } of places) {
      for await (const lines of files.lines(DEAD_LETTERS_FILE)) {
        for (const { value, offset } of lines) letters.#follow(folder, value, offset);
      }
    }
    return letters;
  }

  /** Where a record is of which the acknowledgements say that it is pending, or a dead letter. */
  endOf(folder: FolderView, seq: number, end: LaneEnd): LaneEnd {
    if (this.#kept.size === 0 && this.#gone.size === 0) return end;
    const key = recordKey(folder, end.lane, seq);
    const gone = this.#gone.get(key);
    // The letter is written first, so its acknowledgement may be missing.
    if (gone === undefined) return this.#kept.get(key)?.end ?? end;
    return gone.state === 'dropped' && gone.reason === undefined ? { ...gone, reason: end.reason } : gone;
  }

  /** Those that are kept, oldest first in each folder. */
  async *kept(): AsyncGenerator<KeptLetter> {
    for (const { folder, files } of this.places) {
      for await (const lines of files.lines(DEAD_LETTERS_FILE)) {
        for (const { value, offset } of lines) {
          const onDisk = value && deadLetterOf(value);
          if (onDisk === undefined || 'gone' in onDisk) continue;
          const line = { ...onDisk, lane: folder.names.here(onDisk.lane) };
          if (this.#kept.get(recordKey(folder, line.lane, line.seq))?.offset === offset) yield shown(line);
        }
      }
    }
  }

  #follow(folder: FolderView, value: Record<string, unknown> | undefined, offset: number): void {
    const onDisk = value && deadLetterOf(value);
    if (onDisk === undefined) return;
    const line = { ...onDisk, lane: folder.names.here(onDisk.lane) };
    const { lane, seq, reason, at } = line;
    const key = recordKey(folder, lane, seq);
    if (!('gone' in line)) this.#kept.set(key, { end: { lane, state: 'dead', reason, at }, offset });
    else {
      this.#kept.delete(key);
      if (line.as === 'redriven') this.#gone.set(key, { lane, state: 'redriven', at });
      else
        this.#gone.set(key, { lane, state: 'dropped', reason: line.as === 'erased' ? 'erased' : reason, at });
    }
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
