import { limitsOf } from '../../destinations/destination.js';
import type { Attempt, Destination, OutgoingRequest } from '../../destinations/destination.js';
import { toEventJson } from '../../event/event-json.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Subject } from './subject.js';
import { atDate } from './frozen-date.js';
import { START } from './sample-events.js';

/** What an application accepts at most, by default. */
const MAX_EVENT_BYTES = 1_000_000;

const BROWSER = {
  anonymousId: 'browser-1',
  sessionId: 'session-1',
  clickIds: { fbc: 'fb.1.1700000000000.click' },
};
const PERSON = { email: 'f'.repeat(64), country: 'e'.repeat(64) };
const CONSENT = { analytics: 'allow', advertising: 'allow' } as const;

/** A new destination at work, without a lane: the events that it accepts, and the requests that it builds. */
export class Encoder {
  readonly destination: Destination;
  /** What it reported to `setup.notice()`. */
  readonly notices: string[] = [];

  readonly #fresh: Subject['fresh'];

  constructor(setup: Subject) {
    this.#fresh = setup.fresh;
    this.destination = setup.create({}, true);
    this.destination.open?.({ notice: (_, about, message) => void this.notices.push(about, message()) });
  }

  /** The largest event that its lane would give it, in bytes of JSON. */
  get maxEventBytes(): number {
    const { maxEventBytes, maxBytes } = limitsOf(this.destination);
    const inBatch = this.destination.batch?.maxBytes ?? maxBytes;
    return Math.min(maxEventBytes, inBatch, MAX_EVENT_BYTES);
  }

  /** The event as its lane holds it; undefined where it is declined, or `accept` fails. */
  admitted(event: TrackingEvent, date = START): LaneEvent | undefined {
    if (Buffer.byteLength(JSON.stringify(toEventJson(event))) > this.maxEventBytes) return undefined;
    try {
      const said = atDate(date, () => this.destination.accept?.(structuredClone(event)));
      if (said === undefined) return { ...this.#entryOf(event), event };
      return 'note' in said ? { ...this.#entryOf(event), event, note: said.note } : undefined;
    } catch {
      return undefined;
    }
  }

  /** What a lane alone has of every second event, as far as the destination asks for it. */
  #entryOf({ id }: TrackingEvent): Partial<LaneEvent> {
    const { needs = [], resolvers = [] } = this.destination;
    if (Number.parseInt(id.slice(-1), 16) % 2 === 0) return {};
    return {
      ...(resolvers.length > 0 && { browser: BROWSER }),
      ...(needs.includes('person') && { person: PERSON }),
      ...(needs.includes('consent') && { consent: CONSENT }),
    };
  }

  /** Those of some events that it accepts. */
  allAdmitted(events: readonly TrackingEvent[]): LaneEvent[] {
    return events.flatMap((event) => this.admitted(event) ?? []);
  }

  /** A first attempt, with what is given in its place. */
  attempt(given: Partial<Attempt> = {}): Attempt {
    const fresh = this.#fresh;
    return { now: START, number: 1, ...(fresh !== undefined && { credentials: fresh }), ...given };
  }

  /**
   * The request of one attempt. The events are copies, and the wall clock stands still, so that two calls differ only by
   * what the destination itself does.
   */
  request(batch: readonly LaneEvent[], attempt: Partial<Attempt> = {}, date = START): OutgoingRequest {
    const given = batch.map((held) => structuredClone(held));
    return atDate(date, () => this.destination.encode(given, this.attempt(attempt)));
  }
}
