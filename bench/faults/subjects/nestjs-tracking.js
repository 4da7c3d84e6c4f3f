import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TrackingModule, TrackingService, journal, webhook } from '../../../dist/esm/index.js';

export const label = 'nestjs-tracking, journal()';

export async function create({ url, folder }) {
  class AppModule {}
  Module({
    imports: [
      TrackingModule.forRoot({
        destinations: [webhook({ url, batch: { maxEvents: 100 } })],
        buffer: journal({ directory: folder }),
      }),
    ],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const tracking = app.get(TrackingService);
  return {
    track: (properties) => tracking.track('Order Completed', properties, { userId: 'user-1' }),
    close: () => app.close(),
  };
}
