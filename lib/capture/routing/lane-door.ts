import { randomUUID } from 'node:crypto';
import type { Route } from '../../buffer/event-buffer.js';
import { type Admission, type Destination, limitsOf } from '../../destinations/destination.js';
import { LaneView } from '../../destinations/lane-view.js';
import { browserIdsOf } from '../../event/browser-ids.js';
import { newId } from '../../event/event-id.js';
import { toEventJson } from '../../event/event-json.js';
import { withoutPerson } from '../../event/impersonal.js';
import type { LaneEntry } from '../../event/lane-event.js';
import type { Reason } from '../../event/reasons.js';
import { WORST_BYTES_PER_UNIT } from '../../event/snapshot.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { type Declined, isOversize } from '../call-end.js';
import { type ContentMap, contentMap } from './content-map.js';
import { admissionOf } from './lane-admission.js';
import { type LaneFilter, type Passes, passes } from './lane-filter.js';
import type { MadeEvent } from '../made-event.js';

/** Decides whether one lane gets an event, and makes its entry. The order of the steps is documented. */
export class LaneDoor {
  /** For an event without an entry for the lane. */
  readonly route: Route;
  /** Whether it must decide about each event. */
  readonly isSelective: boolean;
  /** Bytes of the largest event that the destination takes. */
  readonly maxBytes: number;
  readonly needsPerson: boolean;
  readonly #maxAgeMs: number;
  readonly #view: LaneView;
  readonly #filter: Passes | undefined;
  readonly #map: ContentMap | undefined;
  /** A function of the application is running. */
  #asking = false;

  constructor(
    private readonly destination: Destination,
    filter: LaneFilter | undefined,
    private readonly maxEventBytes: number,
  ) {
    const { name, map, maxAgeMs } = destination;
    this.route = Object.freeze({ lane: name });
    const isAsked = destination.accept !== undefined;
    this.isSelective = isAsked || [filter, map, maxAgeMs].some((part) => part !== undefined);
    this.#maxAgeMs = maxAgeMs ?? Infinity;
    this.maxBytes = largestEvent(destination);
    this.needsPerson = needsPerson(destination);
    this.#view = new LaneView(destination);
    this.#filter = filter && passes(filter);
    this.#map = map && contentMap(map, Math.min(this.maxBytes, maxEventBytes));
  }

  /**
   * Consent, age, filter, `allowProperties`, map, size, and at last the destination itself.
   *
   * @param whole bytes of the stored event's JSON, if it may be too large
   */
  admit(made: MadeEvent, whole: (() => number) | undefined): Route | Declined {
    const own = this.#own(made);
    if (own !== undefined && 'reason' in own) return own;
    if (made.event.acceptedAt - made.event.timestamp > this.#maxAgeMs) return this.#decline('expired');
    const filtered = this.#filter && this.#filtered(this.#filter, made.event, own);
    if (filtered !== undefined) return filtered;
    const drafted = this.#map === undefined ? own : this.#mapped(this.#map, made.event, own);
    if (drafted !== undefined && 'reason' in drafted) return drafted;
    if (!this.#fits(made, drafted, whole)) return this.#decline('too_large');
    const admission = this.#admission(made.event, drafted?.entry);
    if (admission !== undefined && 'reason' in admission) return admission;
    if (admission !== undefined && 'declined' in admission) return this.#decline(admission.declined);
    const entry = this.#withPerson(drafted?.entry, made);
    if (admission === undefined) return entry === undefined ? this.route : this.#routeWith(entry);
    return this.#routeWith({ ...entry, note: admission.note });
  }

  /** Starts the entry with consent and browser ids. */
  #own({ event, consent }: MadeEvent): Draft | Declined | undefined {
    const said = consent?.get(this.route.lane);
    if (said?.decision === 'drop') return this.#decline('consent');
    const state = said?.state;
    if (said?.decision === 'strip') {
      const stripped = { id: newId(event.acceptedAt), anonymousId: randomUUID() };
      return drafted({ stripped, ...(state !== undefined && { consent: state }) });
    }
    const browser = browserIdsOf(event.browserIds, this.route.lane);
    if (event.userId === undefined && event.anonymousId === undefined && browser?.anonymousId === undefined) {
      return this.#decline('no_identity');
    }
    if (browser === undefined && state === undefined) return undefined;
    return drafted({
      ...(browser !== undefined && { browser }),
      ...(state !== undefined && { consent: state }),
    });
  }

  /** Last, so that the person's data is read only for an accepted event. */
  #withPerson(entry: LaneEntry | undefined, { person }: MadeEvent): LaneEntry | undefined {
    const hashed = this.needsPerson && entry?.stripped === undefined ? person?.() : undefined;
    return hashed === undefined ? entry : { ...entry, person: hashed };
  }

  /** The filter gets a stripped event without its person, too. */
  #filtered(filter: Passes, event: TrackingEvent, own: Draft | undefined): Declined | undefined {
    const stripped = own?.entry.stripped;
    const seen = stripped === undefined ? event : withoutPerson(event, stripped);
    const said = this.#ask(() => filter(seen), 'filter_error');
    if (typeof said === 'object') return said;
    return said ? undefined : this.#decline('filtered');
  }

  #mapped(map: ContentMap, event: TrackingEvent, own: Draft | undefined): Draft | Declined | undefined {
    const seen = this.#view.event(event, own?.entry);
    const said = this.#ask(() => map(seen), 'map_error');
    if (said === null) return this.#decline('filtered');
    if ('reason' in said) return said;
    const { growth, ...content } = said;
    if (content.name === undefined && content.properties === undefined) return own;
    return { entry: { ...own?.entry, ...content }, growth: growth + (own?.growth ?? 0) };
  }

  /** A function that records events would be called for them without end; skipping the call would bypass it. */
  #ask<T>(fn: () => T, failure: Reason): T | Declined {
    if (this.#asking) return this.#decline(failure);
    this.#asking = true;
    try {
      return fn();
    } catch (error) {
      return { ...this.#decline(isOversize(error) ? 'too_large' : failure), error };
    } finally {
      this.#asking = false;
    }
  }

  /** The recorded event is within the module's limit; a mapped one may not be. */
  #fits({ event, size }: MadeEvent, draft: Draft | undefined, whole: (() => number) | undefined): boolean {
    const growth = draft?.growth ?? 0;
    const limit = growth > 0 ? Math.min(this.maxBytes, this.maxEventBytes) : this.maxBytes;
    if ((size + growth) * WORST_BYTES_PER_UNIT <= limit) return true;
    const seen = this.#view.event(event, draft?.entry);
    const bytes = seen === event && whole !== undefined ? whole() : bytesOf(seen);
    if (bytes > this.maxBytes) return false;
    return growth === 0 || Buffer.byteLength(JSON.stringify(seen)) <= this.maxEventBytes;
  }

  /** A destination of the application may throw: then this lane declines the event, and the others get it. */
  #admission(event: TrackingEvent, entry: LaneEntry | undefined): Admission | Declined {
    if (this.destination.accept === undefined) return undefined;
    try {
      return admissionOf(this.destination.accept(this.#view.event(event, entry)));
    } catch (error) {
      return { lane: this.route.lane, reason: 'encode_error', error };
    }
  }

  #routeWith(entry: LaneEntry): Route {
    return { lane: this.route.lane, entry: Object.freeze(entry) };
  }

  #decline(reason: Reason): Declined {
    return { lane: this.route.lane, reason };
  }
}

/** An incomplete entry, and the units by which the lane's event may be larger than the stored one. */
interface Draft {
  readonly entry: LaneEntry;
  readonly growth: number;
}

/** Before `map`, only the lane's own anonymous id can make the event larger. */
function drafted(entry: LaneEntry): Draft {
  return {
    entry,
    growth: (entry.browser?.anonymousId?.length ?? 0) + (entry.stripped === undefined ? 0 : 36),
  };
}

export function bytesOf(event: TrackingEvent): number {
  return Buffer.byteLength(JSON.stringify(toEventJson(event)));
}

export function needsPerson({ needs }: Destination): boolean {
  return needs?.includes('person') === true;
}

/** The largest event that fits alone in a request. No larger one can be sent. */
function largestEvent(destination: Destination): number {
  const { maxEventBytes, maxBytes } = limitsOf(destination);
  return Math.min(maxEventBytes, destination.batch?.maxBytes ?? maxBytes);
}
