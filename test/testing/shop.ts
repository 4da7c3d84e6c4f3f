import { Body, Controller, Get, HttpCode, Inject, Injectable, Module, Param, Post } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { journal, kissmetrics, Track, TrackingModule, TrackingService, webhook } from 'nestjs-tracking';
import type { TrackingModuleOptions, TrackingOptionsFactory } from 'nestjs-tracking';

interface Order {
  readonly id: string;
  readonly total: number;
}

@Injectable()
export class Orders {
  constructor(@Inject(TrackingService) readonly tracking: TrackingService) {}

  @Track('Order Shipped', { properties: (_: unknown, { args }) => ({ orderId: args[0] }) })
  async ship(orderId: string): Promise<string> {
    await Promise.resolve();
    return orderId;
  }
}

@Controller('orders')
export class OrdersController {
  constructor(@Inject(Orders) private readonly orders: Orders) {}

  @Post()
  @Track('Order Completed', {
    properties: (order: Order) => ({ orderId: order.id, revenue: order.total }),
    key: (order: Order) => order.id,
    timestamp: 1_767_225_600_000,
  })
  create(@Body() order: Order): Order {
    return order;
  }

  @Post(':id/shipment')
  @HttpCode(202)
  async ship(@Param('id') id: string): Promise<void> {
    await this.orders.ship(id);
  }

  @Get('broken')
  @Track('Never Seen', {
    properties: () => {
      throw new Error('of the option');
    },
  })
  broken(): string {
    return 'fine';
  }
}

/** The directory of the journal, which no test creates. */
export const DIRECTORY = join(tmpdir(), `nestjs-tracking-kit-${randomUUID()}`);

export function journalWasMade(): boolean {
  return existsSync(DIRECTORY);
}

/** As in production, on a machine without credentials. */
export function shopOptions(options: Partial<TrackingModuleOptions> = {}): TrackingModuleOptions {
  return {
    destinations: [kissmetrics({ apiKey: undefined }), webhook({ url: undefined })],
    buffer: journal({ directory: DIRECTORY }),
    ...options,
  };
}

@Injectable()
export class ShopTrackingOptions implements TrackingOptionsFactory {
  createTrackingOptions(): TrackingModuleOptions {
    return shopOptions();
  }
}

/** The shop's root module, as its main.ts would start it. */
export function shopModule(tracking: DynamicModule = TrackingModule.forRoot(shopOptions())) {
  @Module({ imports: [tracking], controllers: [OrdersController], providers: [Orders] })
  class AppModule {}
  return AppModule;
}
