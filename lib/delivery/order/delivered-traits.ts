import { isNewer, type PersonCall } from './person-call.js';

/** The estimated heap of one lane: about 8,000 people with ten traits and one id each. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A call, its list and its place in the map. */
const CALL_BYTES = 350;
/** Names are mostly shared strings, so only the reference counts. */
const NAME_BYTES = 8;
/** Calls that set different traits, for each id. */
const CALLS_PER_KEY = 8;
/** Delivered aliases that are remembered. */
const MAX_JOINED = 8_000;

/** The part of a call that newer calls have replaced. */
export interface Replaced {
  readonly names: ReadonlySet<string>;
  /** No part of it is left to send. */
  readonly isWhole: boolean;
}

/**
 * The traits that a lane has delivered, by person and call. A late event (recovered, or a redriven dead letter) does not
 * overwrite them. The people whose traits were delivered longest ago are forgotten first.
 */
export class DeliveredTraits {
  readonly #calls = new Map<string, readonly PersonCall[]>();
  /** By the key of a previous id, that of the person's own id. */
  readonly #joined = new Map<string, string>();
  #bytes = 0;

  constructor(private readonly maxBytes = MAX_BYTES) {}

  add(call: PersonCall): void {
    if (call.type === 'alias') this.#join(call);
    if (call.type === 'alias' || call.names.length === 0) return;
    for (const key of keysOf(call)) {
      const known = this.#take(key).filter((other) => !covers(call, other));
      const calls = [...known, call].slice(-CALLS_PER_KEY);
      this.#calls.set(key, calls);
      this.#bytes += bytesOf(key, calls);
    }
    for (const key of this.#calls.keys()) {
      if (this.#bytes <= this.maxBytes) return;
      this.#take(key);
    }
  }

  /** The part of a call that newer delivered calls have replaced; undefined if none. */
  replaced(call: PersonCall): Replaced | undefined {
    if (call.type === 'alias') return undefined;
    const names = new Set<string>();
    let sameKeys = false;
    for (const key of keysOf(call)) {
      for (const known of this.#known(key, call)) {
        for (const name of known.names) names.add(name);
        sameKeys ||= call.keys.every((each) => known.keys.includes(this.#joined.get(each) ?? each));
      }
    }
    if (names.size === 0) return undefined;
    return { names, isWhole: sameKeys && call.names.every((name) => names.has(name)) };
  }

  /** Forgets every call about a person, also under other ids and under a group. @param keys undefined: of all people */
  forget(keys: readonly string[] | undefined): void {
    const isOfThem = (key: string): boolean => keys?.includes(key) ?? true;
    for (const [key, calls] of this.#calls) {
      const left = calls.filter((call) => !call.keys.some(isOfThem));
      if (left.length === calls.length) continue;
      this.#take(key);
      if (left.length === 0) continue;
      this.#calls.set(key, left);
      this.#bytes += bytesOf(key, left);
    }
    for (const [previous, person] of this.#joined) {
      if (isOfThem(previous) || isOfThem(person)) this.#joined.delete(previous);
    }
  }

  /** Newer calls about the same person or group, under a key and under the key of its alias. */
  #known(key: string, call: PersonCall): readonly PersonCall[] {
    // If there is a user id, the browser's id does not identify the person.
    const joined = key === call.keys[0] ? this.#joined.get(key) : undefined;
    const own = this.#calls.get(key)?.filter((known) => isOfSame(known, call)) ?? [];
    const others = joined === undefined ? [] : (this.#calls.get(joined) ?? []);
    return [...own, ...others].filter((known) => known.type === call.type && isNewer(known, call));
  }

  #join({ keys }: PersonCall): void {
    const [person, previous] = [keys[0]!, keys.at(-1)!];
    if (person === previous) return;
    this.#joined.delete(previous);
    this.#joined.set(previous, person);
    for (const oldest of this.#joined.keys()) {
      if (this.#joined.size <= MAX_JOINED) return;
      this.#joined.delete(oldest);
    }
  }

  #take(key: string): readonly PersonCall[] {
    const calls = this.#calls.get(key);
    if (calls === undefined) return [];
    this.#calls.delete(key);
    this.#bytes -= bytesOf(key, calls);
    return calls;
  }
}

/** The keys of a call's traits: the group, or each id of the person. */
function keysOf({ group, keys }: PersonCall): readonly string[] {
  return group === undefined ? keys : [group];
}

/** Whether two calls are about the same person or group: a browser's id may be that of two people in turn. */
function isOfSame(one: PersonCall, other: PersonCall): boolean {
  const areKnown = one.userId !== undefined && other.userId !== undefined;
  return one.group !== undefined || !areKnown || one.userId === other.userId;
}

/** Whether the older call need not be remembered beside the newer one. */
function covers(newer: PersonCall, older: PersonCall): boolean {
  return (
    newer.type === older.type &&
    isNewer(newer, older) &&
    (newer.group !== undefined || newer.userId === undefined || newer.userId === older.userId) &&
    older.names.every((name) => newer.names.includes(name))
  );
}

function bytesOf(key: string, calls: readonly PersonCall[]): number {
  let bytes = 2 * key.length;
  for (const { names } of calls) bytes += CALL_BYTES + NAME_BYTES * names.length;
  return bytes;
}
