import { Module } from '@nestjs/common';
import { journal, memory, TrackingModule } from 'nestjs-tracking';
import { AccountsModule } from './accounts/accounts.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { ObserveModule } from './observe/observe.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { ShopConfig, ShopConfigModule } from './shop.config.js';
import { StorefrontModule } from './storefront/storefront.module.js';
import { SubscriptionsModule } from './subscriptions/subscriptions.module.js';
import { DESTINATIONS } from './tracking/destinations.js';

@Module({
  imports: [
    ShopConfigModule,

    // The whole set-up: destinations and buffer. With a journal, pending events survive the process, and processes may
    // share one directory. The module is global, so no feature module imports it again.
    TrackingModule.forRootAsync({
      inject: [ShopConfig],
      useFactory: (config: ShopConfig) => ({
        destinations: config.routes.map(({ name, env, endpoint }) =>
          DESTINATIONS[name](env, endpoint === undefined ? {} : { endpoint }),
        ),
        buffer: config.journalDirectory ? journal({ directory: config.journalDirectory }) : memory(),
      }),
    }),

    AccountsModule,
    CatalogModule,
    OrdersModule,
    PaymentsModule,
    SubscriptionsModule,
    ObserveModule,
    StorefrontModule,
  ],
})
export class AppModule {}
