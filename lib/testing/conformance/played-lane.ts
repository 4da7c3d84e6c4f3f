import type { Destination, OutgoingRequest } from '../../destinations/destination.js';
import {
  playedDispatcher,
  type PlayedAnswer,
  type PlayedRequest,
} from '../../destinations/played-dispatcher.js';
import { totalOf } from '../../event/counted.js';
import { idOf } from '../../event/lane-event.js';
import type { LifecycleEvent } from '../../observe/lifecycle.js';
import type { TrackingModuleOptions } from '../../options/module-options.js';
import { resolveOptions } from '../../options/resolve-options.js';
import type { LaneStats, TrackingStats } from '../../observe/stats.js';
import type { TrackingService } from '../../tracking.service.js';
import { observedDestination } from '../observed-destination.js';
import { conformanceMessages } from './conformance.messages.js';
import type { ConformanceRequest } from './conformance-setup.js';
import { bodyText } from './request-values.js';
import { VirtualTracking } from './virtual-tracking.js';

/** Marks a request on its way through the lane; removed before a rule sees the request. */
const MARK = 'x-conformance-request';
/** Longest real time of a compression. */
const COMPRESSION_MS = 5_000;

/** A request to the simulated platform. */
export interface LaneRequest extends ConformanceRequest {
  /** Monotonic time. */
  readonly at: number;
  /** 1 for the first attempt of its batch. */
  readonly attempt: number;
}

/** The platform's answer to a request. */
export type Player = (request: LaneRequest) => PlayedAnswer;

interface Built {
  readonly ids: readonly string[];
  readonly attempt: number;
}

/** A real lane, with a buffer in memory, in virtual time, in front of a platform that a rule simulates. */
export class PlayedLane {
  readonly requests: LaneRequest[] = [];
  readonly signals: LifecycleEvent[] = [];
  readonly service: TrackingService;
  readonly #tracking: VirtualTracking;
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
    this.#tracking = new VirtualTracking(
      resolveOptions({ namespace: 'conformance', ...options, destinations: [destination] }),
      () => this.#isCompressing(),
    );
    this.service = this.#tracking.service;
    this.service.lifecycle$.subscribe((signal) => void this.signals.push(signal));
  }

  get stats(): LaneStats {
    return this.service.stats().lanes[this.#name]!;
  }

  get lines(): readonly string[] {
    return this.#tracking.lines;
  }

  /** Advances virtual time until a condition holds; false if it does not hold in time. */
  until(goal: () => boolean, withinMs: number): Promise<boolean> {
    return this.#tracking.until(goal, withinMs);
  }

  /** Resolves when no event is pending. */
  settled(withinMs: number): Promise<boolean> {
    return this.until(() => this.stats.pending === 0, withinMs);
  }

  /** Shuts it down as an application does. @throws Error unless every call and every event has exactly one counted state */
  async close(): Promise<void> {
    await this.#tracking.close();
    checkAccounting(this.service.stats());
  }

  #marked(request: OutgoingRequest, built: Built): OutgoingRequest {
    // Not a request: the lane rejects the value itself.
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
      at: this.#tracking.clock.monotonic(),
      ...built,
    };
    this.requests.push(came);
    request.end(play(came));
  }
}

function checkAccounting(stats: TrackingStats): void {
  const { called, accepted, duplicate, rejected, suppressed, held } = stats;
  const ended = accepted + duplicate + totalOf(rejected) + totalOf(suppressed) + held;
  if (called !== ended) throw new Error(conformanceMessages.callsDoNotAddUp(called, ended));
  for (const lane of Object.values(stats.lanes)) {
    const came = lane.accepted + lane.recovered + lane.adopted + lane.replayed;
    const are = lane.delivered + lane.pending + lane.dead + totalOf(lane.dropped) + lane.handedOver;
    if (came !== are) throw new Error(conformanceMessages.eventsDoNotAddUp(came, are));
  }
}
