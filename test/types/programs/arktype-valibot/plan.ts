import { type } from 'arktype';
import { defineTrackingPlan } from 'nestjs-tracking';
import * as v from 'valibot';

export const plan = defineTrackingPlan(
  {
    'Order Completed': type({ orderId: 'string', revenue: 'number', 'coupon?': 'string' }),
    'Page Viewed': v.object({ path: v.optional(v.string()) }),
  },
  { identify: v.object({ tier: v.picklist(['free', 'pro']) }) },
);

declare module 'nestjs-tracking' {
  interface Register {
    plan: typeof plan;
  }
}
