import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TrackingEvent, TrackingStats } from 'nestjs-tracking';
import { METHODS, type Operation, OPERATIONS, REFUSED, type RunningStand, type Stand } from './stand.js';
import { done } from './work.js';

/** What every operation records: `by` the decorator, by the service within the handler, or in front of it. */
const EVENTS: Readonly<Record<Operation, readonly { name: string; by?: 'service' | 'guard' }[]>> = {
  succeed: [{ name: 'succeed' }],
  reject: [],
  observe: [{ name: 'observe' }],
  'work on': [
    { name: 'after a promise', by: 'service' },
    { name: 'after a timer', by: 'service' },
    { name: 'after an emitter', by: 'service' },
  ],
  twice: [{ name: 'first' }, { name: 'second' }],
  inherited: [{ name: 'inherited' }],
  overridden: [{ name: 'overridden' }, { name: 'overridden below' }],
  scoped: [{ name: 'scoped' }],
  guarded: [{ name: 'guarded' }, { name: 'guarding', by: 'guard' }],
  adorned: [{ name: 'adorned' }],
};

/** One promise of the table. It throws what `node:assert` throws. */
export interface Expectation {
  readonly title: string;
  readonly hold: (stand: Stand, running: RunningStand) => Promise<void>;
}

/** Milliseconds of real time that an event may take from its caller's answer to being counted. */
const STUCK_MS = 10_000;
/** Turns of the event loop in which an event too many would show. */
const QUIET_TURNS = 30;

const NOBODY = 'nobody';

/** What must hold of a stand, in this order; each leaves it as the next needs it. `crowd`: calls that are interleaved. */
export function expectationsOf(stand: Stand, crowd: number): Expectation[] {
  const offered = OPERATIONS.filter((operation) => stand.lacks?.[operation] === undefined);
  return [
    ...offered.map((operation) => ({
      title: `${operation}: ${EVENTS[operation].length} of the person who called`,
      hold: (_: Stand, running: RunningStand) => ofAPerson(stand, running, operation),
    })),
    ...(stand.lacks?.nobody !== undefined
      ? []
      : offered
          .filter((operation) => EVENTS[operation].length > 0)
          .map((operation) => ({
            title: `${operation}: refused without a person`,
            hold: (_: Stand, running: RunningStand) => ofNobody(stand, running, operation),
          }))),
    {
      title: `${crowd} interleaved calls keep their people`,
      hold: (_, running) => ofManyPeople(stand, running, offered, crowd),
    },
  ];
}

async function ofAPerson(stand: Stand, running: RunningStand, operation: Operation): Promise<void> {
  const ledger = await Ledger.open(running);
  const count = EVENTS[operation].length;
  await answered(stand, operation, 'ann', running.call(operation, 'ann'));
  const { events, counts } = await ledger.close(count);
  expectEvents(stand, operation, 'ann', events);
  assert.deepEqual(counts, { called: count, accepted: count, duplicate: 0, rejected: {}, suppressed: {} });
}

async function ofNobody(stand: Stand, running: RunningStand, operation: Operation): Promise<void> {
  const ledger = await Ledger.open(running);
  const count = EVENTS[operation].length;
  await answered(stand, operation, NOBODY, running.call(operation, undefined));
  const { events, counts } = await ledger.close(count);
  assert.deepEqual(events, []);
  const rejected = { no_identity: count };
  assert.deepEqual(counts, { called: count, accepted: 0, duplicate: 0, rejected, suppressed: {} });
}

async function ofManyPeople(
  stand: Stand,
  running: RunningStand,
  operations: readonly Operation[],
  crowd: number,
): Promise<void> {
  const ledger = await Ledger.open(running);
  const called: { operation: Operation; person: string }[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < crowd) {
      const n = next++;
      const operation = operations[n % operations.length]!;
      const person = `person-${n}`;
      called.push({ operation, person });
      await answered(stand, operation, person, running.call(operation, person));
    }
  };
  await Promise.all(Array.from({ length: 48 }, caller));
  const count = called.reduce((sum, { operation }) => sum + EVENTS[operation].length, 0);
  const { events, counts } = await ledger.close(count);
  assert.deepEqual(counts, { called: count, accepted: count, duplicate: 0, rejected: {}, suppressed: {} });
  const byPerson = grouped(events);
  for (const { operation, person } of called) {
    expectEvents(stand, operation, person, byPerson.get(person) ?? []);
  }
}

/** What the caller hears is what it would hear without the decorator. */
async function answered(
  { answers }: Stand,
  operation: Operation,
  person: string,
  call: Promise<unknown>,
): Promise<void> {
  if (answers === false) {
    await call;
  } else if (operation === 'reject') {
    await assert.rejects(call, (error) => String((error as Error).message).includes(REFUSED));
  } else {
    assert.equal(await call, done(operation, person));
  }
}

function expectEvents(
  stand: Stand,
  operation: Operation,
  person: string,
  events: readonly TrackingEvent[],
): void {
  const handler = stand.sources?.[operation] ?? `${stand.handlers}.${METHODS[operation]}`;
  const seen = events.map(({ name, type, userId, properties, source }) => ({
    name,
    type,
    userId,
    expected: properties['expected'],
    source,
  }));
  const meant = EVENTS[operation].map(({ name, by }) => ({
    name,
    type: 'track',
    userId: person,
    expected: person,
    // A guard is in front of the handler: some transports know by then which one it will be.
    source:
      by === 'guard'
        ? events.find((event) => event.name === name)?.source
        : by === 'service' && stand.contextless === true
          ? undefined
          : handler,
  }));
  assert.deepEqual(seen.toSorted(byName), meant.toSorted(byName));
  for (const { name, source } of events) {
    if (source !== undefined) assert.equal(source, handler, `${name} is of ${source}`);
  }
}

/** What was delivered and counted between two moments. */
class Ledger {
  private constructor(
    private readonly running: RunningStand,
    private readonly delivered: number,
    private readonly before: TrackingStats,
  ) {}

  static async open(running: RunningStand): Promise<Ledger> {
    const delivered = await running.delivered();
    return new Ledger(running, delivered.length, running.tracking.stats());
  }

  /** Waits until so many calls were counted: an answer reaches its caller before the handler's events are decided. */
  async close(calls: number): Promise<{ events: readonly TrackingEvent[]; counts: object }> {
    const stuckAt = performance.now() + STUCK_MS;
    const { tracking } = this.running;
    while (tracking.stats().called < this.before.called + calls && performance.now() < stuckAt) {
      await nextTurn();
    }
    for (let turn = 0; turn < QUIET_TURNS; turn++) await nextTurn();
    const events = (await this.running.delivered()).slice(this.delivered);
    const stats = tracking.stats();
    expectAccounted(stats);
    const { before } = this;
    return {
      events,
      counts: {
        called: stats.called - before.called,
        accepted: stats.accepted - before.accepted,
        duplicate: stats.duplicate - before.duplicate,
        rejected: difference(stats.rejected, before.rejected),
        suppressed: difference(stats.suppressed, before.suppressed),
      },
    };
  }
}

/** Every call and every event ended in exactly one counted state. */
function expectAccounted({ called, accepted, duplicate, rejected, suppressed, lanes }: TrackingStats): void {
  assert.equal(called, accepted + duplicate + total(rejected) + total(suppressed));
  for (const lane of Object.values(lanes)) {
    assert.equal(lane.accepted, accepted);
    assert.equal(lane.accepted, lane.delivered + lane.pending + lane.dead + total(lane.dropped));
    assert.equal(lane.pending, 0);
  }
}

type Counts = Readonly<Record<string, number | undefined>>;

function total(counts: Counts): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function difference(after: Counts, before: Counts): Counts {
  const changed = Object.entries(after).map(
    ([reason, count]) => [reason, (count ?? 0) - (before[reason] ?? 0)] as const,
  );
  return Object.fromEntries(changed.filter(([, count]) => count !== 0));
}

function grouped(events: readonly TrackingEvent[]): Map<unknown, TrackingEvent[]> {
  const groups = new Map<unknown, TrackingEvent[]>();
  for (const event of events) {
    const expected = expectedOf(event);
    groups.set(expected, [...(groups.get(expected) ?? []), event]);
  }
  return groups;
}

function expectedOf({ properties }: TrackingEvent): unknown {
  return properties['expected'];
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
