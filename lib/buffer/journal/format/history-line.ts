import type { EventType } from '../../../event/tracking-event.js';
import type { Reason } from '../../../event/reasons.js';
import type { UnknownObject } from '../../../event/json-values.js';
import { lineKind } from './checked-line.js';
import { countOf, isRangeList, type RangeList } from './ranges.js';
import { isNumber, isText, listOf, optional } from './shape.js';

/** The number of equal events of a deleted segment. */
export interface HistoryCount {
  readonly segment: string;
  /** Of acceptance, in UTC: `2026-11-23T15`. Empty for an erased event. */
  readonly hour: string;
  readonly type: EventType | '';
  readonly name: string;
  readonly lane: string;
  /** `redriven`: was a dead letter; a later record of the same event replaces it. */
  readonly state: 'delivered' | 'dead' | 'dropped' | 'redriven';
  readonly reason?: Reason | undefined;
  /** They were sent again on demand, and not accepted again. */
  readonly replayed?: true | undefined;
  readonly count: number;
  /** Of `dead`: the numbers of the records. The folder's dead letters have their later outcomes. */
  readonly seqs?: RangeList | undefined;
}

/** The row of erased events: they are counted without any of their data. */
export const ERASED = { hour: '', type: '', name: '(erased)' } as const;

/** The keyed events of a deleted segment, until their keys expire. */
export interface HistoryKeys {
  readonly segment: string;
  /** Ids with the time of acceptance, in epoch milliseconds. */
  readonly keys: readonly (readonly [string, number])[];
  /** More lines of the segment follow. The last line marks the segment as complete. */
  readonly more?: true | undefined;
}

/** A kept line about a deleted segment. */
export type HistoryLine = HistoryCount | HistoryKeys;

/** Equal for events that are counted together. */
export function rowKey(row: Omit<HistoryCount, 'segment' | 'count'>): string {
  const { hour, type, name, lane, state, reason, replayed } = row;
  return JSON.stringify([hour, type, name, lane, state, reason, replayed]);
}

const KEYS_PER_LINE = 1_000;

/** Keys of a segment as lines that are short enough; at least one, because it marks the segment as complete. */
export function* keyLines(segment: string, keys: HistoryKeys['keys']): Generator<HistoryKeys> {
  for (let at = 0; at === 0 || at < keys.length; at += KEYS_PER_LINE) {
    const more = at + KEYS_PER_LINE < keys.length ? true : undefined;
    yield { segment, keys: keys.slice(at, at + KEYS_PER_LINE), more };
  }
}

const COUNTS = lineKind<HistoryCount>({
  segment: isText,
  hour: isText,
  type: isText,
  name: isText,
  lane: isText,
  state: isText,
  reason: optional(isText),
  replayed: () => true,
  count: (count) => Number.isSafeInteger(count) && (count as number) >= 0,
  seqs: optional(isRangeList),
});
const isKey = (key: unknown): boolean =>
  Array.isArray(key) && key.length === 2 && isText(key[0]) && isNumber(key[1]);
const KEYS = lineKind<HistoryKeys>({
  segment: isText,
  keys: listOf(isKey),
  more: optional((more) => more === true),
});

export function encodeHistory(line: HistoryLine): string {
  return 'keys' in line ? KEYS.encode(line) : COUNTS.encode(line);
}

/** The history in a checked line; `undefined` for any other line. */
export function historyOf(value: UnknownObject): HistoryLine | undefined {
  if ('keys' in value) return KEYS.read(value);
  const line = COUNTS.read(value);
  return line?.seqs === undefined || countOf(line.seqs) === line.count ? line : undefined;
}
