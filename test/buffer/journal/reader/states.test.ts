import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openReader } from '../../../../lib/buffer/journal/reader/reader.js';
import type { JournalOptions } from '../../../../lib/buffer/journal/options/journal-options.js';
import type { TrackingEvent } from '../../../../lib/event/tracking-event.js';
import { anEvent } from '../../../support/an-event.js';
import { type Application, Desk, DIRECTORY, expectBalanced } from '../commands/desk.js';
import { historyOf, on, sumOf } from '../store/on-disk.js';

const LANES = ['shop', 'hook'];
const STATES = ['pending', 'delivered', 'dead', 'dropped', 'redriven'] as const;
const PEOPLE = ['anna', 'bert'];
/** Turns in which outcomes are written, and settled segments are deleted. */
const REST_TURNS = 150;
/** Segments of a few events that are deleted as soon as they are settled in every lane. */
const FORGETFUL = { segmentBytes: 1_500, retain: { bytes: 0 } };

type Sums = Record<(typeof STATES)[number] | 'all', number>;
const none = (): Sums => ({ all: 0, pending: 0, delivered: 0, dead: 0, dropped: 0, redriven: 0 });

type Step =
  | { readonly does: 'accept'; readonly app: number; readonly events: number; readonly again: boolean }
  | { readonly does: 'bury' | 'deliver'; readonly app: number; readonly lane: string }
  | { readonly does: 'retry' | 'replay' | 'drop' | 'erase'; readonly person: string }
  | { readonly does: 'kill' | 'close' | 'join' | 'rest'; readonly app: number };

const app = fc.nat(1);
const person = fc.constantFrom(...PEOPLE);
const lane = fc.constantFrom(...LANES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    does: fc.constant('accept' as const),
    app,
    events: fc.integer({ min: 1, max: 3 }),
    again: fc.boolean(),
  }),
  fc.record({ does: fc.constantFrom('bury' as const, 'bury' as const, 'deliver' as const), app, lane }),
  fc.record({
    does: fc.constantFrom('retry' as const, 'replay' as const, 'drop' as const, 'erase' as const),
    person,
  }),
  fc.record({
    does: fc.constantFrom('kill' as const, 'close' as const, 'join' as const, 'rest' as const),
    app,
  }),
);

/** Applications on one directory, one or two at a time, with the outcomes of all events that they accepted. */
class Town {
  readonly desk = new Desk(LANES);
  running: Application[] = [];
  /** By lane, the final outcomes in applications that have ended. */
  readonly past = new Map(LANES.map((name) => [name, none()]));
  #events: TrackingEvent[] = [];
  #commands = 0;

  constructor(private readonly options: Partial<JournalOptions> = {}) {}

  async start(): Promise<void> {
    this.running.push(await this.desk.open(LANES, this.options));
  }

  async take(step: Step): Promise<void> {
    const { desk } = this;
    if (!('app' in step)) return this.#command(step);
    const application = this.running[step.app % this.running.length]!;
    if (step.does === 'accept') await this.#accept(application, step.events, step.again);
    else if (step.does === 'bury') {
      if (application.buffer.waiting(step.lane).events > 0) await desk.bury(application, step.lane);
    } else if (step.does === 'deliver') await desk.deliver(application, step.lane);
    else if (step.does === 'join') {
      if (this.running.length < 2) await this.start();
    } else if (step.does === 'rest') await desk.turns(REST_TURNS);
    else await this.#end(application, step.does);
  }

  /** The counts of the applications: outcomes of all, and pending events of the running ones. */
  get counted(): Map<string, Sums> {
    const sums = new Map([...this.past].map(([name, past]) => [name, { ...past }]));
    for (const application of this.running) add(sums, application, true);
    return sums;
  }

  /** The same counts as the command line reads them. */
  async read(): Promise<Map<string, Sums>> {
    await this.desk.turns(REST_TURNS);
    const { files, clock } = this.desk;
    const setup = { files, process: this.running[0]!.process, now: () => clock.now() };
    const reader = (await this.desk.until(openReader(DIRECTORY, setup)))!;
    const { counts } = await this.desk.until(reader.count());
    const sums = new Map(LANES.map((name) => [name, none()]));
    for (const { lane: name, state, count } of counts.rows()) {
      sums.get(name)![state] += count;
      sums.get(name)!.all += count;
    }
    return sums;
  }

  async #accept(application: Application, events: number, again: boolean): Promise<void> {
    for (let n = 0; n < events; n++) {
      // Two processes may accept an event of one key, which has one id.
      const known = again ? this.#events.at(-1 - n) : undefined;
      const event = known ?? anEvent({ lanes: LANES, userId: PEOPLE[this.#events.length % 2]! });
      this.#events.push(event);
      await this.desk.accept(application, event);
    }
  }

  async #command(step: Extract<Step, { person: string }>): Promise<void> {
    const { desk } = this;
    const id = `c${++this.#commands}`;
    const filter = { userIds: [step.person] };
    const command = {
      retry: () => desk.command('dead.retry', { filter }, id),
      replay: () => desk.command('replay', { filter }, id),
      drop: () => desk.command('dead.drop', { filter, reason: 'a test' }, id),
      erase: () => desk.command('erase', { ...filter, anonymousIds: [], properties: [] }, id),
    }[step.does]();
    for (const application of this.running) await desk.ask(application, command);
  }

  /** Its folders are adopted at once. */
  async #end(application: Application, how: 'kill' | 'close'): Promise<void> {
    await this.desk.turns(REST_TURNS);
    add(this.past, application, false);
    this.running = this.running.filter((other) => other !== application);
    if (how === 'close') await this.desk.close(application);
    else {
      for (const other of this.running) {
        await this.desk.turns(REST_TURNS);
        add(this.past, other, false);
        await this.desk.close(other);
      }
      this.running = [];
      this.desk.kill(application);
    }
    if (this.running.length === 0) await this.start();
    await this.desk.turns(400);
  }
}

function add(sums: ReadonlyMap<string, Sums>, { buffer }: Application, isRunning: boolean): void {
  for (const name of LANES) {
    const { pending, delivered, dead, dropped, redriven } = buffer.ledger(name);
    const sum = sums.get(name)!;
    const own = {
      delivered,
      redriven,
      dropped: Object.values(dropped).reduce((all, count) => all + count, 0),
      ...(isRunning && { pending, dead }),
    };
    for (const [state, count] of Object.entries(own)) {
      sum[state as keyof Sums] += count;
      sum.all += count;
    }
  }
}

test('the states in the files are those that the applications count', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14 }),
      fc.boolean(),
      async (steps, forgets) => {
        const town = new Town(forgets ? FORGETFUL : {});
        await town.start();
        for (const each of [{ does: 'accept', app: 0, events: 3, again: false } as const, ...steps]) {
          await town.take(each);
          for (const application of town.running) expectBalanced(application);
        }
        expect(Object.fromEntries(await town.read())).toEqual(Object.fromEntries(town.counted));
      },
    ),
    { numRuns: 60 },
  );
}, 240_000);

test('a letter of an earlier process that is sent again is pending, then delivered, and redriven once', async () => {
  const town = new Town();
  await town.start();
  await town.take({ does: 'accept', app: 0, events: 4, again: false });
  await town.take({ does: 'bury', app: 0, lane: 'shop' });
  await town.take({ does: 'close', app: 0 });
  await town.take({ does: 'retry', person: 'anna' });
  const pending = (await town.read()).get('shop');
  expect(pending).toEqual({ all: 6, pending: 2, dead: 2, redriven: 2, delivered: 0, dropped: 0 });
  await town.take({ does: 'deliver', app: 0, lane: 'shop' });
  const delivered = (await town.read()).get('shop');
  expect(delivered).toEqual({ all: 6, pending: 0, dead: 2, redriven: 2, delivered: 2, dropped: 0 });
  expect(town.counted.get('shop')).toEqual(delivered);
});

for (const life of ['same', 'next'] as const) {
  test(`a letter of a deleted segment counts by its outcome, in the ${life} process of the application`, async () => {
    const town = new Town(FORGETFUL);
    await town.start();
    await town.take({ does: 'accept', app: 0, events: 3, again: false });
    await town.take({ does: 'accept', app: 0, events: 3, again: false });
    for (const lane of LANES) await town.take({ does: 'bury', app: 0, lane });
    // The current segment is not deleted.
    await town.take({ does: 'accept', app: 0, events: 9, again: false });
    for (const lane of LANES) await town.take({ does: 'deliver', app: 0, lane });
    await town.take({ does: 'accept', app: 0, events: 1, again: false });
    const isCounted = (): boolean => sumOf(historyOf(town.desk)) >= 2 * 6;
    await town.desk.when(isCounted);
    expect((await town.read()).get('shop')).toMatchObject({ dead: 6 });
    if (life === 'next') await town.take({ does: 'kill', app: 0 });

    await town.take({ does: 'retry', person: 'anna' });
    await town.take({ does: 'drop', person: 'bert' });
    const read = Object.fromEntries(await town.read());
    expect(read['shop']).toMatchObject({ dead: 0, redriven: 3, dropped: 3 });
    expect(read).toEqual(Object.fromEntries(town.counted));
  });
}

test('a folder stays until the outcomes of its dead letters are on the disk', async () => {
  const town = new Town(FORGETFUL);
  await town.start();
  await town.take({ does: 'accept', app: 0, events: 6, again: false });
  for (const lane of LANES) await town.take({ does: 'bury', app: 0, lane });
  await town.take({ does: 'kill', app: 0 });
  await town.desk.when(() => sumOf(historyOf(town.desk)) === 2 * 6);
  town.desk.files.fail(on('write', '/dead.jsonl'), { code: 'EIO', times: Infinity });
  await town.take({ does: 'drop', person: 'anna' });
  await town.take({ does: 'drop', person: 'bert' });
  await town.desk.turns(REST_TURNS);
  town.desk.files.mend();
  await town.desk.turns(REST_TURNS);

  const read = Object.fromEntries(await town.read());
  expect(read['shop']).toMatchObject({ dead: 0, dropped: 6 });
  expect(read).toEqual(Object.fromEntries(town.counted));
});
