import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { AppModule } from './app.module.js';

export async function createShop(): Promise<INestApplication> {
  const shop = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });

  // Without this line SIGTERM ends the process at once: events that wait in memory end with it, those in a journal wait
  // for the next start.
  shop.enableShutdownHooks([], { useProcessExit: true });

  return shop;
}
