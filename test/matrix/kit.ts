/** The entry points beside the main one, as an application's tests and operators use them. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Controller, Get, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { journal, kissmetrics, TrackingModule, TrackingService } from 'nestjs-tracking';
import { openTelemetry } from 'nestjs-tracking/opentelemetry';
import { TrackingHealthIndicator } from 'nestjs-tracking/terminus';
import { fakeDestination, overrideTracking, TestClock, trackingRecorder } from 'nestjs-tracking/testing';

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly tracking: TrackingHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.tracking.isHealthy('tracking')]);
  }
}

@Module({
  imports: [
    // Neither is there: no test needs a key or a disk.
    TrackingModule.forRoot({
      destinations: [kissmetrics({ apiKey: process.env['A_KEY_THAT_IS_NOT_SET'] })],
      buffer: journal({ directory: '/nowhere/at/all' }),
      telemetry: openTelemetry(),
    }),
    TerminusModule,
  ],
  controllers: [HealthController],
  providers: [TrackingHealthIndicator],
})
class AppModule {}

export async function checkKit(): Promise<void> {
  const clock = new TestClock();
  const platform = fakeDestination({ name: 'kissmetrics' });
  const module = await overrideTracking(Test.createTestingModule({ imports: [AppModule] }), {
    clock,
    destinations: [platform],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();
  const tracking = app.get(TrackingService);
  tracking.track('Order Completed', { revenue: 25 });
  const { last } = trackingRecorder(app);
  assert.equal(last?.name, 'Order Completed');
  assert.deepEqual(last.properties, { revenue: 25 });
  await tracking.flush();
  assert.equal(platform.received.length, 1);
  const { status, details } = await app.get(HealthController).check();
  assert.equal(status, 'ok');
  assert.equal(details['tracking']?.status, 'up');
  await app.close();
}
