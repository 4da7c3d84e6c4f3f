import type { Filtered, LaneEnd } from '../commands/event-filter.js';
import { deadLetterOf, type DeadLetterLine, type GoneLetterLine } from '../format/dead-letter-line.js';
import type { FolderFiles } from './folder-files.js';
import type { FolderView } from './folder-view.js';
import { logLines, type LogLine } from './line-stream.js';

const FILE = 'dead.jsonl';

/** A dead letter that is still kept. */
export interface KeptLetter extends Filtered {
  readonly folder: FolderView;
  readonly lane: string;
  readonly reason: string;
  readonly attempts: number;
  /** The platform's last answer. */
  readonly answer?: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Which dead letters of a folder are gone again. An event may die twice, so each letter is known by its number. */
export class DeadLetters {
  /** By lane and number, those that are kept. */
  readonly #kept = new Map<string, LaneEnd>();
  readonly #gone = new Map<string, GoneLetterLine>();

  private constructor(
    private readonly folder: FolderView,
    private readonly files: FolderFiles,
  ) {}

  static async read(folder: FolderView, files: FolderFiles): Promise<DeadLetters> {
    const letters = new DeadLetters(folder, files);
    const kept = new Map<string, string[]>();
    for await (const lines of logLines(files, FILE)) {
      for (const line of lines) letters.#follow(line, kept);
    }
    return letters;
  }

  /** Where an event is of which the acknowledgements say that it is pending, or a dead letter. */
  endOf(seq: number, end: LaneEnd): LaneEnd {
    const key = letterKey(end.lane, seq);
    const gone = this.#gone.get(key);
    // The letter is written first, so its acknowledgement may be missing.
    if (gone === undefined) return this.#kept.get(key) ?? end;
    if (gone.as === 'redriven') return { lane: end.lane, state: 'redriven', at: gone.at };
    const reason = gone.as === 'erased' ? 'erased' : end.reason;
    return { lane: end.lane, state: 'dropped', reason, at: gone.at };
  }

  /** Those that are kept, oldest first. */
  async *kept(): AsyncGenerator<KeptLetter> {
    for await (const lines of logLines(this.files, FILE)) {
      for (const line of lines) {
        const letter = line.value && deadLetterOf(line.value);
        if (letter === undefined || 'gone' in letter) continue;
        if (this.#kept.has(letterKey(letter.lane, letter.seq))) {
          yield this.#show(letter);
        }
      }
    }
  }

  #follow({ value }: LogLine, kept: Map<string, string[]>): void {
    const line = value && deadLetterOf(value);
    if (line === undefined) return;
    if ('gone' in line) {
      const key = eventKey(line.lane, line.gone);
      for (const own of kept.get(key) ?? []) {
        this.#kept.delete(own);
        this.#gone.set(own, line);
      }
      kept.delete(key);
      return;
    }
    const { lane, event, seq, reason, at } = line;
    const key = eventKey(lane, event.id);
    const own = letterKey(lane, seq);
    this.#kept.set(own, { lane, state: 'dead', reason, at });
    const letters = kept.get(key);
    if (letters === undefined) kept.set(key, [own]);
    else letters.push(own);
  }

  #show({ event, lane, reason, attempts, answer, at }: DeadLetterLine): KeptLetter {
    return {
      folder: this.folder,
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
}

function letterKey(lane: string, seq: number): string {
  return `${seq} ${lane}`;
}

function eventKey(lane: string, id: string): string {
  return `${id} ${lane}`;
}
