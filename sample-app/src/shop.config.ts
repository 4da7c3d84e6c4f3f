import { Global, Module } from '@nestjs/common';

/** The key of nobody: it has the shape of a KISSmetrics key, and only the local collector ever sees it. */
const LOCAL_KEY = '0'.repeat(40);
const LOCAL_COLLECTOR = 'http://127.0.0.1:4100';

/** What the shop reads from its environment, in one place. Everything has a default that works offline. */
export class ShopConfig {
  readonly host: string;
  readonly port: number;
  readonly kissmetrics: { readonly apiKey: string; readonly endpoint?: string };
  /** Where events wait on disk; undefined: in memory. The command line reads the same variable. */
  readonly journalDirectory: string | undefined;
  readonly adminPassword: string;
  readonly paymentSecret: string;
  /** A month, short enough to watch. */
  readonly billingPeriodMs: number;
  readonly renewalsEveryMs: number;
  /** A file for what was renewed; undefined: it is forgotten with the process. */
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
 * Your own KISSMETRICS_API_KEY is all it takes to leave the local collector for the real host. KISSMETRICS_ENDPOINT is for
 * anything in between: another collector, a proxy.
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
