import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LaneFilter } from '../../lib/capture/routing/lane-filter.js';
import type { ConsentDecision } from '../../lib/capture/privacy/privacy-options.js';
import type { DestinationMap } from '../../lib/destinations/destination-map.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { expectAccounted } from '../support/accounting.js';
import { JournaledTracking } from '../support/journaled-tracking.js';
import { Shop } from '../support/tracking.js';

const LANES = ['posthog', 'meta', 'ga'] as const;
type LaneName = (typeof LANES)[number];
/** Whatever says whose an event is; each mark is nowhere else. */
const PERSON = ['of-user', 'of-browser', 'of-group', 'of-ip', 'of-visit'];
/** The event's properties, each with a value that is nowhere else. */
const PROPERTIES = ['alpha', 'beta', 'gamma', 'delta', 'static'] as const;
const valueOf = (name: string): string => `value-of-${name}`;

type Step = 'filter' | 'map' | 'accept' | 'request';

/** The input of each step of each lane, as text, in order. */
class Seen {
  readonly all: [lane: LaneName, step: Step, text: string][] = [];

  note(lane: LaneName, step: Step, ...what: unknown[]): void {
    this.all.push([lane, step, JSON.stringify(what)]);
  }

  of(lane: LaneName, ...steps: Step[]): string {
    return this.all.flatMap(([of, step, text]) => (of === lane && steps.includes(step) ? [text] : [])).join();
  }
}

/** A platform that notes all that it gets. */
class Platform extends Shop {
  constructor(
    private readonly lane: LaneName,
    private readonly seen: Seen,
    members: object,
  ) {
    super(lane, { batch: { maxDelayMs: 0 }, ...members });
  }

  override accept(event: TrackingEvent) {
    this.seen.note(this.lane, 'accept', event);
    return undefined;
  }

  override encode(batch: readonly LaneEvent[]) {
    for (const { event, browser, person, consent, note, json } of batch) {
      this.seen.note(this.lane, 'request', event, browser, person, consent, note, json);
    }
    return super.encode(batch);
  }
}

interface LaneRules {
  readonly consent: ConsentDecision | undefined;
  readonly filter: 'none' | 'names' | 'passes' | 'keeps out' | 'other names';
  readonly allow: readonly string[] | undefined;
  readonly map: 'none' | 'tables' | 'drops gamma' | 'leaves out' | 'throws';
}

interface Rules {
  readonly lanes: Readonly<Record<LaneName, LaneRules>>;
  readonly redactKey: boolean;
  readonly redactHook: boolean;
  readonly hashIds: boolean;
}

const laneRules = fc.record<LaneRules>({
  consent: fc.constantFrom('allow', 'strip', 'drop', undefined),
  filter: fc.constantFrom('none', 'names', 'passes', 'keeps out', 'other names'),
  allow: fc.option(fc.subarray([...PROPERTIES]), { nil: undefined }),
  map: fc.constantFrom('none', 'tables', 'drops gamma', 'leaves out', 'throws'),
});
const rules = fc.record<Rules>({
  lanes: fc.record({ posthog: laneRules, meta: laneRules, ga: laneRules }),
  redactKey: fc.boolean(),
  redactHook: fc.boolean(),
  hashIds: fc.boolean(),
});

function filterOf(lane: LaneName, { filter }: LaneRules, seen: Seen): LaneFilter | undefined {
  if (filter === 'none') return undefined;
  if (filter === 'names') return ['Order Completed'];
  if (filter === 'other names') return ['Signed Up'];
  return (event) => {
    seen.note(lane, 'filter', event);
    return filter === 'passes';
  };
}

function mapOf(lane: LaneName, { map }: LaneRules, seen: Seen): DestinationMap | undefined {
  if (map === 'none') return undefined;
  if (map === 'tables')
    return { events: { 'Order Completed': 'purchase' }, properties: { delta: 'renamed' } };
  return (event) => {
    seen.note(lane, 'map', event);
    if (map === 'throws') throw new Error('broken');
    if (map === 'leaves out') return null;
    const { gamma: _, ...properties } = event.properties;
    return { properties };
  };
}

/** The module as the rules want it; `later` is a deployment that maps everything to something else. */
function optionsOf({ lanes, redactKey, redactHook, hashIds }: Rules, seen: Seen, later: boolean) {
  const destinations = LANES.map(
    (lane) =>
      new Platform(lane, seen, {
        allowProperties: lanes[lane].allow,
        map: later ? () => ({ name: 'other', properties: { other: true } }) : mapOf(lane, lanes[lane], seen),
      }),
  );
  const filter = Object.fromEntries(LANES.map((lane) => [lane, filterOf(lane, lanes[lane], seen)]));
  return {
    destinations,
    filter,
    properties: { static: valueOf('static') },
    consent: () => Object.fromEntries(LANES.map((lane) => [lane, lanes[lane].consent])),
    ...(hashIds && { hashIds: { secret: 's'.repeat(32) } }),
    redact: {
      keys: redactKey ? [/^alpha$/] : [/^nothing$/],
      hook: (event: TrackingEvent) =>
        redactHook ? { ...event, properties: { ...event.properties, beta: undefined } } : event,
    },
  } satisfies Partial<TrackingModuleOptions>;
}

/** Text that must be nowhere after the event is final. */
function removedForAll({ redactKey, redactHook, hashIds }: Rules): string[] {
  return [
    ...(redactKey ? [valueOf('alpha')] : []),
    ...(redactHook ? [valueOf('beta')] : []),
    ...(hashIds ? ['of-user', 'of-browser', 'of-group'] : []),
  ];
}

const getsIt = ({ consent, filter, map }: LaneRules): boolean =>
  consent !== 'drop' &&
  filter !== 'keeps out' &&
  filter !== 'other names' &&
  map !== 'leaves out' &&
  map !== 'throws';

function expectNone(text: string, marks: readonly string[], where: string): void {
  expect({ where, found: marks.filter((mark) => text.includes(mark)) }).toEqual({ where, found: [] });
}

function expectLane(lane: LaneName, given: Rules, seen: Seen): void {
  const own = given.lanes[lane];
  const { consent, allow, map } = own;
  const gone = [...removedForAll(given), ...(consent === 'strip' ? PERSON : [])];
  expectNone(seen.of(lane, 'filter', 'map', 'accept', 'request'), gone, `${lane}, any step`);
  const notAllowed =
    allow === undefined ? [] : PROPERTIES.filter((name) => !allow.includes(name)).map(valueOf);
  expectNone(seen.of(lane, 'map', 'accept', 'request'), notAllowed, `${lane}, after allowProperties`);
  if (map === 'drops gamma') {
    expectNone(seen.of(lane, 'accept', 'request'), [valueOf('gamma')], `${lane}, after map`);
  }
  if (consent === 'drop') expect(seen.of(lane, 'filter', 'map')).toBe('');
  if (own.filter === 'keeps out' || own.filter === 'other names') expect(seen.of(lane, 'map')).toBe('');
  if (!getsIt(own)) expect(seen.of(lane, 'accept', 'request')).toBe('');
}

describe('rules and hooks together', () => {
  test('run in one order, and no removed part is in a later step, the journal or a request', async () => {
    await fc.assert(
      fc.asyncProperty(rules, async (given) => {
        const world = new JournaledTracking();
        const seen = new Seen();
        const told: unknown[] = [];
        const first = await world.start(optionsOf(given, seen, false));
        first.platform.reply = () => ({ status: 503 });
        first.service.lifecycle$.subscribe((event) => told.push(event));
        const id = first.service.track(
          'Order Completed',
          Object.fromEntries(
            PROPERTIES.filter((name) => name !== 'static').map((name) => [name, valueOf(name)]),
          ),
          {
            userId: 'of-user',
            anonymousId: 'of-browser',
            groups: { company: 'of-group' },
            context: { ip: 'of-ip', sessions: { ga: 'of-visit' }, route: '/orders' },
          },
        );
        await world.turns(30);
        const getting = LANES.filter((lane) => getsIt(given.lanes[lane]));
        expect(id === undefined).toBe(getting.length === 0);
        for (const lane of LANES) expectLane(lane, given, seen);
        for (const lane of getting) expect(seen.of(lane, 'request')).not.toBe('');
        const nobody = getting.every((lane) => given.lanes[lane].consent === 'strip');
        const gone = [...removedForAll(given), ...(nobody ? PERSON : [])];
        const disk = world.bytes();
        expectNone(disk, gone, 'journal');
        expectNone(JSON.stringify(told), gone, 'lifecycle$');
        for (const lane of LANES) {
          const { consent, filter, map } = given.lanes[lane];
          if (getting.length === 0) continue;
          // A replay must know where the event may never go.
          const isFiltered = filter === 'keeps out' || filter === 'other names' || map === 'leaves out';
          const isWithheld = consent === 'drop' || isFiltered;
          expect([lane, disk.includes(`${lane}\\":{\\"withheld`)]).toEqual([lane, isWithheld]);
        }
        expectAccounted(first.service.stats());
        await first.close();

        const before = new Map(getting.map((lane) => [lane, lastRequest(seen, lane)]));
        const second = await world.start(optionsOf(given, seen, true));
        await world.turns(200, 100);
        for (const lane of getting) {
          expect([lane, lastRequest(seen, lane)]).toEqual([lane, before.get(lane)]);
          expect(second.service.stats().lanes[lane]).toMatchObject({ delivered: 1, pending: 0 });
        }
        await second.close();
      }),
      { numRuns: 60 },
    );
  }, 240_000);
});

/** The event alone, because only an event from a disk has its JSON. */
function lastRequest(seen: Seen, lane: LaneName): unknown {
  const [, , text] = seen.all.findLast(([of, step]) => of === lane && step === 'request')!;
  const [event] = JSON.parse(text) as [TrackingEvent];
  return { ...event, lanes: undefined };
}
