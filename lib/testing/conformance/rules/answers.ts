import { conformanceMessages } from '../conformance.messages.js';
import type { AnswerExample, ConformanceAnswers, PlatformAnswer } from '../conformance-setup.js';
import type { Subject } from '../subject.js';
import { PlayedLane, type LaneRequest } from '../played-lane.js';
import type { PlayedAnswer } from '../../../destinations/played-dispatcher.js';
import { aSample, giveAll, giveSome } from '../sample-events.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const THROTTLED_S = 30;

const DEFAULTS = {
  success: { status: 200 },
  unavailable: { status: 503 },
  throttled: { status: 429, headers: { 'retry-after': String(THROTTLED_S) } },
  unauthorized: { status: 401 },
  invalid: { status: 400 },
  tooLarge: { status: 413 },
} satisfies { readonly [Name in keyof ConformanceAnswers]: PlatformAnswer };

type ExampleName = keyof typeof DEFAULTS;

/** The platform's answer to a request, by the name of the example. */
export function answerOf(setup: Subject, name: ExampleName, request: LaneRequest): PlatformAnswer {
  const example: AnswerExample = setup.answers?.[name] ?? DEFAULTS[name];
  return typeof example === 'function' ? example(request) : example;
}

/** A lane in front of a platform that answers by examples, and remembers the events that it accepted. */
class Scenario {
  readonly lane: PlayedLane;
  /** Events that the lane accepted. */
  readonly ids: string[];
  readonly #taken = new Set<string>();

  constructor(
    setup: Subject,
    private readonly answer: string,
    play: (request: LaneRequest) => ExampleName | PlayedAnswer,
    real = setup.create({}, true),
  ) {
    this.lane = new PlayedLane(real, (request) => {
      const played = play(request);
      if (played === 'success') this.taken(request.ids);
      return typeof played === 'string' ? answerOf(setup, played, request) : played;
    });
    this.ids = giveSome(this.lane.service);
  }

  /** The platform accepts these events. */
  taken(ids: readonly string[]): void {
    for (const id of ids) this.#taken.add(id);
  }

  /** Records further events. */
  more(): void {
    this.ids.push(...giveAll(this.lane.service, [aSample(), aSample()]));
  }

  /** Shuts the lane down and checks that every event has the expected state and that the accounting adds up. */
  async settled(dead: readonly (string | undefined)[] = []): Promise<void> {
    const { lane, ids, answer } = this;
    await lane.settled(HOUR_MS);
    const { stats } = lane;
    if (stats.pending > 0) throw new Error(conformanceMessages.pending(answer, stats.pending, stats.parked));
    const lost = ids.filter((id) => !this.#taken.has(id) && !dead.includes(id));
    if (stats.dead === dead.length && lost.length > 0) {
      throw new Error(conformanceMessages.notTaken(answer, lost.length));
    }
    const delivered = ids.length - dead.length;
    if (stats.delivered !== delivered || stats.dead !== dead.length) {
      throw new Error(
        conformanceMessages.outcomes(answer, delivered, dead.length, stats.delivered, stats.dead),
      );
    }
    await lane.close();
  }
}

/** An accepted request delivers its events, in one attempt. */
async function success(setup: Subject): Promise<void> {
  const scenario = new Scenario(setup, 'success', () => 'success');
  await scenario.settled();
  const { retries, unverified } = scenario.lane.stats;
  if (retries > 0) throw new Error(conformanceMessages.repeats('success'));
  if (unverified > 0) throw new Error(conformanceMessages.unverified());
}

/** The first attempt of each batch fails, the next one succeeds. */
async function unavailable(setup: Subject): Promise<void> {
  await new Scenario(setup, 'unavailable', ({ attempt }) =>
    attempt === 1 ? 'unavailable' : 'success',
  ).settled();
  const reset = new Scenario(setup, 'a reset connection', ({ attempt }) =>
    attempt === 1 ? { error: 'ECONNRESET' } : 'success',
  );
  // Whether the platform received such a request is not known.
  const isUnknown = setup.create({}, true).onUnknown === 'dead';
  await reset.settled(isUnknown ? reset.ids : []);
}

/** `Retry-After` is honoured. */
async function throttled(setup: Subject): Promise<void> {
  const scenario = new Scenario(setup, 'throttled', ({ attempt }) =>
    attempt === 1 ? 'throttled' : 'success',
  );
  await scenario.settled();
  const [first, ...others] = scenario.lane.requests;
  const tooEarly = others.some(({ at, attempt }) => attempt > 1 && at < first!.at + THROTTLED_S * 1_000);
  if (tooEarly && setup.answers?.throttled === undefined) throw new Error(conformanceMessages.tooEarly());
}

/** Nothing is lost while credentials are wrong: the lane parks until they are accepted. */
async function unauthorized(setup: Subject): Promise<void> {
  let isFixed = false;
  const scenario = new Scenario(setup, 'unauthorized', () => (isFixed ? 'success' : 'unauthorized'));
  const { lane } = scenario;
  const isParked = await lane.until(() => lane.stats.parked !== null, 10 * MINUTE_MS);
  const { dead, delivered } = lane.stats;
  if (!isParked || dead > 0 || delivered > 0) {
    throw new Error(conformanceMessages.notParked(isParked, dead, delivered));
  }
  isFixed = true;
  await scenario.settled();
}

/** A request that is too large is divided. */
async function tooLarge(setup: Subject): Promise<void> {
  const scenario = new Scenario(setup, 'tooLarge', ({ ids }) => (ids.length > 1 ? 'tooLarge' : 'success'));
  await scenario.settled();
  if (scenario.lane.requests.some(({ ids }) => ids.length > 1)) return;
  // One event per request: nothing can be divided, and a single event is too large.
  await oneBadEvent(setup, 'tooLarge');
}

/** One event makes its request fail: it alone becomes a dead letter. */
async function oneBadEvent(setup: Subject, name: ExampleName): Promise<void> {
  const scenario: Scenario = new Scenario(setup, name, ({ ids }) =>
    ids.includes(scenario.ids[0]!) ? name : 'success',
  );
  const { lane, ids } = scenario;
  // An event that is rejected alone is a dead letter once others succeed after it.
  await lane.until(() => lane.stats.pending <= 1, MINUTE_MS);
  scenario.more();
  await scenario.settled([ids[0]]);
}

/** The platform rejects one event by name: it alone becomes a dead letter, at once. */
async function perEvent(setup: Subject): Promise<void> {
  const rejected = setup.answers?.rejected;
  const real = setup.create({}, true);
  if (rejected === undefined) {
    if (real.acknowledgement !== 'perEvent') return;
    throw new Error(conformanceMessages.noExample('rejected'));
  }
  let bad: string | undefined;
  const scenario = new Scenario(
    setup,
    'rejected',
    (request) => {
      bad ??= request.ids[0];
      if (request.ids[0] !== bad) return 'success';
      scenario.taken(request.ids.slice(1));
      return rejected(request);
    },
    real,
  );
  const { lane } = scenario;
  await lane.settled(HOUR_MS);
  const dead = lane.signals.filter(({ type }) => type === 'dead').map(({ event }) => event?.id);
  if (dead.length === 1 && dead[0] !== bad) throw new Error(conformanceMessages.otherEvent());
  await scenario.settled([bad]);
  if (lane.stats.retries > 0) throw new Error(conformanceMessages.repeats('rejected'));
}

export const ANSWER_RULES = {
  success,
  unavailable,
  throttled,
  unauthorized,
  invalid: (setup: Subject) => oneBadEvent(setup, 'invalid'),
  'too-large': tooLarge,
  'per-event': perEvent,
};
