import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TrackingModule, TrackingService, kissmetrics, memory, webhook } from '../../dist/esm/index.js';
import { EVENT, USER } from '../order.js';

export const label = 'nestjs-tracking';

const MB = 1024 * 1024;
// room for a whole burst, so that what is measured is delivery and not the bound
const room = { maxEvents: 400_000, maxBytes: 512 * MB };

/** @type {Record<string, (url: string) => { destination: unknown, buffer?: unknown, keyed?: boolean, says: string }>} */
const SETTINGS = {
  default: (url) => ({ destination: webhook({ url }), says: 'webhook(), defaults' }),
  tuned: (url) => ({
    destination: webhook({ url, batch: { maxEvents: 500, maxBytes: MB } }),
    buffer: memory(room),
    says: 'webhook(), batches of 500',
  }),
  keyed: (url) => ({
    destination: webhook({ url, gzip: true, batch: { maxEvents: 100, maxBytes: MB } }),
    buffer: memory(room),
    keyed: true,
    says: 'webhook(), batches of 100, gzip, keys',
  }),
  single: (url) => ({
    destination: kissmetrics({ apiKey: 'b8f5d3a1c0e9274655aa0b1c2d3e4f5061728394', endpoint: url }),
    buffer: memory(room),
    says: 'kissmetrics(), one request per event',
  }),
};

export const settings = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, setting]) => [name, setting('http://127.0.0.1:9').says]),
);

/** The module under measurement, as an application imports it. */
export function trackingModule({ url, setting, buffer: chosen }) {
  const { destination, buffer: usual } = SETTINGS[setting](url);
  const buffer = chosen ?? usual;
  return TrackingModule.forRoot({ destinations: [destination], ...(buffer && { buffer }) });
}

/** @param how `buffer`: in place of the setting's own */
export async function create({ url, setting, buffer }) {
  class AppModule {}
  Module({ imports: [trackingModule({ url, setting, buffer })] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const tracking = app.get(TrackingService);
  let orders = 0;
  return {
    track: SETTINGS[setting](url).keyed
      ? (order) =>
          tracking.track(EVENT, order, { userId: USER, key: `order-${++orders}`, timestamp: Date.now() })
      : (order) => tracking.track(EVENT, order, { userId: USER }),
    flush: () => tracking.flush({ timeoutMs: 60_000 }),
    stats: () => tracking.stats(),
    close: () => app.close(),
  };
}
