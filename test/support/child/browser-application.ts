import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { journal, kissmetrics, Track, TrackingModule } from '../../../lib/index.js';
import { posthogLike } from '../posthog-like.js';

// Gets one request of a browser, commits its event, and is killed.
const { directory, url, cookie } = JSON.parse(process.argv[2]!) as Record<
  'directory' | 'url' | 'cookie',
  string
>;

@Controller()
class OrdersController {
  @Post()
  @Track('Order Completed', { durable: true })
  async create(): Promise<void> {}
}

@Module({
  imports: [
    TrackingModule.forRoot({
      destinations: [kissmetrics({ apiKey: 'key', endpoint: `${url}/km` }), posthogLike(`${url}/ph`)],
      buffer: journal({ directory }),
    }),
  ],
  controllers: [OrdersController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const { status } = await fetch(await app.getUrl(), { method: 'POST', headers: { cookie } });
if (status !== 201) throw new Error(String(status));
process.kill(process.pid, 'SIGKILL');
