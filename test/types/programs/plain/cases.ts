import { Track, type TrackingService, typed } from 'nestjs-tracking';

declare const tracking: TrackingService;
interface Order {
  readonly id: string;
  readonly total: number;
}

// compiles: what the type has
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, placedAt: new Date() });
// compiles: no properties where none is required
tracking.track('Page Viewed');
// compiles: an event without any
tracking.track('Signed Out');
// compiles: traits of which the plan says nothing
tracking.identify({ whatever: 1 });
// compiles: and a group's
tracking.group('g-1');
// compiles: a decorated method
export const decorated = Track('Order Completed', {
  properties: (order: Order) => ({ orderId: order.id, revenue: order.total }),
});

// @ts-expect-error -- a name that the plan has not
tracking.track('Order Complete');
// @ts-expect-error -- a property of a wrong type
tracking.track('Order Completed', { orderId: 'o-1', revenue: '12' });
// @ts-expect-error -- a property that the type has not
tracking.track('Order Completed', { orderId: 'o-1', revenue: 12, more: 1 });
// @ts-expect-error -- a required property is missing
tracking.track('Order Completed', {});
// @ts-expect-error -- properties of an event that has none
tracking.track('Signed Out', { a: 1 });
// @ts-expect-error -- a decorated method that returns more than the type has
Track('Order Completed', { properties: (o: Order) => ({ orderId: o.id, revenue: 1, more: 1 }) });
// @ts-expect-error -- a decorated method without the properties that are required
Track('Order Completed');
// @ts-expect-error -- traits are an object all the same
tracking.identify('ann');
// @ts-expect-error -- properties are an object
typed<string>();
