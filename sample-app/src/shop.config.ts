import { Global, Module } from '@nestjs/common';

/** No real key: it has the shape of a KISSmetrics key, and only the local collector gets it. */
const LOCAL_KEY = '0'.repeat(40);
const LOCAL_COLLECTOR = 'http://127.0.0.1:4100';

/** The shop's settings from its environment. Every default works offline. */
export class ShopConfig {
  readonly host: string;
  readonly port: number;
  readonly kissmetrics: { readonly apiKey: string; readonly endpoint?: string };
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
    this.kissmetrics = kissmetricsFrom(env);
    this.journalDirectory = env['NESTJS_TRACKING_DIRECTORY'] || undefined;
    this.adminPassword = env['SHOP_ADMIN_PASSWORD'] ?? 'admin';
    this.paymentSecret = env['SHOP_PAYMENT_SECRET'] ?? 'payment-provider-secret';
    this.billingPeriodMs = Number(env['SHOP_BILLING_PERIOD_MS'] ?? 30_000);
    this.renewalsEveryMs = Number(env['SHOP_RENEWALS_EVERY_MS'] ?? 1_000);
    this.renewalBooks = env['SHOP_RENEWAL_BOOKS'] || undefined;
  }
}

/**
 * With your own KISSMETRICS_API_KEY the shop sends to the real host, else to the local collector. KISSMETRICS_ENDPOINT
 * selects another collector or a proxy.
 */
function kissmetricsFrom(env: NodeJS.ProcessEnv): ShopConfig['kissmetrics'] {
  const apiKey = env['KISSMETRICS_API_KEY'];
  const endpoint = env['KISSMETRICS_ENDPOINT'] || (apiKey ? undefined : LOCAL_COLLECTOR);
  return { apiKey: apiKey || LOCAL_KEY, ...(endpoint && { endpoint }) };
}

@Global()
@Module({
  providers: [{ provide: ShopConfig, useFactory: () => new ShopConfig() }],
  exports: [ShopConfig],
})
export class ShopConfigModule {}
