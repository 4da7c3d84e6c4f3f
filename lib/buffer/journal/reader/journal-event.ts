import type { BrowserIdsByDestination } from '../../../event/browser-ids.js';
import { acceptedAt, type EventJson } from '../../../event/event-json.js';
import type { LaneEnd, Replayable } from '../query/event-filter.js';
import { browserIdsIn, commandIn, type LaneEntries, type ReadRecord } from '../format/record.js';
import type { FolderView } from './folder-view.js';

/**
 * An event in the journal, with its state in each lane. Its JSON is parsed on demand. `F` is the folder, as its owner or another
 * reader sees it.
 */
export class JournalEvent<F = FolderView> implements Replayable {
  #event: EventJson | undefined;
  #acceptedAt: number | undefined;

  constructor(
    readonly record: ReadRecord,
    readonly ends: readonly LaneEnd[],
    readonly folder: F,
    /** Name of its segment. */
    readonly segment: string,
  ) {}

  get id(): string {
    return this.record.id;
  }

  get replay(): string | undefined {
    const { replay } = this.record;
    return replay && commandIn(replay);
  }

  get json(): string {
    return this.record.json;
  }

  get entries(): LaneEntries | undefined {
    return this.record.entries;
  }

  get browserIds(): BrowserIdsByDestination | undefined {
    return browserIdsIn(this.record.entries);
  }

  get event(): EventJson {
    return (this.#event ??= JSON.parse(this.record.json) as EventJson);
  }

  get acceptedAt(): number {
    return (this.#acceptedAt ??= acceptedAt(this.record.json));
  }
}
