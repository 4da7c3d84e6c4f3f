import type { Admission } from '../../../destinations/destination.js';
import { REASONS } from '../../../event/reasons.js';
import { fromEventJson, toEventJson } from '../../../event/event-json.js';
import type { LaneEvent } from '../../../event/lane-event.js';
import type { TrackingEvent } from '../../../event/tracking-event.js';
import { guarded } from '../../../host/guarded.js';
import { conformanceMessages } from '../conformance.messages.js';
import { Encoder } from '../encoder.js';
import { everyEvent } from '../generated-events.js';
import { aSample, allTypes, START } from '../sample-events.js';
import type { Subject } from '../subject.js';
import { deepFrozen } from '../../../event/json-values.js';
import { atDate, orBroken, watchedEvent } from '../untrusted-code.js';

const WORDS: ReadonlySet<unknown> = new Set(REASONS);
const MANY = 2_000;
const YEAR_MS = 31_536_000_000;

/** Each type is sent as the platform's operation for it, or declined with a `Reason`. */
function types(setup: Subject): void {
  const encoder = new Encoder(setup);
  const plain = [...allTypes(), aSample({ userId: undefined as never, anonymousId: 'visitor-1' })];
  let accepted = 0;
  for (const event of [...plain, ...everyEvent(setup)]) {
    // The rule `accept` reports an error.
    const answer = guarded(() => ({ admission: admission(encoder, event) }));
    if (answer === undefined) continue;
    if (answer.admission !== undefined && 'declined' in answer.admission) {
      if (!WORDS.has(answer.admission.declined))
        throw new Error(conformanceMessages.unknownReason(event.type));
      continue;
    }
    accepted++;
    if (plain.includes(event)) sentAsItself(encoder, event);
  }
  if (accepted === 0) throw new Error(conformanceMessages.declinesAll());
}

/** An `identify` that is built like a `track` of that name would be counted as a `track`. */
function sentAsItself(encoder: Encoder, event: TrackingEvent): void {
  if (event.type === 'track') return;
  const { groupId: _, previousId: __, ...rest } = event;
  const track = encoder.admitted({ ...rest, type: 'track' });
  const held = encoder.admitted(event);
  if (track === undefined || held === undefined) return;
  const text = encoder.text([held]);
  if (text !== undefined && text === encoder.text([track]))
    throw new Error(conformanceMessages.typeIgnored(event.type));
}

/** `accept` decides by the event alone, reads few of its properties, and changes nothing. */
function accept(setup: Subject): void {
  const [one, other] = [new Encoder(setup), new Encoder(setup)];
  for (const event of everyEvent(setup)) {
    const before = JSON.stringify(event);
    const said = orBroken(
      () => admission(one, event),
      (error) => conformanceMessages.acceptThrows(event.type, error),
    );
    if (!isAdmission(said)) throw new Error(conformanceMessages.noAdmission(event.type));
    if (JSON.stringify(event) !== before) throw new Error(conformanceMessages.acceptChanges(event.type));
    // A new destination at another time stands for another process.
    const later = guarded(() => ({ said: admission(other, event, START + YEAR_MS) }));
    if (JSON.stringify({ said }) !== JSON.stringify(later)) {
      throw new Error(conformanceMessages.acceptDiffers(event.type));
    }
  }
  for (const event of allTypes()) {
    const members = Array.from({ length: MANY }, (_, n) => [`member_${n}`, n] as const);
    const large = event.type === 'alias' ? {} : Object.fromEntries(members);
    const watched = watchedEvent({ ...event, properties: large });
    guarded(() => new Encoder(setup).destination.accept?.(watched.event));
    if (watched.seen.changes > 0) throw new Error(conformanceMessages.acceptChanges(event.type));
    if (watched.seen.reads >= MANY) throw new Error(conformanceMessages.acceptReadsAll(event.type, MANY));
  }
}

/** The same event is always in the same part: after a restart, and when read from the journal. */
function partition(setup: Subject): void {
  const [one, other] = [new Encoder(setup), new Encoder(setup)];
  for (const held of one.allAdmitted()) {
    if (one.destination.partition === undefined) return;
    const part = orBroken(() => partOf(one, held, START), conformanceMessages.noPart);
    if (typeof part !== 'string') throw new Error(conformanceMessages.noPart(typeof part));
    const stored = fromEventJson(JSON.stringify(toEventJson(held.event)), held.event.lanes);
    const again = [
      () => partOf(one, held, START + YEAR_MS),
      () => partOf(other, held, START),
      () => partOf(other, { ...held, event: stored }, START),
    ];
    if (again.some((each) => guarded(each) !== part)) throw new Error(conformanceMessages.partChanges());
  }
}

export const ADMISSION_RULES = { types, accept, partition };

function partOf({ destination }: Encoder, held: LaneEvent, date: number): unknown {
  return atDate(date, () => destination.partition?.(structuredClone(held)));
}

/** The result of `accept` for a frozen event. */
function admission({ destination }: Encoder, event: TrackingEvent, date = START): Admission {
  return atDate(date, () => destination.accept?.(deepFrozen(event)));
}

function isAdmission(said: unknown): boolean {
  if (said === undefined) return true;
  if (typeof said !== 'object' || said === null || typeof (said as { then?: unknown }).then === 'function') {
    return false;
  }
  if ('declined' in said) return true;
  if (!('note' in said)) return false;
  const { note } = said;
  return (
    note !== undefined && JSON.stringify(JSON.parse(JSON.stringify(note) ?? 'null')) === JSON.stringify(note)
  );
}
