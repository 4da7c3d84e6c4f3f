import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import cookieParser from 'cookie-parser';
import type { NextFunction, Response } from 'express';
import type { AddressInfo } from 'node:net';
import { type Destination, TrackingModule, TrackingService, memory } from 'nestjs-tracking';
import { PAGE, type Pages } from './pages.js';
import { People } from './people.js';
import { ShopController, type ShopRequest } from './shop.controller.js';

/** A Nest application with sign-up, sign-in, sign-out and orders, whose pages have the SDKs of vendors. */
export async function startShop(destinations: Destination[], pages: Pages) {
  @Module({
    imports: [TrackingModule.forRoot({ destinations, buffer: memory() })],
    controllers: [ShopController],
    providers: [People, { provide: PAGE, useValue: pages }],
  })
  class AppModule {}

  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'fatal'] });
  const people = app.get(People);
  app.use(cookieParser(), (request: ShopRequest, _response: Response, next: NextFunction) => {
    const user = people.signedIn(request.cookies['sid']);
    if (user !== undefined) request.user = user;
    next();
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    // A name with a root domain, on which the SDKs put their cookies; browsers trust it like localhost.
    url: `http://www.shop.localhost:${port}`,
    tracking: app.get(TrackingService),
    close: () => app.close(),
  };
}
