import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { AppModule } from './app.module.js';

export async function createShop(): Promise<INestApplication> {
  const shop = await NestFactory.create(AppModule, { logger: ['fatal', 'error', 'warn'] });

  // Without this line SIGTERM ends the process at once, and events that still wait in memory end with it.
  shop.enableShutdownHooks([], { useProcessExit: true });

  return shop;
}
