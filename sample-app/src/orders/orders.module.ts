import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { Books } from './books.js';
import { CardTerminal } from './card-terminal.js';
import { Coupons } from './coupons.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { RefundsController } from './refunds.controller.js';

@Module({
  imports: [CatalogModule],
  controllers: [OrdersController, RefundsController],
  providers: [OrdersService, Coupons, CardTerminal, Books],
  exports: [OrdersService],
})
export class OrdersModule {}
