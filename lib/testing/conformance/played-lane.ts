import type { Destination, OutgoingRequest } from '../../destinations/destination.js';
import { idOf } from '../../event/lane-event.js';
import type { LifecycleEvent } from '../../event/lifecycle.js';
import { Log } from '../../host/log.js';
import type { TrackingModuleOptions } from '../../options.js';
import { resolveOptions } from '../../resolve-options.js';
import type { LaneStats } from '../../stats.js';
import { TrackingRuntime } from '../../tracking.runtime.js';
import { TrackingService } from '../../tracking.service.js';
import { playedDispatcher } from '../../destinations/played-dispatcher.js';
import type { PlayedAnswer, PlayedRequest } from '../../destinations/played-dispatcher.js';
import { rest } from '../real-time.js';
import { TestClock } from '../test-clock.js';
import type { ConformanceRequest } from './conformance-setup.js';
import { observedDestination } from './observed-destination.js';
import { bodyText } from './request-values.js';

/** Marks a request on its way through the lane; removed before a rule sees the request. */
const MARK = 'x-conformance-request';
/** Real time that a compression gets. */
const COMPRESSION_MS = 5_000;

/** A request to the simulated platform. */
export interface LaneRequest extends ConformanceRequest {
  /** Monotonic time. */
  readonly at: number;
  /** 1 for the first attempt of its batch. */
  readonly attempt: number;
}

/** What the platform does with a request. */
export type Player = (request: LaneRequest) => PlayedAnswer;

interface Built {
  readonly ids: readonly string[];
  readonly attempt: number;
}

/** A real lane, with a buffer in memory, in virtual time, in front of a platform that a rule simulates. */
export class PlayedLane {
  readonly clock = new TestClock();
  readonly requests: LaneRequest[] = [];
  readonly lines: string[] = [];
  readonly signals: LifecycleEvent[] = [];
  readonly service: TrackingService;
  readonly #runtime: TrackingRuntime;
  readonly #name: string;
  readonly #built: Built[] = [];
  /** Requests that are being compressed. */
  #compressing = 0;
  #compressesUntil = Infinity;

  constructor(real: Destination, play: Player, options: Partial<TrackingModuleOptions> = {}) {
    this.#name = real.name;
    const destination = observedDestination(real, {
      dispatcher: playedDispatcher((request) => this.#came(request, play)),
      allowPrivateHosts: true,
      encode: (batch, attempt) =>
        this.#marked(real.encode(batch, attempt), { ids: batch.map(idOf), attempt: attempt.number }),
    });
    const keep = (line: string): void => void this.lines.push(line);
    const log = new Log(() => this.clock.monotonic(), { log: keep, warn: keep, error: keep });
    const resolved = resolveOptions({ namespace: 'conformance', ...options, destinations: [destination] });
    this.#runtime = new TrackingRuntime(resolved, this.clock, log);
    this.service = new TrackingService(this.#runtime);
    this.service.lifecycle$.subscribe((signal) => void this.signals.push(signal));
  }

  get stats(): LaneStats {
    return this.service.stats().lanes[this.#name]!;
  }

  /** Advances virtual time until a condition holds; false if it does not hold in time. */
  async until(goal: () => boolean, withinMs: number): Promise<boolean> {
    const end = this.clock.monotonic() + withinMs;
    for (;;) {
      await this.rested();
      if (goal()) return true;
      const next = this.clock.nextAt;
      if (next === undefined || next > end) return false;
      this.clock.advanceTo(next);
    }
  }

  /** Until no event is pending. */
  settled(withinMs: number): Promise<boolean> {
    return this.until(() => this.stats.pending === 0, withinMs);
  }

  /** Until nothing more happens unless time advances. */
  rested(): Promise<void> {
    return rest(() => this.clock.soonPending > 0 || this.#isCompressing());
  }

  /** Shuts it down as an application does. */
  async close(): Promise<void> {
    let closed = false;
    const closing = this.#runtime.close().finally(() => (closed = true));
    await this.until(() => closed, Infinity);
    if (closed) await closing;
  }

  #marked(request: OutgoingRequest, built: Built): OutgoingRequest {
    // Not a request: the lane rejects it as it is.
    if (typeof (request as Partial<OutgoingRequest> | null)?.url !== 'string') return request;
    this.#built.push(built);
    if (request.compress === 'gzip') {
      this.#compressing++;
      this.#compressesUntil = performance.now() + COMPRESSION_MS;
    }
    return { ...request, headers: { ...request.headers, [MARK]: String(this.#built.length) } };
  }

  #isCompressing(): boolean {
    return this.#compressing > 0 && performance.now() < this.#compressesUntil;
  }

  #came(request: PlayedRequest, play: Player): void {
    const { [MARK]: mark, ...headers } = request.headers;
    const built = this.#built[Number(mark) - 1] ?? { ids: [], attempt: 1 };
    if (headers['content-encoding'] === 'gzip' && this.#compressing > 0) this.#compressing--;
    const came: LaneRequest = {
      method: request.method,
      url: request.origin + request.path,
      headers,
      body: bodyText(request.body),
      at: this.clock.monotonic(),
      ...built,
    };
    this.requests.push(came);
    request.end(play(came));
  }
}
