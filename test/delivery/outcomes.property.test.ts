import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AttemptResult, CUT_OFF } from '../../lib/delivery/reading.js';
import type { Answer, Destination, Outcome, RequestOutcome } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import { answer, LaneBench, OK, type Sent } from '../support/a-lane.js';

/** What the platform does with one request. `named`: outcomes by the position of the event; `word`: what `decode` returns. */
interface Step {
  readonly reply:
    | {
        readonly status: number;
        readonly cut?: 'early' | 'long' | 'undecodable';
        readonly retryAfter?: number;
      }
    | { readonly failure: string; readonly isUnsent?: boolean };
  readonly named: readonly (Outcome | undefined)[];
  readonly word?: RequestOutcome | 'throws' | undefined;
  readonly afterMs: number;
}

const outcome = fc.oneof(
  fc.constant<Outcome>({ kind: 'delivered' }),
  fc.constant<Outcome>({ kind: 'rejected', detail: 'bad' }),
  fc.record({ kind: fc.constant('retry' as const), afterMs: fc.nat(30_000) }),
);
const reply: fc.Arbitrary<Step['reply']> = fc.oneof(
  fc.record(
    {
      status: fc.constantFrom(200, 202, 207, 302, 400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504),
      cut: fc.constantFrom('early', 'long', 'undecodable'),
      retryAfter: fc.nat(60),
    },
    { requiredKeys: ['status'] },
  ),
  fc.record(
    {
      failure: fc.constantFrom(
        'ECONNRESET',
        'UND_ERR_SOCKET',
        'timeout',
        'ECONNREFUSED',
        'ENOTFOUND',
        CUT_OFF,
      ),
      isUnsent: fc.boolean(),
    },
    { requiredKeys: ['failure'] },
  ),
);
const step: fc.Arbitrary<Step> = fc.record(
  {
    reply,
    named: fc.array(fc.option(outcome, { nil: undefined }), { maxLength: 6 }),
    word: fc.option(
      fc.oneof(
        fc.constantFrom(
          'delivered',
          'retry',
          'tooLarge',
          'unauthorized',
          'misconfigured',
          'refused',
          'throws',
        ),
        fc.record({ kind: fc.constant('retry' as const), afterMs: fc.nat(30_000) }),
      ),
      { nil: undefined },
    ) as fc.Arbitrary<Step['word']>,
    afterMs: fc.integer({ min: 1, max: 3_000 }),
  },
  { requiredKeys: ['reply', 'named', 'afterMs'] },
);
const shape = fc.record({
  maxEvents: fc.constantFrom(1, 3, 6),
  concurrency: fc.constantFrom(1, 3),
  acknowledgement: fc.constantFrom('accepted' as const, 'perEvent' as const),
  onUnknown: fc.constantFrom('retry' as const, 'dead' as const),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
});

const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', CUT_OFF];

/** A lane whose platform follows a script and then recovers, and the requests that it got. */
class Scripted {
  readonly bench: LaneBench;
  readonly given: string[] = [];
  /** By id, the content of its requests. */
  readonly #content = new Map<string, string>();
  /** It is unknown whether the platform accepted them. */
  readonly #unknown = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #steps: Step[];
  readonly #byAnswer = new Map<string, Step>();

  constructor(
    private readonly options: Pick<Destination, 'acknowledgement' | 'onUnknown'> & {
      maxEvents: number;
      concurrency: number;
      random: number;
    },
    steps: readonly Step[],
  ) {
    const { maxEvents, concurrency, acknowledgement, onUnknown, random } = options;
    this.#steps = [...steps];
    this.bench = new LaneBench({
      destination: {
        batch: { maxEvents, maxDelayMs: 0 },
        concurrency,
        acknowledgement,
        onUnknown,
        encode: (batch) => ({
          method: 'POST',
          url: 'http://shop.example',
          headers: {
            'x-content': JSON.stringify(
              batch.map(({ event }) => [event.name, event.timestamp, event.userId]),
            ),
          },
          body: JSON.stringify(batch.map(({ event }) => event.id)),
        }),
        decode: (...read) => this.#decode(...read),
      },
      random: () => random,
    });
    this.bench.platform = (sent) => this.#receive(sent);
  }

  give(count: number): void {
    for (let i = 0; i < count; i++) {
      this.given.push(...this.bench.give(1, { name: `Event ${this.given.length}` }));
    }
  }

  #receive(sent: Sent) {
    const content = JSON.parse(sent.request.headers!['x-content']!) as unknown[];
    sent.ids.forEach((id, at) => {
      const text = JSON.stringify(content[at]);
      expect(this.#content.get(id) ?? text).toBe(text);
      this.#content.set(id, text);
      expect({ id, isUnknown: this.#unknown.has(id) }).toEqual({ id, isUnknown: false });
      expect({ id, isTaken: this.#taken.has(id) }).toEqual({ id, isTaken: false });
    });
    const next = this.#steps.shift();
    if (next === undefined) return OK;
    const { reply: does, afterMs } = next;
    this.#remember(sent, next);
    if ('failure' in does) return { result: does as AttemptResult, afterMs };
    const key = String(this.bench.sent.length);
    this.#byAnswer.set(key, next);
    const headers: Record<string, string> =
      does.retryAfter === undefined ? {} : { 'retry-after': String(does.retryAfter) };
    const { answer: said } = answer(does.status, key, headers) as { answer: Answer };
    const cut = does.cut === 'undecodable' ? undefined : does.cut;
    return { result: { answer: { ...said, complete: does.cut === undefined }, cut }, afterMs };
  }

  /** Events that must not be sent again after this, by the script alone. */
  #remember({ ids }: Sent, { reply: does, named, word }: Step): void {
    ids.forEach((id, at) => {
      const own = 'failure' in does || word !== undefined ? undefined : named[at];
      if (own?.kind === 'delivered' || own?.kind === 'rejected') this.#taken.add(id);
      if (own !== undefined || this.options.onUnknown !== 'dead') return;
      const isUnknown =
        'failure' in does
          ? does.isUnsent !== true && !NEVER_SENT.includes(does.failure)
          : does.status >= 500 && does.status !== 503 && (word === undefined || word === 'throws');
      if (isUnknown) this.#unknown.add(id);
    });
  }

  #decode({ body }: Answer, batch: readonly LaneEvent[]): ReturnType<NonNullable<Destination['decode']>> {
    const read = this.#byAnswer.get(body);
    if (read?.word === 'throws') throw new Error('cannot be read');
    if (read === undefined || read.word !== undefined) return read?.word;
    const named = batch.flatMap(({ event: { id } }, at): [string, Outcome][] => {
      const own = read.named[at];
      return own === undefined ? [] : [[id, own]];
    });
    return new Map(named);
  }

  check(): void {
    const { accepted, delivered, pending, dead, dropped } = this.bench.ledger;
    expect({ accepted, dropped }).toEqual({ accepted: this.given.length, dropped: {} });
    expect(delivered + pending + dead).toBe(accepted);
  }

  /** Nothing is left, and each event has one end. */
  checkEnd(): void {
    const ends = [...this.bench.idsOf('delivered'), ...this.bench.deadIds];
    expect(this.bench.ledger.pending).toBe(0);
    expect(ends.toSorted()).toEqual(this.given.toSorted());
    const dead = new Set(this.bench.deadIds);
    expect([...this.#unknown].filter((id) => !dead.has(id))).toEqual([]);
  }
}

test('with any answers, each event has one outcome, unchanged, and is never sent twice after an unknown outcome', () => {
  fc.assert(
    fc.property(
      shape,
      fc.array(step, { maxLength: 25 }),
      fc.array(fc.tuple(fc.nat(8), fc.nat(20_000)), { minLength: 1, maxLength: 6 }),
      (options, steps, arrivals) => {
        const it = new Scripted(options, steps);
        for (const [count, afterMs] of arrivals) {
          it.give(count);
          it.bench.clock.advance(afterMs);
          it.check();
        }
        // A parked lane probes once a minute, a held one waits five, and a suspect wants others to get through.
        for (let round = 0; round < 60 && it.bench.ledger.pending > 0; round++) {
          it.bench.clock.advance(300_000);
          if (round % 5 === 4) it.give(1);
          it.check();
        }
        it.bench.clock.advance(600_000);
        it.checkEnd();
      },
    ),
    { numRuns: 300 },
  );
});
