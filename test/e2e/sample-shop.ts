import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { TrackingService } from 'nestjs-tracking';
import { setTimeout as pause } from 'node:timers/promises';
import request from 'supertest';
import { AppModule } from '../../sample-app/src/app.module.js';
import type { Account } from '../../sample-app/src/accounts/account.js';
import { ADMIN_EMAIL } from '../../sample-app/src/accounts/accounts.service.js';
import { ShopConfig } from '../../sample-app/src/shop.config.js';

/** One process of the sample shop, as its users see it. */
export class SampleShop {
  private constructor(readonly app: NestExpressApplication) {}

  static async open(collector: string, settings: NodeJS.ProcessEnv = {}): Promise<SampleShop> {
    const config = new ShopConfig({
      SHOP_COLLECTOR: collector,
      SHOP_BILLING_PERIOD_MS: '50',
      SHOP_RENEWALS_EVERY_MS: '25',
      ...settings,
    });
    const built = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(ShopConfig)
      .useValue(config)
      .compile();
    const app = built.createNestApplication<NestExpressApplication>({ logger: false });
    await app.listen(0, '127.0.0.1');
    return new SampleShop(app);
  }

  /** A separate browser with its own cookies. */
  browser(): ReturnType<typeof request.agent> {
    return request.agent(this.app.getHttpServer());
  }

  async customer(name: string, browser = this.browser()): Promise<Account> {
    const answer = await browser
      .post('/accounts')
      .send({ name, email: `${name}@example.com`, password: 'secret' })
      .expect(201);
    return answer.body as Account;
  }

  async admin(): Promise<ReturnType<typeof request.agent>> {
    const browser = this.browser();
    await browser.post('/session').send({ email: ADMIN_EMAIL, password: 'admin' }).expect(200);
    return browser;
  }

  /** Waits until everything is delivered. An HTTP event is decided when its response has left, a moment after the client has it. */
  async settled(): Promise<void> {
    await pause(20);
    await this.tracking.flush();
  }

  get tracking(): TrackingService {
    return this.app.get(TrackingService);
  }
}
