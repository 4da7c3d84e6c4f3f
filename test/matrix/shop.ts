/**
 * What a user of the package writes, in one file. It is compiled once as CommonJS and once as ESM against the packed
 * tarball, and run on each Node: it fails by a non-zero exit code, or by not ending.
 */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  Body,
  Controller,
  Injectable,
  Module,
  Post,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { journal, Track, TrackingModule, TrackingService, webhook } from 'nestjs-tracking';

interface Order {
  id: string;
  total: number;
  placedAt: Date;
}

interface Received {
  name: string;
  userId: string;
  properties: Record<string, unknown>;
}

@Injectable()
class Orders {
  constructor(private readonly tracking: TrackingService) {}

  place(total: number): Order {
    this.tracking.track('Order Placed', { total });
    return { id: 'order-1001', total, placedAt: new Date() };
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Post()
  @Track('Order Completed', {
    properties: (order: Order) => ({ orderId: order.id, revenue: order.total }),
    key: (order: Order) => order.id,
    timestamp: (order: Order) => order.placedAt,
  })
  async create(@Body() body: { total: number }): Promise<Order> {
    return this.orders.place(body.total);
  }
}

export async function check(): Promise<void> {
  const received: Received[] = [];
  const receiver = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      received.push(...(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Received[]));
      answer.end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;

  const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-journal-'));

  @Module({
    imports: [TrackingModule.forRoot({ destinations: [webhook({ url })], buffer: journal({ directory }) })],
    controllers: [OrdersController],
    providers: [Orders],
  })
  class Shop implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer
        .apply((incoming: { user?: { id: string } }, _answer: unknown, next: () => void) => {
          incoming.user = { id: 'shopper-7' };
          next();
        })
        .forRoutes(OrdersController);
    }
  }

  const app = await NestFactory.create(Shop, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  assert.equal(await post(port, '/orders', { total: 42 }), 201);

  const tracking = app.get(TrackingService);
  assert.equal((await tracking.record('Order Paid', {}, { userId: 'shopper-7' })).state, 'committed');
  const report = await tracking.flush({ timeoutMs: 5_000 });
  assert.equal(report.timedOut, false);
  await app.close();

  const seen = received.map(({ name, userId, properties }) => ({ name, userId, properties }));
  seen.sort((a, b) => (a.name < b.name ? -1 : 1));
  assert.deepEqual(seen, [
    { name: 'Order Completed', userId: 'shopper-7', properties: { orderId: 'order-1001', revenue: 42 } },
    { name: 'Order Paid', userId: 'shopper-7', properties: {} },
    { name: 'Order Placed', userId: 'shopper-7', properties: { total: 42 } },
  ]);
  const stats = tracking.stats();
  const lane = stats.lanes['webhook'];
  assert.deepEqual([stats.called, stats.accepted, lane?.delivered, lane?.pending], [3, 3, 3, 0]);

  const listed = command('--directory', directory, '--json', 'list', '--state', 'delivered');
  assert.equal(listed.trim().split('\n').length, 3);
  rmSync(directory, { recursive: true });

  await new Promise((resolve) => receiver.close(resolve));
}

/** Runs the command line of the installed package. */
function command(...args: string[]): string {
  const manifest = createRequire(join(process.cwd(), 'entry.js')).resolve('nestjs-tracking/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  const file = join(dirname(manifest), bin['nestjs-tracking']!);
  return execFileSync(process.execPath, [file, ...args], { encoding: 'utf8' });
}

function post(port: number, path: string, body: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        path,
        host: '127.0.0.1',
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json' },
      },
      (answer) => answer.resume().on('end', () => resolve(answer.statusCode)),
    );
    outgoing.on('error', reject).end(JSON.stringify(body));
  });
}
