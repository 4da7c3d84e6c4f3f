import { expect, test } from '@jest/globals';
import { Track, type TrackCall, type TrackOptions } from '../../lib/index.js';

interface Order {
  readonly id: string;
  readonly total: number;
  readonly placedAt: Date;
}

/** Compiled by `npm run typecheck`: the examples of the documentation must compile. */
class Examples {
  @Track('Order Completed', {
    properties: (order: Order) => ({ orderId: order.id, revenue: order.total }),
    key: (order: Order) => order.id,
    timestamp: (order: Order) => order.placedAt,
  })
  async create(order: Order): Promise<Order> {
    return order;
  }

  @Track('Viewed')
  viewed(): void {}

  @Track('Refunded', {
    user: (order: Order, { identity, args }: TrackCall) => ({ ...identity, userId: args[0] as number }),
    when: (order: Order) => order.total > 0,
    properties: { by: 'admin' },
    key: 7n,
    timestamp: 0,
    destinations: ['kissmetrics'],
  })
  refund(_customer: number, order: Order): Order {
    return order;
  }

  @Track('Inferred', {
    properties: (result, call) => ({ total: result.total, took: call.durationMs, path: call.request?.url }),
  })
  protected *generic<T>(given: T): Generator<T> {
    yield given;
  }

  @Track<Order>('Explicit', { key: (order) => order.id, timestamp: (order) => order.placedAt })
  explicit(order: Order): Order {
    return order;
  }
}

/** Never run: it would throw. */
function mistakes(): void {
  // @ts-expect-error -- an option that does not exist
  Track('Wrong', { propertis: {} });
  // @ts-expect-error -- when decides
  Track('Wrong', { when: () => 'yes' });
  // @ts-expect-error -- a key is an id
  Track('Wrong', { key: () => ({ id: 1 }) });
  // @ts-expect-error -- options are synchronous
  Track('Wrong', { timestamp: async () => 5 });
}

test('the examples compile, and mistakes do not', () => {
  const options: TrackOptions<Order> = { key: (order) => order.id };
  expect(options).toBeDefined();
  expect([Examples, mistakes]).toHaveLength(2);
});
