import { defineTrackingPlan, Track, type TrackingService } from 'nestjs-tracking';
import { z } from 'zod';

const plan = defineTrackingPlan({ 'Order Completed': z.object({ orderId: z.string() }) });

declare module 'nestjs-tracking' {
  interface Register {
    plan: typeof plan;
  }
}

declare const tracking: TrackingService;

// compiles: what the plan has
tracking.track('Order Completed', { orderId: 'o-1' });
// compiles: a decorated method
Track('Order Completed', { properties: (id: string) => ({ orderId: id }) });

// @ts-expect-error -- a name that the plan has not
tracking.track('Nope');
// @ts-expect-error -- a property of a wrong type
tracking.track('Order Completed', { orderId: 1 });
// @ts-expect-error -- a decorated method that returns more than the plan has
Track('Order Completed', { properties: (id: string) => ({ orderId: id, more: 1 }) });
