import { Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../accounts/guards.js';
import { RenewalJob } from './renewal.job.js';
import { RenewalsService } from './renewals.service.js';
import type { Renewal } from './subscription.js';

/** The list of renewals. */
@Controller('admin/renewals')
@UseGuards(AdminGuard)
export class RenewalsController {
  constructor(
    private readonly job: RenewalJob,
    private readonly renewals: RenewalsService,
  ) {}

  @Get()
  all(): readonly Renewal[] {
    return this.renewals.all();
  }

  /** Pauses renewals until the shop restarts. */
  @Post('pause')
  @HttpCode(204)
  pause(): void {
    this.job.pause();
  }
}
