import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { CardTerminal } from './card-terminal.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { RefundsController } from './refunds.controller.js';

@Module({
  imports: [CatalogModule],
  controllers: [OrdersController, RefundsController],
  providers: [OrdersService, CardTerminal],
  exports: [OrdersService],
})
export class OrdersModule {}
