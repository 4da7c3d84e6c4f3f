import { Controller, Get, Header, Req } from '@nestjs/common';
import type { Request } from 'express';
import { Catalog } from '../catalog/catalog.js';
import { OrdersService } from '../orders/orders.service.js';
import { ShopConfig } from '../shop.config.js';
import { SubscriptionsService } from '../subscriptions/subscriptions.service.js';
import { storefrontPage } from './storefront.page.js';

@Controller()
export class StorefrontController {
  constructor(
    private readonly config: ShopConfig,
    private readonly catalog: Catalog,
    private readonly orders: OrdersService,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  show(@Req() { user: account }: Request): string {
    return storefrontPage({
      account,
      products: this.catalog.products,
      orders: account ? this.orders.newest(10, account.role === 'admin' ? undefined : account.id) : [],
      subscription: account && this.subscriptions.find(account.id),
      routes: this.config.routes,
    });
  }
}
