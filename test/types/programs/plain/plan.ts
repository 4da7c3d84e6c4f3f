import { defineTrackingPlan, typed } from 'nestjs-tracking';

interface OrderCompleted {
  orderId: string;
  revenue: number;
  placedAt?: Date;
}

export const plan = defineTrackingPlan({
  'Order Completed': typed<OrderCompleted>(),
  'Page Viewed': typed<{ path?: string }>(),
  'Signed Out': typed(),
});

declare module 'nestjs-tracking' {
  interface Register {
    plan: typeof plan;
  }
}
