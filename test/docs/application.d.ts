import type { TrackingEvent, TrackingService } from 'nestjs-tracking';

/** What the examples of the pages take for granted: an application as every reader has one. */
declare global {
  interface Order {
    readonly id: string;
    readonly total: number;
    readonly placedAt: Date;
  }

  class CreateOrderDto {
    readonly sku: string;
  }

  interface Subscription {
    readonly plan: string;
    readonly price: number;
    readonly ownerId: string;
    readonly invoiceId: string;
    readonly renewedAt: Date;
  }

  class Orders {
    place(dto: CreateOrderDto): Promise<Order>;
    paid(event: unknown): Promise<void>;
  }

  class Tenants {
    all(): Promise<readonly { readonly id: string; readonly kissmetricsKey: string }[]>;
  }

  class AppModule {}

  const tracking: TrackingService;
  const user: { readonly id: string };
  const payment: { readonly id: string; readonly amount: number; readonly receivedAt: Date };
  const event: TrackingEvent;
}
