import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { afterEach, expect } from '@jest/globals';
import type { EventBufferFactory } from '../../lib/buffer/event-buffer.js';
import type { Destination } from '../../lib/destinations/destination.js';
import type { LifecycleEvent } from '../../lib/observe/lifecycle.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import type { LaneStats, TrackingStats } from '../../lib/observe/stats.js';
import { TRACKING_CLOCK } from '../../lib/host/clock.js';
import { PARTS } from '../../lib/host/deadline.js';
import { TrackingModule } from '../../lib/tracking.module.js';
import { TrackingService } from '../../lib/tracking.service.js';
import { expectAccounted } from './accounting.js';
import { MisbehavingServer } from './misbehaving-server.js';
import { ATTEMPT_MS } from './platforms.js';
import { takeProcessFaults } from './process-faults.js';
import { RecordedLog } from './recorded-log.js';
import { VirtualClock } from './virtual-clock.js';

/** The setup of an application in a scenario. */
export interface ApplicationSetup extends Pick<ModuleMetadata, 'imports' | 'providers' | 'controllers'> {
  readonly destinations: readonly Destination[];
  readonly options?: Omit<TrackingModuleOptions, 'destinations'>;
  readonly logger?: LoggerService;
}

/** Real time without any request after which a network that is not at rest fails the test. */
const STUCK_MS = 20_000;
/** Idle turns of the event loop after which the network counts as at rest. */
const QUIET_TURNS = 3;
const HOUR_MS = 3_600_000;

/**
 * A scenario of one test: a virtual clock, servers that misbehave, and Nest applications that track. Time advances only when
 * no request is in flight except those that a server holds back on purpose.
 */
export class Scene {
  readonly clock = new VirtualClock();
  readonly log = new RecordedLog();
  /** Other work in progress besides requests, such as operations of a disk. */
  readonly busy: (() => boolean)[] = [];
  /** Checks at the end of the scenario, before anything is closed. */
  readonly atEnd: (() => Promise<void>)[] = [];
  readonly #servers: MisbehavingServer[] = [];
  readonly #applications: TrackedApplication[] = [];

  constructor() {
    open.add(this);
  }

  async server(): Promise<MisbehavingServer> {
    const server = await MisbehavingServer.start(() => this.clock.monotonic());
    this.#servers.push(server);
    return server;
  }

  async application(setup: ApplicationSetup): Promise<TrackedApplication> {
    const { destinations, options, imports = [], providers = [], controllers, logger = this.log } = setup;
    const compiling = Test.createTestingModule({
      imports: [
        TrackingModule.forRoot({ destinations, ...(makeBuffer && { buffer: makeBuffer(this) }), ...options }),
        ...imports,
      ],
      providers,
      ...(controllers && { controllers }),
    })
      .overrideProvider(TRACKING_CLOCK)
      .useValue(this.clock)
      .setLogger(logger)
      .compile();
    // A journal may be reading its backlog.
    const module = await this.ended(compiling);
    const nest = controllers === undefined ? await this.ended(module.init()) : module.createNestApplication();
    if ('listen' in nest) await nest.listen(0, '127.0.0.1');
    const application = new TrackedApplication(nest, this);
    this.#applications.push(application);
    return application;
  }

  /** Resolves when nothing more happens without time passing. */
  async settled(): Promise<void> {
    let stuckAt = performance.now() + STUCK_MS;
    let seen = this.#requests;
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      await new Promise((resolve) => setImmediate(resolve));
      const rests = this.clock.soonPending === 0 && this.#underWay === this.#held;
      quiet = rests && !this.busy.some((isBusy) => isBusy()) ? quiet + 1 : 0;
      if (this.#requests > seen) {
        seen = this.#requests;
        stuckAt = performance.now() + STUCK_MS;
      }
      if (performance.now() > stuckAt) {
        throw new Error(`the wire does not come to rest: ${this.#underWay} under way, ${this.#held} held`);
      }
    }
  }

  /** Advances the time; with `every`, calls a function at each step. */
  async run(ms: number, every?: { readonly ms: number; readonly run: () => void }): Promise<void> {
    const end = this.clock.monotonic() + ms;
    for (let step = every ? this.clock.monotonic() : end; ; step += every?.ms ?? 0) {
      await this.#runTo(Math.min(step, end));
      if (step >= end) return;
      every?.run();
    }
  }

  /** Advances the time until a condition holds. */
  async until(goal: () => boolean, withinMs = HOUR_MS): Promise<void> {
    const end = this.clock.monotonic() + withinMs;
    const stuckAt = performance.now() + STUCK_MS;
    for (;;) {
      await this.settled();
      if (goal()) return;
      const next = this.clock.nextAt;
      // Without a timer, only a socket can be left that still has to close.
      if (next !== undefined && next <= end) this.clock.advanceTo(next);
      else if (next !== undefined || performance.now() > stuckAt) {
        throw new Error(`not within ${withinMs} ms: ${String(goal)}\n${this.#account()}`);
      }
    }
  }

  /** Advances the time until a promise is settled. */
  async ended<T>(promise: Promise<T>, withinMs?: number): Promise<T> {
    let over = false;
    const end = (): void => void (over = true);
    promise.then(end, end);
    await this.until(() => over, withinMs);
    return promise;
  }

  async close(): Promise<void> {
    open.delete(this);
    try {
      for (const look of this.atEnd) await look();
    } finally {
      await this.#close();
    }
  }

  /** Applications that were not closed. */
  get living(): readonly TrackedApplication[] {
    return this.#applications.filter(({ isClosed }) => !isClosed);
  }

  async #close(): Promise<void> {
    try {
      for (const application of this.#applications) await application.close();
    } finally {
      await Promise.all(this.#servers.map((server) => server.close()));
    }
  }

  #account(): string {
    return this.#applications.map(({ tracking }) => JSON.stringify(tracking.stats().lanes)).join('\n');
  }

  get #underWay(): number {
    return this.clock.count(ATTEMPT_MS / PARTS);
  }

  get #requests(): number {
    return this.#servers.reduce((sum, { requests }) => sum + requests.length, 0);
  }

  get #held(): number {
    return this.#servers.reduce((sum, { held }) => sum + held, 0);
  }

  async #runTo(moment: number): Promise<void> {
    for (;;) {
      await this.settled();
      const next = this.clock.nextAt;
      if (next === undefined || next > moment) break;
      this.clock.advanceTo(next);
    }
    this.clock.advanceTo(moment);
    await this.settled();
  }
}

/** A Nest application that tracks numbered events. */
export class TrackedApplication {
  readonly tracking: TrackingService;
  /** By lane: accepted events for other destinations. */
  readonly notRouted: Record<string, number> = {};
  /** The lifecycle events, once observed. */
  readonly lifecycle: LifecycleEvent[] = [];
  #tracked = 0;
  #closing: Promise<void> | undefined;

  constructor(
    readonly nest: TestingModule | INestApplication,
    private readonly scene: Scene,
  ) {
    this.tracking = nest.get(TrackingService);
  }

  /** Its URL, if it has controllers. */
  get url(): Promise<string> {
    return (this.nest as INestApplication).getUrl();
  }

  /** Tracks the given number of orders, each of another person; returns their numbers. */
  track(count: number, properties: object = {}): number[] {
    return Array.from({ length: count }, () => {
      const n = this.#tracked++;
      this.tracking.track('Order Completed', { n, ...properties }, { userId: `user-${n}` });
      return n;
    });
  }

  /** The numbers of all orders so far. */
  get numbers(): number[] {
    return Array.from({ length: this.#tracked }, (_, n) => n);
  }

  observe(): void {
    this.tracking.lifecycle$.subscribe((event) => this.lifecycle.push(event));
  }

  stats(): TrackingStats {
    const stats = this.tracking.stats();
    expectAccounted(stats, this.notRouted);
    return stats;
  }

  /** The statistics of one lane, or of the only one. */
  lane(name?: string): LaneStats {
    const { lanes } = this.stats();
    return lanes[name ?? Object.keys(lanes)[0]!]!;
  }

  /** Whether no event is pending. */
  readonly idle = (): boolean =>
    Object.values(this.tracking.stats().lanes).every(({ pending }) => pending === 0);

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Shuts the application down as its host would, and advances the time as needed. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.stats();
    await this.scene.ended(this.nest.close());
    const { lanes } = this.stats();
    expect(Object.values(lanes).map(({ pending }) => pending)).toEqual(Object.keys(lanes).map(() => 0));
  }
}

/** The numbers that a server kept, in order, as often as it kept them. */
export function storedNumbers({ stored }: MisbehavingServer): number[] {
  return stored.map(({ n }) => n).toSorted((a, b) => a - b);
}

/** The numbers that a server would count that recognises a repetition by id. */
export function countedNumbers({ stored }: MisbehavingServer): number[] {
  const byId = new Map(stored.map(({ id, n }) => [id, n]));
  return [...byId.values()].toSorted((a, b) => a - b);
}

const open = new Set<Scene>();
let makeBuffer: ((scene: Scene) => EventBufferFactory) | undefined;

/** Sets the buffer of applications that name none. */
export function useBuffer(make: (scene: Scene) => EventBufferFactory): void {
  makeBuffer = make;
}

afterEach(async () => {
  for (const scene of open) await scene.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(takeProcessFaults()).toEqual([]);
});
