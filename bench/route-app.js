import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import { Duplex } from 'node:stream';
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { link } from './link.js';

/**
 * A Nest application with one route that is not decorated, called without a network: what a module adds to a request is a
 * hundredth of what a socket takes, and would be lost in its noise.
 */
let listener;

link(process, {
  async open({ tracking, url }) {
    const { imports = [], middleware } = await WAYS[tracking](url);
    const app = await NestFactory.create(appModule(imports), { logger: false });
    if (middleware) app.use(middleware);
    await app.init();
    listener = app.getHttpAdapter().getInstance();
  },
  /** Microseconds of CPU per request. */
  async serve(requests) {
    const before = process.cpuUsage();
    for (let i = 0; i < requests; i++) await request();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / requests;
  },
});

const WAYS = {
  none: () => ({}),
  /** What any context of requests costs on this Node. */
  context() {
    const context = new AsyncLocalStorage();
    return { middleware: (request, response, next) => context.run({ request, response }, next) };
  },
  async module(url) {
    const { trackingModule } = await import('./subjects/ours.js');
    return { imports: [trackingModule({ setting: 'default', url })] };
  },
};

function appModule(imports) {
  class PingController {
    ping() {
      return 'pong';
    }
  }
  Get('ping')(
    PingController.prototype,
    'ping',
    Object.getOwnPropertyDescriptor(PingController.prototype, 'ping'),
  );
  Controller()(PingController);
  class AppModule {}
  Module({ imports, controllers: [PingController] })(AppModule);
  return AppModule;
}

/** Node's own request and response, over a socket that leads nowhere. */
function request() {
  return new Promise((resolve) => {
    const socket = new Nowhere();
    const incoming = new http.IncomingMessage(socket);
    Object.assign(incoming, { method: 'GET', url: '/ping', headers: { host: 'localhost' }, complete: true });
    incoming.httpVersionMajor = incoming.httpVersionMinor = 1;
    incoming.push(null);
    const response = new http.ServerResponse(incoming);
    response.assignSocket(socket);
    response.on('finish', resolve);
    listener(incoming, response);
  });
}

class Nowhere extends Duplex {
  _read() {}
  _write(_chunk, _encoding, done) {
    done();
  }
  setTimeout() {}
}
