import { defineTrackingPlan, type StandardSchema, Track, type TrackingService } from 'nestjs-tracking';

declare const tracking: TrackingService;
declare const schema: StandardSchema;

// compiles: what arktype has
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, coupon: 'x' });
// compiles: what valibot has
tracking.track('Page Viewed', { path: '/' });
// compiles: no properties where none is required
tracking.track('Page Viewed');
// compiles: traits
tracking.identify({ tier: 'pro' });
// compiles: a decorated method
Track('Order Completed', { properties: (order: { id: string }) => ({ orderId: order.id, revenue: 1 }) });

// @ts-expect-error -- a wrong type, by arktype
tracking.track('Order Completed', { orderId: 'o-1', revenue: '12' });
// @ts-expect-error -- a missing property, by arktype
tracking.track('Order Completed', { orderId: 'o-1' });
// @ts-expect-error -- a wrong type, by valibot
tracking.track('Page Viewed', { path: 1 });
// @ts-expect-error -- a wrong word, by valibot
tracking.identify({ tier: 'gold' });
// @ts-expect-error -- a decorated method that returns more than arktype has
Track('Order Completed', { properties: (o: { id: string }) => ({ orderId: o.id, revenue: 1, more: 1 }) });
// @ts-expect-error -- what is no schema
defineTrackingPlan({ 'Order Completed': { orderId: 'string' } });
// @ts-expect-error -- alias has no traits
defineTrackingPlan({}, { alias: schema });
