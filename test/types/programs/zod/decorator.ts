import { Track } from 'nestjs-tracking';

interface Order {
  readonly id: string;
  readonly total: number;
  readonly placedAt: Date;
  readonly customer: string;
}

export class Compiles {
  // compiles: as the documentation has it
  @Track('Order Completed', {
    properties: (order: Order) => ({ orderId: order.id, revenue: order.total }),
    key: (order: Order) => order.id,
    timestamp: (order: Order) => order.placedAt,
  })
  documented(): void {}

  // compiles: the other functions know the result from the first
  @Track('Order Completed', {
    properties: (order: Order) => ({ orderId: order.id, revenue: order.total }),
    key: (order) => order.id,
    when: (order) => order.total > 0,
  })
  inferred(): void {}

  // compiles: words of an enumeration stay words
  @Track('Order Completed', {
    properties: (order: Order) => ({ orderId: order.id, revenue: order.total, tier: 'pro' }),
  })
  words(): void {}

  // compiles: a function of several lines
  @Track('Order Completed', {
    properties(order: Order) {
      const coupon = order.total > 5 ? 'x' : undefined;
      return { orderId: order.id, revenue: order.total, coupon };
    },
  })
  lines(): void {}

  // compiles: an object
  @Track('Order Completed', { properties: { orderId: 'o-1', revenue: 12 } })
  object(): void {}

  // compiles: the call
  @Track('Order Completed', {
    properties: (_result: Order, { args: [order], durationMs }) => ({
      orderId: order.id,
      revenue: durationMs,
    }),
    user: (_result, { identity, args }) => ({ ...identity, userId: args[0] }),
  })
  call(): void {}

  // compiles: a result whose type nobody told
  @Track('Order Completed', { properties: (order) => ({ orderId: order.id, revenue: order.total }) })
  untold(): void {}

  // compiles: one of a union, or the other
  @Track('Payment Made', {
    properties: (order: Order) =>
      order.total > 5 ? { method: 'card', last4: order.id } : { method: 'invoice', number: 1 },
  })
  union(): void {}

  // compiles: more, where the schema takes more
  @Track('Survey Answered', { properties: (order: Order) => ({ score: order.total, because: order.id }) })
  loose(): void {}

  // compiles: nothing where nothing is required
  @Track('Page Viewed')
  nothing(): void {}

  // compiles: options alone, where nothing is required
  @Track('Page Viewed', { durable: true })
  options(): Promise<void> {
    return Promise.resolve();
  }

  // compiles: properties now and then, where nothing is required
  @Track('Page Viewed', { properties: (order: Order) => (order.total > 5 ? { path: order.id } : undefined) })
  nowAndThen(): void {}

  // compiles: a result that was named before the event
  @Track<Order>('Order Completed', { properties: (order) => ({ orderId: order.id, revenue: order.total }) })
  named(): void {}

  // compiles: several on one method
  @Track('Page Viewed')
  @Track('Signed Out')
  several(): void {}
}

/* Never run: some would throw. */
export const mistakes = (): unknown[] => [
  // @ts-expect-error -- a name that the plan has not
  Track('Order Complete', { properties: { orderId: 'o-1', revenue: 12 } }),
  // @ts-expect-error -- a wrong name, where the result was named before it
  Track<Order>('Order Complete'),
  // @ts-expect-error -- no options where properties are required
  Track('Order Completed'),
  // @ts-expect-error -- options without the properties that are required
  Track('Order Completed', { durable: true }),
  // @ts-expect-error -- a function that returns a wrong type
  Track('Order Completed', { properties: (order: Order) => ({ orderId: order.id, revenue: order.id }) }),
  // @ts-expect-error -- a function that leaves out what is required
  Track('Order Completed', { properties: (order: Order) => ({ orderId: order.id }) }),
  // @ts-expect-error -- a function that returns more than the plan has
  Track('Order Completed', { properties: (o: Order) => ({ orderId: o.id, revenue: 1, to: o.customer }) }),
  // @ts-expect-error -- a function that returns the whole result, with whatever is in it
  Track('Page Viewed', { properties: (order: Order) => order }),
  // @ts-expect-error -- a function that returns no word of the enumeration
  Track('Order Completed', { properties: (o: Order) => ({ orderId: o.id, revenue: 1, tier: 'gold' }) }),
  // @ts-expect-error -- a function that returns nothing now and then, where something is required
  Track('Order Completed', { properties: (o: Order) => (o.id ? { orderId: o.id, revenue: 1 } : undefined) }),
  // @ts-expect-error -- a function that returns a promise
  Track('Order Completed', { properties: async (o: Order) => ({ orderId: o.id, revenue: 1 }) }),
  // @ts-expect-error -- a misspelt optional property
  Track('Page Viewed', { properties: (order: Order) => ({ pth: order.id }) }),
  // @ts-expect-error -- an optional property of a wrong type
  Track('Page Viewed', { properties: (order: Order) => ({ path: order.total }) }),
  // @ts-expect-error -- properties of an event that has none
  Track('Signed Out', { properties: (order: Order) => ({ orderId: order.id }) }),
  // @ts-expect-error -- an object with more than the plan has
  Track('Order Completed', { properties: { orderId: 'o-1', revenue: 12, to: 'x' } }),
  // @ts-expect-error -- an object of a wrong type
  Track('Order Completed', { properties: { orderId: 'o-1', revenue: '12' } }),
  // @ts-expect-error -- halves of two members of a union
  Track('Payment Made', { properties: (order: Order) => ({ method: 'card', number: order.total }) }),
  // @ts-expect-error -- an option that does not exist
  Track('Page Viewed', { propertis: {} }),
  // @ts-expect-error -- the other options are checked as ever
  Track('Page Viewed', { when: () => 'yes' }),
];
