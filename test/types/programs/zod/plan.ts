import { defineTrackingPlan } from 'nestjs-tracking';
import { z } from 'zod';

export const plan = defineTrackingPlan(
  {
    'Order Completed': z.object({
      orderId: z.string(),
      revenue: z.number(),
      coupon: z.string().optional(),
      tier: z.enum(['free', 'pro']).optional(),
      items: z.array(z.object({ sku: z.string(), quantity: z.number().optional() })).optional(),
    }),
    'Page Viewed': z.object({ path: z.string().optional() }),
    'Signed Out': z.object({}),
    'Payment Made': z.discriminatedUnion('method', [
      z.object({ method: z.literal('card'), last4: z.string() }),
      z.object({ method: z.literal('invoice'), number: z.number() }),
    ]),
    'Survey Answered': z.looseObject({ score: z.number() }),
    'Trial Started': z.object({ currency: z.string().default('EUR'), startsAt: z.coerce.date() }),
  },
  {
    identify: z.object({ plan: z.enum(['free', 'pro']), country: z.string().optional() }),
    group: z.object({ seats: z.number() }),
  },
);

declare module 'nestjs-tracking' {
  interface Register {
    plan: typeof plan;
  }
}
