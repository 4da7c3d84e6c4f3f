import { Global, Module } from '@nestjs/common';
import { type Route, routesFrom } from './tracking/routes.js';

/** The shop's settings from its environment. Every default works offline. */
export class ShopConfig {
  readonly host: string;
  readonly port: number;
  /** Where events go. */
  readonly routes: readonly Route[];
  /** The directory of the journal; undefined: events are kept in memory. The command line reads the same variable. */
  readonly journalDirectory: string | undefined;
  readonly adminPassword: string;
  readonly paymentSecret: string;
  /** A billing period, short enough to watch. */
  readonly billingPeriodMs: number;
  readonly renewalsEveryMs: number;
  /** A file for renewals; undefined: they are kept in memory. */
  readonly renewalBooks: string | undefined;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.host = env['SHOP_HOST'] ?? '127.0.0.1';
    this.port = Number(env['PORT'] ?? 3000);
    this.routes = routesFrom(env);
    this.journalDirectory = env['NESTJS_TRACKING_DIRECTORY'] || undefined;
    this.adminPassword = env['SHOP_ADMIN_PASSWORD'] ?? 'admin';
    this.paymentSecret = env['SHOP_PAYMENT_SECRET'] ?? 'payment-provider-secret';
    this.billingPeriodMs = Number(env['SHOP_BILLING_PERIOD_MS'] ?? 30_000);
    this.renewalsEveryMs = Number(env['SHOP_RENEWALS_EVERY_MS'] ?? 1_000);
    this.renewalBooks = env['SHOP_RENEWAL_BOOKS'] || undefined;
  }
}

@Global()
@Module({
  providers: [{ provide: ShopConfig, useFactory: () => new ShopConfig() }],
  exports: [ShopConfig],
})
export class ShopConfigModule {}
