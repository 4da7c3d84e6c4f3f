import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TrackingModule } from '../../../lib/tracking.module.js';
import { TrackingService } from '../../../lib/tracking.service.js';
import type { ChildPlan } from '../child-application.js';
import { PLATFORMS } from '../platforms.js';

// An application in a child process. It follows its plan, reports each step, and never closes anything by itself.
const plan = JSON.parse(process.argv[2]!) as ChildPlan;
const retry = { minDelayMs: 20, maxDelayMs: 200 };
const destination = PLATFORMS.find(({ name }) => name === plan.platform)!.destination(plan, {
  batch: { maxDelayMs: 100 },
});

/** The test is about complete delivery: a busy machine may take longer than the default deadline. */
const shutdown = { timeoutMs: 30_000 };

@Module({ imports: [TrackingModule.forRoot({ destinations: [destination], retry, shutdown })] })
class AppModule {}

const app = await NestFactory.createApplicationContext(AppModule);
if (plan.shutdownHooks) app.enableShutdownHooks();
const tracking = app.get(TrackingService);
for (let n = 0; n < plan.events; n++) {
  tracking.track('Order Completed', { n }, { userId: `user-${n}` });
}
// A handle of the application that keeps the process alive, such as its HTTP server.
if (plan.shutdownHooks) setInterval(() => undefined, 60_000);
process.stdout.write('tracked\n');
