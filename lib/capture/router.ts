import type { Route } from '../buffer/event-buffer.js';
import { limitsOf } from '../destinations/destination.js';
import type { Admission, Destination } from '../destinations/destination.js';
import { LaneView } from '../destinations/lane-view.js';
import { browserIdsOf } from '../event/browser-ids.js';
import { toEventJson } from '../event/event-json.js';
import type { LaneEntry, LaneNote } from '../event/lane-event.js';
import { REASONS } from '../event/reasons.js';
import type { Reason } from '../event/reasons.js';
import { WORST_BYTES_PER_UNIT } from '../event/snapshot.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { disown } from '../host/disown.js';

/** A lane that does not get an event, and why. */
export interface Declined {
  readonly lane: string;
  readonly reason: Reason;
}

/** Where an event goes, and where it does not. */
export interface Routing {
  readonly routes: readonly Route[];
  readonly declined: readonly Declined[];
}

const UNDECIDED: Admission = Object.freeze({ declined: 'encode_error' });
const NO_IDENTITY: Admission = Object.freeze({ declined: 'no_identity' });
const TOO_LARGE: Admission = Object.freeze({ declined: 'too_large' });
const NONE: readonly Declined[] = Object.freeze([]);

/** Decides which lanes an event enters: what the call asked for, as far as each destination takes it. */
export class Router {
  /** All lanes; the very array that events for all of them carry. */
  readonly all: readonly string[];
  readonly #destinations = new Map<string, Destination>();
  readonly #views = new Map<string, LaneView>();
  readonly #routes = new Map<string, Route>();
  /** The routing of nearly every event, made once. */
  readonly #everywhere: Routing;
  readonly #selective: boolean;
  /** Bytes of the largest event that each destination takes. */
  readonly #limits = new Map<string, number>();
  readonly #smallestLimit: number;

  constructor(destinations: readonly Destination[]) {
    this.all = Object.freeze(destinations.map(({ name }) => name));
    for (const destination of destinations) {
      this.#destinations.set(destination.name, destination);
      this.#views.set(destination.name, new LaneView(destination));
      this.#routes.set(destination.name, Object.freeze({ lane: destination.name }));
      this.#limits.set(destination.name, largestEvent(destination));
    }
    this.#smallestLimit = Math.min(...this.#limits.values());
    this.#everywhere = { routes: [...this.#routes.values()], declined: NONE };
    this.#selective = destinations.some((destination) => destination.accept !== undefined);
  }

  /** The lanes that a call names, each once; undefined when it names none, or one that does not exist. */
  select(names: unknown): readonly string[] | undefined {
    if (names === undefined || names === null) return this.all;
    if (!Array.isArray(names) || names.length === 0) return undefined;
    const lanes = Object.freeze([...new Set<string>(names)]);
    return lanes.every((name) => this.#destinations.has(name)) ? lanes : undefined;
  }

  /**
   * Decides for one event.
   *
   * @param size units of its JSON, as estimated
   */
  route(event: TrackingEvent, size: number): Routing {
    const mayBeTooLarge = size * WORST_BYTES_PER_UNIT > this.#smallestLimit;
    const isShared = event.browserIds === undefined && event.lanes === this.all;
    if (!this.#selective && !mayBeTooLarge && isShared) return this.#everywhere;
    const bytes = mayBeTooLarge ? Buffer.byteLength(JSON.stringify(toEventJson(event))) : 0;
    const routes: Route[] = [];
    const declined: Declined[] = [];
    let isPlain = true;
    for (const lane of event.lanes) {
      const browser = browserIdsOf(event.browserIds, lane);
      const own: LaneEntry | undefined = browser && { browser };
      const admission = bytes > this.#limits.get(lane)! ? TOO_LARGE : this.#admit(lane, event, own);
      if (admission !== undefined && 'declined' in admission) {
        declined.push({ lane, reason: admission.declined });
      } else if (admission === undefined && own === undefined) routes.push(this.#routes.get(lane)!);
      else {
        isPlain = false;
        routes.push({ lane, entry: { ...admission, ...own } });
      }
    }
    const everywhere = isPlain && routes.length === this.all.length;
    return everywhere ? this.#everywhere : { routes, declined };
  }

  #admit(lane: string, event: TrackingEvent, own: LaneEntry | undefined): Admission {
    const anonymousId = event.anonymousId ?? own?.browser?.anonymousId;
    if (event.userId === undefined && anonymousId === undefined) return NO_IDENTITY;
    try {
      const destination = this.#destinations.get(lane)!;
      const said: unknown = destination.accept?.(this.#views.get(lane)!.event(event, own));
      if (said === undefined) return undefined;
      if (isAdmission(said)) return readOnce(said);
      disown(said);
    } catch {
      // As good as an answer that is none: this lane does without the event, the others have it.
    }
    return UNDECIDED;
  }
}

/** What fits into a request of its own: larger than that, no attempt could ever be made. */
function largestEvent(destination: Destination): number {
  const { maxEventBytes, maxBytes } = limitsOf(destination);
  return Math.min(maxEventBytes, destination.batch?.maxBytes ?? maxBytes);
}

function isAdmission(value: unknown): value is object {
  return typeof value === 'object' && value !== null && ('declined' in value || 'note' in value);
}

/** In here, because an application's object may throw wherever it is touched, and a word of its own may be no reason. */
function readOnce({ declined, note }: Partial<Record<'declined' | 'note', unknown>>): Admission {
  if (declined !== undefined) return { declined: isReason(declined) ? declined : 'unsupported' };
  return note === undefined ? undefined : { note: note as LaneNote };
}

const WORDS: ReadonlySet<unknown> = new Set(REASONS);

function isReason(word: unknown): word is Reason {
  return WORDS.has(word);
}
