import { withoutPerson } from '../event/impersonal.js';
import { idOf, type HeldEvent, type LaneEntry, type LaneEvent } from '../event/lane-event.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { AllowList } from './allowed-properties.js';
import type { Destination, Outcome } from './destination.js';

/**
 * Makes the events that one destination gets, from the stored event, the lane's entry and `allowProperties`. The stored event
 * and the events of other destinations do not change.
 */
export class LaneView {
  readonly #allowed: AllowList | undefined;

  constructor({ allowProperties }: Pick<Destination, 'allowProperties'>) {
    this.#allowed = allowProperties && new AllowList(allowProperties);
  }

  /** The same object if the destination gets the event as it is stored. */
  of(held: HeldEvent): LaneEvent {
    const { entry } = held;
    if (entry !== undefined) return new ViewedEvent(held, this, this.#mayDiffer(entry));
    if (this.#allowed === undefined && !hasBrowserIds(held)) return held;
    return new ViewedEvent(held, this, true);
  }

  /** The same array if no event differs. */
  all(batch: readonly HeldEvent[]): readonly LaneEvent[] {
    let views: LaneEvent[] | undefined;
    for (let i = 0; i < batch.length; i++) {
      const view = this.of(batch[i]!);
      if (view === batch[i]) continue;
      views ??= batch.slice();
      views[i] = view;
    }
    return views ?? batch;
  }

  /** The event alone. Mapped properties are final: they are not narrowed again. */
  event(stored: TrackingEvent, entry: LaneEntry | undefined): TrackingEvent {
    const properties = entry?.properties ?? this.#allowed?.pick(stored);
    const { name, stripped, browser } = entry ?? {};
    const anonymousId = stripped === undefined ? (stored.anonymousId ?? browser?.anonymousId) : undefined;
    if (
      properties === undefined &&
      name === undefined &&
      stripped === undefined &&
      stored.browserIds === undefined &&
      anonymousId === stored.anonymousId
    ) {
      return stored;
    }
    const { browserIds: _, ...seen } = stripped === undefined ? stored : withoutPerson(stored, stripped);
    return {
      ...seen,
      ...(name !== undefined && { name }),
      ...(properties !== undefined && { properties }),
      ...(anonymousId !== undefined && { anonymousId }),
    };
  }

  /** Outcomes by stored ids. The destination may know an event by another id. */
  settled(outcomes: ReadonlyMap<string, Outcome>, batch: readonly HeldEvent[]): ReadonlyMap<string, Outcome> {
    let settled: Map<string, Outcome> | undefined;
    for (const held of batch) {
      const shown = held.entry?.stripped?.id;
      const outcome = shown === undefined ? undefined : outcomes.get(shown);
      if (outcome !== undefined) (settled ??= new Map(outcomes)).set(idOf(held), outcome);
    }
    return settled ?? outcomes;
  }

  /** Whether the event may differ from the stored one, found without parsing it. */
  #mayDiffer({ name, properties, stripped, browser }: LaneEntry): boolean {
    return (
      this.#allowed !== undefined ||
      name !== undefined ||
      properties !== undefined ||
      stripped !== undefined ||
      browser?.anonymousId !== undefined
    );
  }
}

/** Stored JSON has no such members; an event accepted in this process may have those of every lane. */
function hasBrowserIds(held: HeldEvent): boolean {
  return held.json === undefined && held.event.browserIds !== undefined;
}

/** An event as its destination gets it. The event is made when it is read, because it may have to be parsed. */
class ViewedEvent implements LaneEvent {
  readonly note: LaneEvent['note'];
  readonly browser: LaneEvent['browser'];
  readonly person: LaneEvent['person'];
  readonly consent: LaneEvent['consent'];
  /** Only if it is the JSON of this exact event: a destination may send it unchanged. */
  readonly json: string | undefined;
  readonly #held: HeldEvent;
  readonly #view: LaneView;
  #event: TrackingEvent | undefined;

  constructor(held: HeldEvent, view: LaneView, differs: boolean) {
    const { entry } = held;
    this.#held = held;
    this.#view = view;
    this.note = entry?.note;
    this.browser = entry?.browser;
    this.person = entry?.person;
    this.consent = entry?.consent;
    this.json = differs ? undefined : held.json;
  }

  get event(): TrackingEvent {
    this.#event ??= this.#view.event(this.#held.event, this.#held.entry);
    return this.#event;
  }
}
