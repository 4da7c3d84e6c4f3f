import {
  limitsOf,
  type Admission,
  type Attempt,
  type Destination,
  type OutgoingRequest,
} from '../../destinations/destination.js';
import { toEventJson } from '../../event/event-json.js';
import type { LaneEvent } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { guarded } from '../../host/guarded.js';
import { everyEvent } from './generated-events.js';
import { requestText } from './request-values.js';
import { START } from './sample-events.js';
import type { Subject } from './subject.js';
import { atDate } from './untrusted-code.js';

/** The default of the module's option `maxEventBytes`. */
const MAX_EVENT_BYTES = 1_000_000;

const BROWSER = {
  anonymousId: 'browser-1',
  sessionId: 'session-1',
  clickIds: { fbc: 'fb.1.1700000000000.click' },
};
const PERSON = { email: 'f'.repeat(64), country: 'e'.repeat(64) };
const CONSENT = { analytics: 'allow', advertising: 'allow' } as const;

/** A new destination without a lane: the events that it accepts, and the requests that it builds. */
export class Encoder {
  readonly destination: Destination;
  /** Notices that it reported to `setup.notice()`. */
  readonly notices: string[] = [];

  constructor(private readonly setup: Subject) {
    this.destination = setup.create({}, true);
    this.destination.open?.({ notice: (_, about, message) => void this.notices.push(about, message()) });
  }

  /** The largest event that a lane would pass to it, in bytes of JSON. */
  get maxEventBytes(): number {
    const { maxEventBytes, maxBytes } = limitsOf(this.destination);
    const inBatch = this.destination.batch?.maxBytes ?? maxBytes;
    return Math.min(maxEventBytes, inBatch, MAX_EVENT_BYTES);
  }

  /** The event as its lane holds it; undefined if it is declined, or `accept` fails. */
  admitted(event: TrackingEvent, date = START): LaneEvent | undefined {
    if (Buffer.byteLength(JSON.stringify(toEventJson(event))) > this.maxEventBytes) return undefined;
    const accept = (): Admission => atDate(date, () => this.destination.accept?.(structuredClone(event)));
    const answer = guarded(() => ({ admission: accept() }));
    if (answer === undefined) return undefined;
    const { admission } = answer;
    if (admission === undefined) return { ...this.#entryOf(event), event };
    return 'note' in admission ? { ...this.#entryOf(event), event, note: admission.note } : undefined;
  }

  /** Lane-specific data for every second event, if the destination asks for it. */
  #entryOf({ id }: TrackingEvent): Partial<LaneEvent> {
    const { needs = [], resolvers = [] } = this.destination;
    if (Number.parseInt(id.slice(-1), 16) % 2 === 0) return {};
    return {
      ...(resolvers.length > 0 && { browser: BROWSER }),
      ...(needs.includes('person') && { person: PERSON }),
      ...(needs.includes('consent') && { consent: CONSENT }),
    };
  }

  /** The accepted ones of the given events; by default one event of each type and the generated events. */
  allAdmitted(events: readonly TrackingEvent[] = everyEvent(this.setup)): LaneEvent[] {
    return events.flatMap((event) => this.admitted(event) ?? []);
  }

  /** Batches as a lane cuts them: within the limits, one part each. */
  batches(all: readonly LaneEvent[]): LaneEvent[][] {
    const { destination } = this;
    const max = destination.batch?.maxEvents ?? limitsOf(destination).maxEvents;
    const parts = new Map<string, LaneEvent[]>();
    for (const held of all) {
      const part = guarded(() => destination.partition?.(held) ?? '') ?? held.event.id;
      parts.set(part, [...(parts.get(part) ?? []), held]);
    }
    return [...parts.values()].flatMap((events) =>
      Array.from({ length: Math.ceil(events.length / max) }, (_, n) => events.slice(n * max, (n + 1) * max)),
    );
  }

  /**
   * The request of one attempt; undefined if `encode` throws, which the rule `encode` reports. The events are copies, and the
   * wall clock stands still, so only the destination itself can make two calls differ.
   */
  request(
    batch: readonly LaneEvent[],
    attempt: Partial<Attempt> = {},
    date = START,
  ): OutgoingRequest | undefined {
    const { fresh } = this.setup;
    const given = { now: START, number: 1, ...(fresh !== undefined && { credentials: fresh }), ...attempt };
    const copies = batch.map((held) => structuredClone(held));
    return guarded(() => atDate(date, () => this.destination.encode(copies, given)));
  }

  /** The same request as one text, to compare requests. */
  text(batch: readonly LaneEvent[], attempt?: Partial<Attempt>): string | undefined {
    const request = this.request(batch, attempt);
    return request && guarded(() => requestText(request));
  }
}
