import type { JsonObject, JsonValue, TrackingEvent } from '../../event/tracking-event.js';
import type { ConformanceSetup } from './conformance-setup.js';
import { allTypes, aSample, START } from './sample-events.js';

const DAY_MS = 86_400_000;
/** 1980-01-01T00:00:00Z, the oldest time that a call may give. */
const OLDEST = 315_532_800_000;
const MAX_NAME = 1_000;

const TEXTS = [
  '',
  ' ',
  'plain',
  'Ω≈ç√ 漢字',
  '👩‍👩‍👧 ‮rtl',
  '\ud800 half a pair \udc00',
  '\u0000\u0007\u001b\u2028\r\n\t',
  '"quotes" \\ back\\slash',
  '<script>&amp;</script>',
  'a,b:c_d;e=f&g%20h+i',
  '__proto__',
  'constructor',
  'toString',
  '_n',
  '$set',
  'true',
  '-0',
  '1e999',
  '2026-01-01T00:00:00Z',
];
const NUMBERS = [0, -0, 1, -1.5, 0.1, 1e21, 5e-324, 1.7976931348623157e308, Number.MAX_SAFE_INTEGER];

/** Reproducible pseudo-random events, with values that are valid and unusual. */
class EventGenerator {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b;
  }

  events(count: number): TrackingEvent[] {
    return Array.from({ length: count }, () => this.event());
  }

  event(): TrackingEvent {
    const type = this.#pick(['track', 'track', 'track', 'identify', 'group', 'alias'] as const);
    const isVisitor = type !== 'alias' && this.#below(4) === 0;
    const plain = aSample({ type });
    const { userId: _, ...anonymous } = plain;
    return {
      ...(isVisitor || this.#below(3) > 0 ? anonymous : plain),
      ...(!isVisitor && { userId: this.#id() }),
      ...((isVisitor || this.#below(4) === 0) && { anonymousId: this.#id() }),
      ...(type === 'track' && { name: this.#name() }),
      ...(type === 'group' && { groupId: this.#id() }),
      ...(type === 'alias' && { previousId: this.#id() }),
      timestamp: this.#pick([START, START - 1, START - DAY_MS * 30, START + DAY_MS - 1, OLDEST]),
      properties: type === 'alias' ? {} : this.#object(0),
      ...(this.#below(3) === 0 && {
        context: { page: { url: 'https://shop.example/teapots?q=1' }, note: this.#text() },
      }),
      ...(this.#below(3) === 0 && { source: 'OrdersController.create' }),
    };
  }

  #name(): string {
    const name = `${this.#text()}${this.#pick(['', 'Order', ' Paid'])}`.slice(0, MAX_NAME);
    return name.trim() === '' ? 'Order Completed' : name;
  }

  #id(): string {
    const text = this.#below(3) === 0 ? this.#text() : `person ${this.#below(1_000)}@example.com`;
    return text.trim() === '' ? 'person' : text;
  }

  #text(): string {
    const text = this.#pick(TEXTS);
    return this.#below(40) === 0 ? text.repeat(this.#below(1_000) + 1) : text;
  }

  #object(level: number): JsonObject {
    const members = Array.from({ length: this.#below(level === 0 ? 12 : 5) }, (): [string, JsonValue] => [
      this.#below(2) === 0 ? `member ${this.#below(20)}` : this.#text().slice(0, 300),
      this.#value(level + 1),
    ]);
    // JSON.parse() creates such a member.
    return Object.fromEntries(members);
  }

  #value(level: number): JsonValue {
    switch (this.#below(level > 4 ? 4 : 6)) {
      case 0:
        return this.#text();
      case 1:
        return this.#pick(NUMBERS);
      case 2:
        return this.#below(2) === 0;
      case 3:
        return null;
      case 4:
        return Array.from({ length: this.#below(4) }, () => this.#value(level + 1));
      default:
        return this.#object(level);
    }
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)]!;
  }

  /** A whole number from 0 to below a limit (mulberry32). */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }
}

const RUNS = 100;

/** One event of each type, and the generated events of a setup: the same for each of its rules. */
export function everyEvent({ runs = RUNS, seed = 1 }: ConformanceSetup): TrackingEvent[] {
  return [...allTypes(), ...new EventGenerator(seed).events(runs)];
}
