import { Module } from '@nestjs/common';
import { ObserveController } from './observe.controller.js';
import { TrackingFeed } from './tracking-feed.js';
import { TrackingReport } from './tracking-report.js';

@Module({ controllers: [ObserveController], providers: [TrackingFeed, TrackingReport] })
export class ObserveModule {}
