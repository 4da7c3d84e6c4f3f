import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Socket } from 'node:net';
import { journal } from '../../../lib/buffer/journal/journal.js';
import { kissmetrics } from '../../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { fakeDestination, overrideTracking, trackingRecorder } from '../../../lib/testing/index.js';
import { TrackingModule } from '../../../lib/tracking.module.js';
import { TrackingService } from '../../../lib/tracking.service.js';

// A test with the kit, in a process that must end by itself: it reports the handles that are left.
const plan = JSON.parse(process.argv[2]!) as {
  readonly closes: boolean;
  readonly outage: boolean;
  readonly directory: string;
};

let connections = 0;
// eslint-disable-next-line typescript/unbound-method -- called on whatever socket connects
const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  connections++;
  return Reflect.apply(connect, this, args);
};

@Module({
  imports: [
    TrackingModule.forRoot({
      destinations: [kissmetrics({ apiKey: undefined }), webhook({ url: 'http://127.0.0.1:9/events' })],
      buffer: journal({ directory: plan.directory }),
    }),
  ],
})
class AppModule {}

const before = process.getActiveResourcesInfo();
const fake = fakeDestination({ name: 'webhook' });
if (plan.outage) fake.goDown();
const module = await overrideTracking(Test.createTestingModule({ imports: [AppModule] }), {
  destinations: plan.outage ? [fake] : [],
}).compile();
const app = module.createNestApplication({ logger: false });
await app.init();
app.get(TrackingService).track('Order Completed', { revenue: 5 });
const recorded = trackingRecorder(app).events.length;
if (plan.closes) {
  await app.close();
  // Closed handles leave the list in the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
}
const left = process
  .getActiveResourcesInfo()
  .filter((resource) => !before.includes(resource) && resource !== 'Immediate');
process.on('exit', () => {
  process.stdout.write(JSON.stringify({ recorded, connections, left }));
});
