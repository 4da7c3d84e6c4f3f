import type { Recorded } from '../collector/ledger.js';
import type { CollectorClient } from './collector-client.js';
import { count } from './count.js';
import { ALIASES, type Expected, type Ledger, PROPERTIES } from './ledger.js';

/** One kind of event: what shoppers did, and what the collector counted. */
export interface AuditRow {
  readonly name: string;
  /** In the ledger: events that must arrive, and uncertain ones that did arrive. */
  done: number;
  /** Those of `done` that the collector has: same person, same name, right second. */
  found: number;
  /** Requests that the collector received. */
  received: number;
  /** What the platform's reports would show: once per person, name and second. */
  counted: number;
}

/** Events that may or may not have been accepted, because a shop was killed. */
export interface Unsure {
  total: number;
  arrived: number;
}

export interface Audit {
  readonly rows: readonly AuditRow[];
  readonly unsure: Readonly<Record<NonNullable<Expected['unsure']>, Unsure>>;
  /** One sentence for each event that is missing or unexpected at the collector. */
  readonly problems: readonly string[];
}

const AT_ONCE = 16;
/** Requests of one sign-up that was cut off, so that its id is unknown: the event, and two calls that set properties. */
const MAX_OF_SIGN_UP = 3;

/** Compares the collector's events with what shoppers did, person by person. */
export async function audit(ledger: Ledger, collector: CollectorClient): Promise<Audit> {
  const rows = new Map<string, AuditRow>();
  const problems: string[] = [];
  const unsure = { 'cut off': { total: 0, arrived: 0 }, unwritten: { total: 0, arrived: 0 } };
  const row = (name: string): AuditRow => {
    let known = rows.get(name);
    if (!known) rows.set(name, (known = { name, done: 0, found: 0, received: 0, counted: 0 }));
    return known;
  };

  const expected = expectedByPerson(ledger);
  const recorded = await recordedByPerson([...expected.keys()], collector);

  for (const [person, events] of expected) {
    const fresh: Recorded[] = [];
    for (const each of recorded.get(person)!) {
      row(rowOf(each)).received++;
      if (each.duplicate) continue;
      row(rowOf(each)).counted++;
      fresh.push(each);
    }
    // Certain events first, so that no uncertain one is matched in their place.
    for (const event of events.toSorted(
      (a, b) => Number(a.unsure !== undefined) - Number(b.unsure !== undefined),
    )) {
      const at = fresh.findIndex((each) => rowOf(each) === event.name && isAbout(each, event));
      const arrived = at !== -1;
      if (event.unsure !== undefined) {
        unsure[event.unsure].total++;
        if (!arrived) continue;
        unsure[event.unsure].arrived++;
      }
      row(event.name).done++;
      if (!arrived) problems.push(`missing: ${event.name} of ${person}, ${span(event)}`);
      else {
        fresh.splice(at, 1);
        row(event.name).found++;
      }
    }
    for (const each of fresh) problems.push(`unexpected: ${rowOf(each)} of ${person}, second ${each.second}`);
  }

  const { byProduct, invalid } = await collector.stats();
  const received = Object.values(byProduct).reduce((sum, count) => sum + count, invalid);
  const seen = [...rows.values()].reduce((sum, each) => sum + each.received, invalid);
  if (invalid > 0) problems.push(count(invalid, 'invalid request'));
  if (received - seen > ledger.signUpsCutOff * MAX_OF_SIGN_UP) {
    problems.push(`${count(received - seen, 'request')} for unknown people`);
  }
  return { rows: [...rows.values()].sort((a, b) => b.done - a.done), unsure, problems };
}

function expectedByPerson(ledger: Ledger): Map<string, Expected[]> {
  const people = new Map<string, Expected[]>();
  for (const event of ledger.expected) {
    const known = people.get(event.person);
    if (known) known.push(event);
    else people.set(event.person, [event]);
  }
  return people;
}

async function recordedByPerson(
  people: readonly string[],
  collector: CollectorClient,
): Promise<Map<string, Recorded[]>> {
  const recorded = new Map<string, Recorded[]>();
  const left = people.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const person of left) recorded.set(person, await collector.of(person));
    }),
  );
  return recorded;
}

function rowOf({ kind, name }: Recorded): string {
  if (kind === 'event') return name;
  return kind === 'alias' ? ALIASES : PROPERTIES;
}

function isAbout(each: Recorded, { from, until, otherId }: Expected): boolean {
  if (otherId !== undefined) return each.name === otherId;
  return Math.floor(from / 1_000) <= each.second && each.second <= Math.floor(until / 1_000);
}

function span({ from, until }: Expected): string {
  const of = (ms: number): string => String(Math.floor(ms / 1_000));
  if (until === Number.MAX_SAFE_INTEGER) return 'any second';
  return from === until ? `second ${of(from)}` : `seconds ${of(from)} to ${of(until)}`;
}
