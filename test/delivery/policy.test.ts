import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AttemptResult } from '../../lib/delivery/reading.js';
import type { Outcome } from '../../lib/destinations/destination.js';
import { answer, LaneBench, type Sent } from '../support/a-lane.js';

/** How the platform fares for a while. */
interface Phase {
  readonly forMs: number;
  readonly mode: Mode;
  readonly latencyMs: number;
}

type Mode =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  /** Each event by its own. */
  | { readonly kind: 'perEvent'; readonly seed: number }
  /** One instance of several is broken. */
  | { readonly kind: 'flaky'; readonly status: number };

const RETRIED = [500, 502, 503, 408];
const REFUSED = [400, 413, 422, 451];
const PARKED = [401, 403, 404, 302, 415];
const MAX_RETRY_AFTER_MS = 300_000;
/** The shortest pause: half of the first one. */
const MIN_PAUSE_MS = 250;

const healthy: Mode = { kind: 'healthy' };
const outage = fc.oneof(
  fc.constant<Mode>({ kind: 'unreachable' }),
  fc.constantFrom(...RETRIED).map<Mode>((status) => ({ kind: 'status', status })),
  fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom(429, 503),
    retryAfter: fc.nat(600),
  }),
);
const refusal = fc.constantFrom(...REFUSED, ...PARKED).map<Mode>((status) => ({ kind: 'status', status }));
const anything = fc.oneof(
  fc.constant(healthy),
  outage,
  refusal,
  fc.record({ kind: fc.constant('perEvent' as const), seed: fc.nat(1_000) }),
  fc.record({
    kind: fc.constant('flaky' as const),
    status: fc.constantFrom(...RETRIED, ...REFUSED, ...PARKED),
  }),
);
const phases = (mode: fc.Arbitrary<Mode>, maxLength = 5) =>
  fc.array(
    fc.record({
      forMs: fc.integer({ min: 1, max: 90_000 }),
      mode,
      latencyMs: fc.integer({ min: 1, max: 2_000 }),
    }),
    { maxLength },
  );

const arrivals = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.nat(20_000)),
    count: fc.integer({ min: 1, max: 12 }),
    poison: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 10 },
);
const shape = fc.record({
  maxEvents: fc.constantFrom(1, 2, 5, 20),
  concurrency: fc.constantFrom(1, 2, 8),
  maxDelayMs: fc.constantFrom(0, 1_000),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** A lane, its platform, and everything that must hold at every step. */
class Model {
  readonly bench: LaneBench;
  readonly poison = new Set<string>();
  readonly given: string[] = [];
  /** Ids that the platform accepted with an answer. */
  readonly acknowledged = new Set<string>();
  /** Ids that the platform named as never to be taken. */
  readonly named = new Set<string>();
  #phases: { readonly until: number; readonly mode: Mode; readonly latencyMs: number }[] = [];
  #heldUntil = 0;
  /** By event: how its refusals lie among the successes. */
  readonly #refusals = new Map<string, { aloneAfterSuccess: boolean; refusedAt: number }>();
  /** When each attempt that succeeded began, and when it was answered. */
  readonly #successes: { readonly began: number; readonly ended: number }[] = [];
  readonly #underWay = new Set<Sent>();
  #probes = new Set<Sent>();
  /** When the platform wants to see an event again. */
  readonly #notBefore = new Map<string, number>();
  /** When a batch was last answered, by its ids. */
  readonly #answeredAt = new Map<string, number>();

  constructor(
    options: { maxEvents: number; concurrency: number; maxDelayMs: number; random: number },
    script: readonly Phase[],
  ) {
    const { maxEvents, concurrency, maxDelayMs, random } = options;
    this.bench = new LaneBench({
      destination: {
        batch: { maxEvents, maxDelayMs },
        concurrency,
        decode: ({ body }) =>
          body.startsWith('[') ? new Map(JSON.parse(body) as [string, Outcome][]) : undefined,
      },
      random: () => random,
    });
    let until = this.bench.clock.monotonic();
    for (const { forMs, mode, latencyMs } of script) {
      until += forMs;
      this.#phases.push({ until, mode, latencyMs });
    }
    this.bench.platform = (sent) => this.#receive(sent);
  }

  give(count: number, poisonous: boolean): void {
    const ids = this.bench.give(count);
    this.given.push(...ids);
    if (poisonous) this.poison.add(ids[0]!);
  }

  /** Lets time pass, and looks at the accounts on the way. */
  advance(ms: number): void {
    const steps = Math.min(20, Math.max(1, Math.round(ms / 500)));
    for (let step = 0; step < steps; step++) {
      this.bench.clock.advance(ms / steps);
      this.#check();
    }
  }

  /** Lets as much time pass as anything may take once the platform is well. */
  recover(): void {
    const last = this.#phases.at(-1)?.until ?? 0;
    this.advance(Math.max(0, last - this.bench.clock.monotonic()) + MAX_RETRY_AFTER_MS);
    // A parked lane probes once a minute, each time with another event.
    this.advance(60_000 * (this.given.length + 60));
  }

  get lost(): string[] {
    const dead = new Set(this.bench.deadIds);
    return this.given.filter((id) => !this.acknowledged.has(id) && !dead.has(id));
  }

  /** Dead although the platform neither named them nor refused them alone after others got through. */
  get wronglyDead(): string[] {
    return this.bench.deadIds.filter(
      (id) => !this.named.has(id) && !this.#refusals.get(id)?.aloneAfterSuccess,
    );
  }

  #receive(sent: Sent) {
    const { clock, lane, destination } = this.bench;
    const began = sent.at;
    expect({ held: began < this.#heldUntil }).toEqual({ held: false });
    for (const id of sent.ids) {
      if (this.acknowledged.has(id)) throw new Error('sent again after it was acknowledged');
      if (began < (this.#notBefore.get(id) ?? 0) && lane.state.parked === null)
        throw new Error('sent before its time');
      for (const other of this.#underWay) if (other.ids.includes(id)) throw new Error('sent twice at once');
    }
    this.#underWay.add(sent);
    expect(this.#underWay.size).toBeLessThanOrEqual(destination.concurrency);
    expect(sent.ids.length).toBeLessThanOrEqual(destination.batch.maxEvents);
    this.#checkPause(sent);
    if (lane.state.parked !== null) {
      this.#probes.add(sent);
      expect({ probes: this.#probes.size, events: sent.ids.length }).toEqual({ probes: 1, events: 1 });
    }
    const phase = this.#phases.find(({ until }) => clock.monotonic() < until);
    const result = this.#answer(sent, phase?.mode ?? healthy);
    const afterMs = phase?.latencyMs ?? 10;
    clock.after(afterMs, () => this.#answered(sent, result));
    return { result, afterMs };
  }

  /** The same events wait before they are sent again, unless others were delivered in between. */
  #checkPause({ ids, at }: Sent): void {
    const answered = this.#answeredAt.get(ids.join());
    if (answered === undefined || this.#successes.some(({ ended }) => ended >= answered)) return;
    const pausedMs = at - answered;
    // Time passes in fractions here, whose sums are not exact.
    if (pausedMs < MIN_PAUSE_MS - 0.001) throw new Error(`sent again after ${pausedMs} ms`);
  }

  #answer({ ids }: Sent, mode: Mode): AttemptResult {
    const poisoned = ids.some((id) => this.poison.has(id));
    switch (mode.kind) {
      case 'healthy':
        return answer(poisoned ? 400 : 200);
      case 'unreachable':
        return { failure: 'ECONNREFUSED' };
      case 'status':
        return answer(
          mode.status,
          '',
          mode.retryAfter === undefined ? {} : { 'retry-after': String(mode.retryAfter) },
        );
      case 'flaky':
        return this.bench.sent.length % 2 === 0 ? answer(mode.status) : answer(poisoned ? 400 : 200);
      case 'perEvent':
        return answer(200, JSON.stringify(ids.map((id, i) => [id, this.#outcome(id, mode.seed + i)])));
    }
  }

  #outcome(id: string, seed: number): Outcome {
    if (this.poison.has(id)) return { kind: 'rejected', detail: 'poison' };
    const kinds: Outcome[] = [
      { kind: 'delivered' },
      { kind: 'retry' },
      { kind: 'retry', afterMs: 5_000 },
      { kind: 'delivered' },
    ];
    return kinds[(seed * 7 + this.bench.sent.length) % kinds.length]!;
  }

  /** Runs just before the lane gets to know: the same timer, set earlier. */
  #answered(sent: Sent, result: AttemptResult): void {
    const isParked = this.bench.lane.state.parked !== null;
    if (!isParked) this.#probes.clear();
    // The time of the next probe counts from the parking: a late answer to an attempt from before does not delay it.
    if (this.#probes.delete(sent) || !isParked) {
      this.#answeredAt.set(sent.ids.join(), this.bench.clock.monotonic());
    }
    this.#underWay.delete(sent);
    if ('failure' in result) return;
    const now = this.bench.clock.monotonic();
    const { status, headers, body } = result.answer;
    const held = headers['retry-after'];
    if (held !== undefined)
      this.#heldUntil = Math.max(this.#heldUntil, now + Math.min(Number(held) * 1_000, MAX_RETRY_AFTER_MS));
    const refused = status >= 300 && status < 500 && status !== 429 && status !== 408;
    if (refused) for (const id of sent.ids) this.#refused(id, sent, now);
    if (status !== 200) return;
    const outcomes = new Map(body.startsWith('[') ? (JSON.parse(body) as [string, Outcome][]) : []);
    let delivered = false;
    for (const id of sent.ids) {
      const outcome = outcomes.get(id) ?? { kind: 'delivered' };
      const { kind } = outcome;
      if (kind === 'retry') this.#notBefore.set(id, now + (outcome.afterMs ?? 0));
      if (kind === 'delivered') {
        delivered = true;
        this.acknowledged.add(id);
      }
      if (kind === 'rejected') this.named.add(id);
    }
    if (delivered) this.#successes.push({ began: sent.at, ended: now });
  }

  #refused(id: string, sent: Sent, now: number): void {
    const before = this.#refusals.get(id);
    const proven =
      before !== undefined &&
      this.#successes.some(({ began, ended }) => began >= before.refusedAt && ended <= sent.at);
    const aloneAfterSuccess = (before?.aloneAfterSuccess ?? false) || (proven && sent.ids.length === 1);
    this.#refusals.set(id, { aloneAfterSuccess, refusedAt: before === undefined ? now : before.refusedAt });
  }

  #check(): void {
    const { accepted, delivered, pending, dead, dropped } = this.bench.ledger;
    expect({ accepted, dropped }).toEqual({ accepted: this.given.length, dropped: {} });
    expect(delivered + pending + dead).toBe(accepted);
    expect(delivered).toBe(this.acknowledged.size);
    expect(this.wronglyDead).toEqual([]);
  }
}

function play(model: Model, events: readonly { afterMs: number; count: number; poison: boolean }[]): void {
  for (const { afterMs, count, poison } of events) {
    model.advance(afterMs);
    model.give(count, poison);
  }
  model.recover();
}

describe('with any answers of the platform until it recovers', () => {
  test('every event is delivered once, except those that it never accepts', () => {
    fc.assert(
      fc.property(shape, phases(anything), arrivals, (options, script, events) => {
        const model = new Model(options, script);
        play(model, events);
        // The rest breaks the platform: dead by now, or waiting for a success of others.
        expect(model.lost.filter((id) => !model.poison.has(id))).toEqual([]);
        expect(model.bench.lane.state.parked === null || model.lost.length > 0).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('no acceptable event is ever given up: any number of outages', () => {
    fc.assert(
      fc.property(
        shape,
        phases(fc.oneof(outage, fc.constant(healthy))),
        arrivals,
        (options, script, events) => {
          const model = new Model(options, script);
          play(model, events);
          expect(model.bench.deadIds.filter((id) => !model.poison.has(id))).toEqual([]);
          expect(model.lost.filter((id) => !model.poison.has(id))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('no acceptable event is ever given up: refusing everything for a while', () => {
    fc.assert(
      fc.property(
        shape,
        fc.tuple(phases(fc.constant(healthy), 1), phases(refusal, 1), phases(outage, 1)),
        arrivals.map((all) => all.map((each) => ({ ...each, poison: false }))),
        (options, script, events) => {
          const model = new Model(options, script.flat());
          play(model, events);
          expect(model.bench.deadIds.filter((id) => !model.poison.has(id))).toEqual([]);
          expect(model.lost.filter((id) => !model.poison.has(id))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
