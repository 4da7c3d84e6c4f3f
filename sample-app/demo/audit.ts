import type { CollectorClient, Received } from './collector-client.js';
import { ALIASES, type Expected, PROPERTIES } from './happening.js';
import type { Ledger } from './ledger.js';
import { forgottenEvents, missing, refused, surplus, tooManyUnknown } from './audit.messages.js';
import { type Platform, PLATFORMS } from './settings.js';

/** One kind of event at one platform: what shoppers did, and what the platform has. */
export interface AuditRow {
  readonly name: string;
  /** In the ledger: events that must arrive, and uncertain ones that did arrive. */
  done: number;
  /** Those of `done` that the platform has: same person, same name, right second. */
  arrived: number;
  /** Events that the platform has a second time, as another event. */
  doubled: number;
  /** Events that came again; the platform recognised them and did not count them. */
  repeats: number;
}

/** Events that may or may not have been accepted, because a shop was killed. */
export interface Unsure {
  total: number;
  arrived: number;
}

/** What one platform got. */
export interface PlatformAudit {
  readonly platform: Platform;
  readonly title: string;
  readonly rows: readonly AuditRow[];
  readonly unsure: Readonly<Record<NonNullable<Expected['unsure']>, Unsure>>;
  /** Events that arrived, each with the time of the shop's answer, and how long after it the event arrived. */
  readonly delays: readonly { readonly answered: number; readonly ms: number }[];
  /** One sentence for each event that is missing, not stored or unexpected. */
  readonly problems: readonly string[];
}

/** Events of one sign-up that was cut off, so that its id is unknown: the event, an alias, and two calls that set properties. */
const MAX_OF_SIGN_UP = 4;

/** Compares what each platform received with what shoppers did, event by event. */
export async function audit(ledger: Ledger, collector: CollectorClient): Promise<PlatformAudit[]> {
  const [counts, { events, forgotten }] = await Promise.all([collector.counts(), collector.events()]);
  return PLATFORMS.map((platform) => {
    const title = counts.find((each) => each.platform === platform)?.title ?? platform;
    const received = events.filter((each) => each.platform === platform);
    const audited = auditPlatform(ledger, platform, title, received);
    if (forgotten > 0) audited.problems.push(forgottenEvents(forgotten));
    return audited;
  });
}

function auditPlatform(ledger: Ledger, platform: Platform, title: string, received: readonly Received[]) {
  const rows = new Map<string, AuditRow>();
  const row = (name: string): AuditRow => {
    let known = rows.get(name);
    if (!known) rows.set(name, (known = { name, done: 0, arrived: 0, doubled: 0, repeats: 0 }));
    return known;
  };
  const problems: string[] = [];
  const delays: { answered: number; ms: number }[] = [];
  const unsure = { 'cut off': { total: 0, arrived: 0 }, unwritten: { total: 0, arrived: 0 } };

  const left = grouped(
    received.filter((each) => isStored(each, row, problems)),
    keyOf,
  );
  const expected = ledger.expectedAt(platform);
  for (const [key, events] of grouped(expected, (event) => keyOfExpected(event, platform))) {
    const found = left.get(key) ?? [];
    left.delete(key);
    // Certain events first, so that no uncertain one is matched in their place.
    for (const event of events.toSorted((a, b) => Number(isUnsure(a)) - Number(isUnsure(b)))) {
      const at = found.findIndex((each) => isAt(each, event));
      const [arrived] = at === -1 ? [] : found.splice(at, 1);
      if (event.unsure !== undefined) {
        unsure[event.unsure].total++;
        if (!arrived) continue;
        unsure[event.unsure].arrived++;
      }
      row(event.name).done++;
      if (!arrived) problems.push(missing(title, event.name, event.person[platform]));
      else {
        row(event.name).arrived++;
        if (event.answered !== undefined) {
          delays.push({ answered: event.answered, ms: arrived.receivedAt - event.answered });
        }
      }
    }
    for (const each of found) {
      const isSecond = events.some((event) => isAt(each, event));
      if (isSecond) row(rowOf(each)).doubled++;
      problems.push(surplus(title, rowOf(each), idOf(each), isSecond));
    }
  }

  const people = new Set(expected.map(({ person }) => person[platform]));
  let strange = 0;
  for (const each of [...left.values()].flat()) {
    if (people.has(idOf(each))) problems.push(surplus(title, rowOf(each), idOf(each), false));
    else strange++;
  }
  if (strange > ledger.signUpsCutOff * MAX_OF_SIGN_UP) problems.push(tooManyUnknown(title, strange));
  return {
    platform,
    title,
    rows: [...rows.values()].sort((a, b) => b.done - a.done),
    unsure,
    delays,
    problems,
  };
}

/** Whether the platform stores the event; reports it if not. */
function isStored(each: Received, row: (name: string) => AuditRow, problems: string[]): boolean {
  if (each.outcome === 'duplicate') row(rowOf(each)).repeats++;
  else if (each.outcome !== 'delivered') {
    problems.push(refused(each.platform, rowOf(each), each.outcome, each.problems));
  }
  return each.outcome === 'delivered';
}

function rowOf({ kind, name }: Received): string {
  if (kind === 'alias') return ALIASES;
  return kind === 'track' ? name : PROPERTIES;
}

function idOf({ userId, anonymousId }: Received): string {
  return userId ?? anonymousId ?? '';
}

/** What an event and the ledger's entry of it have in common, apart from the time. */
function keyOf(each: Received): string {
  return `${rowOf(each)} ${each.kind === 'alias' ? [idOf(each), each.name].sort().join(' ') : idOf(each)}`;
}

function keyOfExpected({ name, person, otherId }: Expected, platform: Platform): string {
  const id = person[platform];
  return `${name} ${otherId === undefined ? id : [id, otherId].sort().join(' ')}`;
}

/** In seconds: KISSmetrics knows no smaller unit. */
function isAt({ time, receivedAt }: Received, { from, until }: Expected): boolean {
  const second = Math.floor((time ?? receivedAt) / 1_000);
  return Math.floor(from / 1_000) <= second && second <= Math.floor(until / 1_000);
}

function isUnsure({ unsure }: Expected): boolean {
  return unsure !== undefined;
}

function grouped<T>(list: readonly T[], keyOfEach: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of list) {
    const key = keyOfEach(each);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}
