import { toEventJson, type EventJson } from '../../../event/event-json.js';
import type { KeptLetter } from '../store/dead-letters.js';
import type { CommandWork } from './command-work.js';
import { matches, type EventFilter, type Filtered } from './event-filter.js';

/** A dead letter as a filter sees it. */
class FilteredLetter implements Filtered {
  #event: EventJson | undefined;
  #json: string | undefined;

  constructor(private readonly kept: KeptLetter) {}

  get id(): string {
    return this.kept.letter.event.id;
  }

  get acceptedAt(): number {
    return this.kept.letter.event.acceptedAt;
  }

  get event(): EventJson {
    return (this.#event ??= toEventJson(this.kept.letter.event));
  }

  get json(): string {
    return (this.#json ??= JSON.stringify(this.event));
  }

  get ends(): Filtered['ends'] {
    const { letter, at } = this.kept;
    return [{ lane: letter.lane, state: 'dead', reason: letter.reason, at }];
  }
}

/** Dead letters that are meant, of destinations that are configured. */
export function matchingLetters({ lanes, letters }: CommandWork, filter: EventFilter): KeptLetter[] {
  return [...lanes.keys()].flatMap((lane) =>
    letters.of(lane).filter((kept) => matches(new FilteredLetter(kept), filter)),
  );
}
