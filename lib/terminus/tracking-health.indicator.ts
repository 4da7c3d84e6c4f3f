import { Inject, Injectable, Optional } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { TRACKING } from '../capture/capture-port.js';
import { totalOf } from '../event/counted.js';
import { systemClock, TRACKING_CLOCK, type Clock } from '../host/clock.js';
import { briefly } from '../delivery/delivery.messages.js';
import type { LastRefusal } from '../event/last-refusal.js';
import type { TrackingStats } from '../observe/stats.js';
import type { TrackingService } from '../tracking.service.js';
import { Losses } from './losses.js';
import { problemsOf } from './problems.js';
import { healthOptions, type TrackingHealthOptions } from './tracking-health-options.js';

/** The method that Terminus 12 adds to its sessions. */
interface KnowsDegraded<Key extends string> {
  degraded?(data: Record<string, unknown>): HealthIndicatorResult<Key>;
}

/**
 * Reports the state of tracking to Terminus. Provide it in the module of the health controller, next to
 * `TerminusModule`.
 *
 * @example
 * this.health.check([() => this.tracking.isHealthy('tracking')])
 */
@Injectable()
export class TrackingHealthIndicator {
  readonly #losses = new Losses();
  readonly #clock: Clock;

  constructor(
    @Inject(HealthIndicatorService) private readonly indicator: HealthIndicatorService,
    @Inject(TRACKING) private readonly tracking: Pick<TrackingService, 'stats'>,
    @Optional() @Inject(TRACKING_CLOCK) clock: Clock | undefined,
  ) {
    this.#clock = clock ?? systemClock;
  }

  /**
   * Up without problems; otherwise the status of `onDegraded`, by default `degraded`, with the problems and their
   * remedies. Per destination: pending events and their age, dead letters, dropped events, why it is parked, and
   * status, code and field of its last refusal. Ids, keys and properties are never in it. Costs a snapshot of the
   * accounting, and makes no requests.
   *
   * @param key the indicator's name in the answer
   * @throws TrackingConfigError (the promise is rejected) for an invalid option
   */
  // eslint-disable-next-line @typescript-eslint/require-await -- Terminus' own indicators all return promises
  async isHealthy<const Key extends string = 'tracking'>(
    key: Key = 'tracking' as Key,
    options: TrackingHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    const values = healthOptions(options);
    const { onDegraded, lossWindowMs, destinations } = values;
    const session = this.indicator.check(key);
    const stats = this.tracking.stats();
    const now = this.#clock.monotonic();
    this.#losses.check(stats, now);
    const problems = problemsOf(stats, values, (watched) => this.#losses.within(lossWindowMs, watched, now));
    const details = detailsOf(stats, destinations);
    if (problems.length === 0) return session.up(details);
    const data = { problems, ...details };
    if (onDegraded === 'down') return session.down(data);
    if (onDegraded === 'up') return session.up(data);
    return (session as KnowsDegraded<Key>).degraded?.(data) ?? session.up(data);
  }
}

function detailsOf(
  { lanes, journal }: TrackingStats,
  names: readonly string[] | undefined,
): Record<string, unknown> {
  const shown = Object.entries(lanes).filter(([name]) => names?.includes(name) ?? true);
  return {
    destinations: Object.fromEntries(
      shown.map(([name, { pending, oldestPendingMs, parked, lastRefusal, dead, dropped }]) => [
        name,
        { pending, oldestPendingMs, parked, ...refusalOf(lastRefusal), dead, dropped: totalOf(dropped) },
      ]),
    ),
    ...(journal !== null && { journal: { state: journal.state, cause: journal.cause } }),
  };
}

/** Only while nothing is delivered, and without the message, which may name a person. */
function refusalOf(last: LastRefusal | null): { lastRefusal?: LastRefusal } {
  return last === null || last.count === 0 ? {} : { lastRefusal: { ...last, answer: briefly(last.answer) } };
}
