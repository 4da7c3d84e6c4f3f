import type { Attributes, BatchObservableResult, Observable } from '@opentelemetry/api';
import type { TelemetryJournal, TelemetryLane, TelemetryStats } from '../observe/telemetry.js';
import type { Instruments } from './instruments.js';

/** Why a lane may be parked. Each is always reported, with 0 or 1, so that an ended one is visible as ended. */
const PARKING = ['unauthorized', 'misconfigured', 'refused_all'];

export class StatsObserver {
  readonly #parking = new Set<string>(PARKING);

  constructor(
    private readonly to: Instruments,
    /** Attributes of every measurement. */
    private readonly common: Attributes,
  ) {}

  observe(stats: TelemetryStats, result: BatchObservableResult): void {
    const observe = this.#observer(result, this.common);
    const { to } = this;
    observe(to.calls, stats.accepted, { 'nestjs_tracking.state': 'accepted' });
    observe(to.calls, stats.duplicate, { 'nestjs_tracking.state': 'duplicate' });
    for (const state of ['rejected', 'suppressed'] as const) {
      for (const [reason, count] of Object.entries(stats[state])) {
        observe(to.calls, count, { 'nestjs_tracking.state': state, 'nestjs_tracking.reason': reason });
      }
    }
    if (stats.held !== undefined) observe(to.held, stats.held);
    for (const [notice, count] of Object.entries(stats.notices)) {
      observe(to.notices, count, { 'nestjs_tracking.notice': notice });
    }
    if (stats.plan) {
      const { violations, unlisted } = stats.plan;
      observe(to.planViolations, violations, { 'nestjs_tracking.violation': 'properties' });
      observe(to.planViolations, unlisted, { 'nestjs_tracking.violation': 'name' });
    }
    for (const [name, lane] of Object.entries(stats.lanes)) this.#lane(name, lane, result);
    if (stats.journal !== null) this.#journal(stats.journal, result);
  }

  #lane(name: string, lane: TelemetryLane, result: BatchObservableResult): void {
    const observe = this.#observer(result, { ...this.common, 'nestjs_tracking.destination': name });
    const { to } = this;
    for (const origin of ['accepted', 'recovered', 'adopted', 'replayed'] as const) {
      observe(to.entered, lane[origin], { 'nestjs_tracking.origin': origin });
    }
    observe(to.settled, lane.delivered, { 'nestjs_tracking.state': 'delivered' });
    observe(to.settled, lane.handedOver, { 'nestjs_tracking.state': 'handed_over' });
    for (const [reason, count] of Object.entries(lane.dropped)) {
      observe(to.settled, count, { 'nestjs_tracking.state': 'dropped', 'nestjs_tracking.reason': reason });
    }
    for (const [reason, count] of Object.entries(lane.declined)) {
      observe(to.declined, count, { 'nestjs_tracking.reason': reason });
    }
    observe(to.unverified, lane.unverified);
    observe(to.redriven, lane.redriven);
    observe(to.requests, lane.attempts - lane.retries, { 'nestjs_tracking.retry': false });
    observe(to.requests, lane.retries, { 'nestjs_tracking.retry': true });
    observe(to.pending, lane.pending);
    observe(to.deadLetters, lane.dead);
    observe(to.pendingAge, (lane.oldestPendingMs ?? 0) / 1_000);
    if (lane.parked !== null) this.#parking.add(lane.parked);
    for (const reason of this.#parking) {
      observe(to.parked, lane.parked === reason ? 1 : 0, { 'nestjs_tracking.reason': reason });
    }
  }

  #journal({ bytes, uncommitted, state, damaged }: TelemetryJournal, result: BatchObservableResult): void {
    const observe = this.#observer(result, this.common);
    const { to } = this;
    observe(to.journalSize, bytes);
    observe(to.journalUncommitted, uncommitted);
    observe(to.journalFailing, state === 'failing' ? 1 : 0);
    observe(to.journalDamaged, damaged);
  }

  #observer(result: BatchObservableResult, about: Attributes) {
    return (instrument: Observable, value: number, attributes?: Attributes): void =>
      result.observe(instrument, value, { ...about, ...attributes });
  }
}
