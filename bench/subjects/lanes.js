import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TrackingModule, TrackingService, memory, webhook } from '../../dist/esm/index.js';
import { EVENT, USER } from '../order.js';

/** Several destinations side by side: what each further lane costs, and what one that is down costs the others. */
export const label = 'nestjs-tracking, lanes';

/** Refuses connections. */
const DOWN = 'http://127.0.0.1:9';
const MB = 1024 * 1024;

const SETTINGS = {
  1: { up: 1, down: 0, says: 'one webhook()' },
  3: { up: 3, down: 0, says: 'three webhook()' },
  10: { up: 10, down: 0, says: 'ten webhook()' },
  '3, 1 down': { up: 2, down: 1, says: 'three webhook(), one of which refuses connections' },
};

export const settings = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, { says }]) => [name, `${says}, batches of 500`]),
);

/** How often the collector gets each event. */
export const copies = (setting) => SETTINGS[setting].up;

export async function create({ url, setting }) {
  const { up, down } = SETTINGS[setting];
  const lane = (to, index) =>
    webhook({ name: `lane-${index}`, url: to, batch: { maxEvents: 500, maxBytes: MB } });
  const urls = [...Array(up).fill(url), ...Array(down).fill(DOWN)];
  class AppModule {}
  Module({
    imports: [
      TrackingModule.forRoot({
        destinations: urls.map(lane),
        buffer: memory({ maxEvents: 400_000, maxBytes: 512 * MB }),
      }),
    ],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const tracking = app.get(TrackingService);
  const destinations = urls.slice(0, up).map((_, index) => `lane-${index}`);
  return {
    track: (order) => tracking.track(EVENT, order, { userId: USER }),
    flush: () => tracking.flush({ timeoutMs: 60_000, destinations }),
    close: () => app.close(),
  };
}
