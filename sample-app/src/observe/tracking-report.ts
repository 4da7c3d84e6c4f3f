import { Injectable } from '@nestjs/common';
import { TrackingService, type TrackingStats } from 'nestjs-tracking';
import { TrackingFeed } from './tracking-feed.js';

export interface Report {
  /** The accounting: every call and every event is counted in exactly one state. */
  readonly stats: TrackingStats;
  readonly byName: Record<string, Record<string, number>>;
}

@Injectable()
export class TrackingReport {
  constructor(
    private readonly tracking: TrackingService,
    private readonly feed: TrackingFeed,
  ) {}

  now(): Report {
    return { stats: this.tracking.stats(), byName: this.feed.counts() };
  }
}
