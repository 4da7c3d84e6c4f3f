import { Controller, Get, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../accounts/guards.js';
import { type FeedEntry, TrackingFeed } from './tracking-feed.js';
import { type Report, TrackingReport } from './tracking-report.js';

@Controller()
export class ObserveController {
  constructor(
    private readonly feed: TrackingFeed,
    private readonly report: TrackingReport,
  ) {}

  /** For the storefront's panel; it shows names of events, never people. */
  @Get('feed')
  latest(): readonly FeedEntry[] {
    return this.feed.latest();
  }

  @Get('admin/tracking')
  @UseGuards(AdminGuard)
  now(): Report {
    return this.report.now();
  }
}
