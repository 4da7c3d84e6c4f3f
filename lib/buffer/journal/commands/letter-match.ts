import type { BrowserIdsByDestination } from '../../../event/browser-ids.js';
import { toEventJson, type EventJson } from '../../../event/event-json.js';
import type { DeadLetter } from '../../event-buffer.js';
import { browserIdsIn } from '../format/record.js';
import type { KeptLetter } from '../store/letter-index.js';
import type { CommandWork } from './command-work.js';
import { matches, type EventFilter, type Filtered } from '../query/event-filter.js';

/** A dead letter as a filter sees it. */
class FilteredLetter implements Filtered {
  #event: EventJson | undefined;
  #json: string | undefined;

  constructor(
    private readonly kept: KeptLetter,
    /** Absent while only the index in memory is checked. */
    private readonly letter?: DeadLetter,
  ) {}

  get id(): string {
    return this.kept.id;
  }

  get acceptedAt(): number {
    return this.kept.acceptedAt;
  }

  get event(): EventJson {
    return (this.#event ??= toEventJson(this.letter!.event));
  }

  get browserIds(): BrowserIdsByDestination | undefined {
    return browserIdsIn({ [this.kept.lane]: this.letter?.entry ?? {} });
  }

  get json(): string {
    return (this.#json ??= JSON.stringify(this.event));
  }

  get ends(): Filtered['ends'] {
    const { lane, reason, at } = this.kept;
    return [{ lane, state: 'dead', reason, at }];
  }
}

/** Matching dead letters of configured lanes, as they are read from the disk. */
export async function* matchingLetters(
  { lanes, letters }: CommandWork,
  filter: EventFilter,
): AsyncGenerator<{ readonly kept: KeptLetter; readonly letter: DeadLetter }> {
  const { ids, since, until, destinations, states } = filter;
  const wants = (kept: KeptLetter): boolean =>
    matches(new FilteredLetter(kept), { ids, since, until, destinations, states });
  for await (const read of letters.read(lanes.keys(), wants)) {
    if (matches(new FilteredLetter(read.kept, read.letter), filter)) yield read;
  }
}
