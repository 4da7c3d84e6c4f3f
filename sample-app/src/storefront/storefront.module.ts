import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { SubscriptionsModule } from '../subscriptions/subscriptions.module.js';
import { StorefrontController } from './storefront.controller.js';

@Module({
  imports: [CatalogModule, OrdersModule, SubscriptionsModule],
  controllers: [StorefrontController],
})
export class StorefrontModule {}
