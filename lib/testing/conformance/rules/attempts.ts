import type { OutgoingRequest } from '../../../destinations/destination.js';
import { fromEventJson, toEventJson } from '../../../event/event-json.js';
import type { LaneEvent } from '../../../event/lane-event.js';
import { conformanceMessages } from '../conformance.messages.js';
import { Encoder } from '../encoder.js';
import { requestText, requestValues } from '../request-values.js';
import { START } from '../sample-events.js';
import type { Subject } from '../subject.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** An unusual time, so that no event has it. */
const NOW = START + 5_700;
const LATER = NOW + 3 * DAY_MS + 7 * MINUTE_MS + 1_234;
const ATTEMPTS = [2, 7];
/** Headers by which a platform recognises a repeated request. */
const REQUEST_ID = /^(?:.*-)?(?:idempotency-key|request-id|message-id|webhook-id|batch-id)$/;

/** Batches of plain and of generated events. */
function batchesOf(encoder: Encoder): LaneEvent[][] {
  const all = encoder.allAdmitted();
  return [...all.slice(0, 20).map((held) => [held]), ...encoder.batches(all)];
}

/** The same attempt is the same request: once more, after a restart, and with events from the journal. */
function repeatable(setup: Subject): void {
  const [one, other] = [new Encoder(setup), new Encoder(setup)];
  for (const batch of batchesOf(one)) {
    const first = one.request(batch, { now: NOW });
    if (first === undefined) continue;
    const again = {
      again: one.request(batch, { now: NOW }),
      restart: other.request(batch, { now: NOW }),
      journal: other.request(batch.map(stored), { now: NOW }),
    };
    for (const when of ['again', 'restart', 'journal'] as const) {
      const request = again[when];
      const places = request === undefined ? [] : placesOf(first, request);
      if (places.length > 0) throw new Error(conformanceMessages.notRepeatable(when, places));
    }
  }
}

/** The event as read from the journal. */
function stored(held: LaneEvent): LaneEvent {
  const json = JSON.stringify(toEventJson(held.event));
  return { ...held, event: fromEventJson(json, held.event.lanes), json };
}

/** The request of a first attempt; undefined if it is not repeatable, which the rule `repeatable` reports. */
function steady(setup: Subject, encoder: Encoder, batch: LaneEvent[]): OutgoingRequest | undefined {
  const first = encoder.request(batch, { now: NOW });
  const others = [encoder, new Encoder(setup)].map((each) => each.text(batch, { now: NOW }));
  return first && others.every((text) => text === requestText(first)) ? first : undefined;
}

/** Another attempt differs by its number and its time only. */
function attempts(setup: Subject): void {
  const encoder = new Encoder(setup);
  for (const batch of batchesOf(encoder)) {
    const first = steady(setup, encoder, batch);
    if (first === undefined) continue;
    for (const number of ATTEMPTS) {
      const next = encoder.request(batch, { now: NOW, number });
      if (next === undefined) continue;
      const wrong = placesOf(first, next, (_, [, value]) => isCount(value, number));
      if (wrong.length > 0) throw new Error(conformanceMessages.changesWithAttempt(wrong));
    }
    const later = encoder.request(batch, { now: LATER });
    if (later === undefined) continue;
    const wrong = placesOf(first, later, isFresh);
    if (wrong.length > 0) throw new Error(conformanceMessages.changesWithTime(wrong));
  }
}

/** A number of attempts or of retries. */
function isCount(value: string | undefined, number: number): boolean {
  return value === String(number) || value === String(number - 1);
}

/** The time of the attempt, or a header, which may be a signature over it. */
function isFresh(place: string, [one, other]: Values): boolean {
  if (place.startsWith('header.') && !REQUEST_ID.test(place.slice('header.'.length))) return true;
  return isTime(one, NOW) && isTime(other, LATER);
}

/** A time in any usual form, exact to the second. */
function isTime(text: string | undefined, ms: number): boolean {
  if (text === undefined) return false;
  const near = (value: number): boolean => Math.abs(value - ms) <= 1_000;
  const number = Number(text);
  if (Number.isNaN(number)) return near(Date.parse(text));
  return [1_000, 1, 1e-3, 1e-6].some((unit) => near(number * unit));
}

/** Time comes from the attempt alone, fresh for each. */
function clock(setup: Subject): void {
  const encoder = new Encoder(setup);
  for (const batch of batchesOf(encoder)) {
    const first = steady(setup, encoder, batch);
    if (first === undefined) continue;
    const shifted = encoder.request(batch, { now: NOW }, START + 400 * DAY_MS);
    if (shifted !== undefined && requestText(shifted) !== requestText(first)) {
      throw new Error(conformanceMessages.readsClock(placesOf(first, shifted)));
    }
    const later = encoder.request(batch, { now: LATER });
    const fresh = new Encoder(setup).request(batch, { now: LATER });
    if (later && fresh && requestText(later) !== requestText(fresh)) {
      throw new Error(conformanceMessages.keepsTime(placesOf(later, fresh)));
    }
  }
}

export const ATTEMPT_RULES = { repeatable, attempts, clock };

type Values = readonly [string | undefined, string | undefined];

/** The places at which two requests differ, without those that may. */
function placesOf(
  one: OutgoingRequest,
  other: OutgoingRequest,
  mayDiffer: (place: string, values: Values) => boolean = () => false,
): string[] {
  const [a, b] = [requestValues(one), requestValues(other)];
  const places = [...new Set([...a.keys(), ...b.keys()])];
  return places.filter((place) => {
    const values = [a.get(place), b.get(place)] as const;
    return values[0] !== values[1] && !mayDiffer(place, values);
  });
}
