import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { AppModule } from './app.module.js';

export async function createShop(): Promise<INestApplication> {
  const shop = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });

  // Without this line SIGTERM ends the process at once: pending events in memory are lost, those in a journal are sent
  // after the next start.
  shop.enableShutdownHooks([], { useProcessExit: true });

  return shop;
}
