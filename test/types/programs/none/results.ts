import { applyDecorators } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import { type Observable } from 'rxjs';
import type { Readable } from 'node:stream';

interface Order {
  readonly id: string;
  readonly total: number;
}
interface Customer {
  readonly name: string;
}
declare const anything: any;

/** What a decorator of an application looks like. */
const Completed = (): MethodDecorator => Track('Order Completed', { key: (order: Order) => order.id });

export class Compiles {
  // compiles: the value of a promise
  @Track('Order Completed', {
    properties: (order: Order) => ({ id: order.id }),
    when: (order) => order.total > 0,
  })
  promise(): Promise<Order> {
    return anything;
  }

  // compiles: the result itself
  @Track('Order Completed', { key: (order: Order) => order.id })
  plain(_id: string): Order {
    return anything;
  }

  // compiles: now a value, now a promise
  @Track('Order Completed', { key: (order: Order) => order.id })
  sometimes(): Order | Promise<Order> {
    return anything;
  }

  // compiles: a result that has more than the function takes
  @Track('Order Completed', { key: (order: { id: string }) => order.id })
  more(): Promise<Order> {
    return anything;
  }

  // compiles: the last value of an Observable
  @Track('Order Completed', { key: (order: Order) => order.id })
  observable(): Observable<Order> {
    return anything;
  }

  // compiles: a stream as it is
  @Track('Exported', { when: (stream: Readable) => stream.readable })
  stream(): Readable {
    return anything;
  }

  // compiles: an iterable as it is
  @Track('Exported', { when: (iterable: AsyncIterable<Order>) => iterable !== undefined })
  async *iterable(): AsyncGenerator<Order> {
    yield anything;
  }

  // compiles: a result of which nothing is known
  @Track('Order Completed', { key: (order: Order) => order.id })
  unknown(): unknown {
    return anything;
  }

  // compiles: any, and the promise of it
  @Track('Order Completed', { key: (order: Order) => order.id })
  any(): any {}

  // compiles: a promise of which nothing is known
  @Track('Order Completed', { key: (order: Order) => order.id })
  promiseOfUnknown(): Promise<unknown> {
    return anything;
  }

  // compiles: void, as handlers that answer by the response
  @Track('Order Completed', { key: (order: Order) => order.id })
  nothing(): void {}

  // compiles: a promise of void
  @Track('Order Completed', { key: (order: Order) => order.id })
  async promiseOfNothing(): Promise<void> {}

  // compiles: functions that do not look at the result
  @Track('Order Completed', { key: (_, { args }) => args[0], when: () => true, properties: { by: 'admin' } })
  others(): Promise<Customer> {
    return anything;
  }

  // compiles: functions that do not say what they take
  @Track('Order Completed', { key: (order) => order.id, properties: (order) => ({ total: order.total }) })
  untold(): Promise<Order> {
    return anything;
  }

  // compiles: a result that may be missing, where the functions take that
  @Track('Order Seen', {
    when: (order: Order | null) => order !== null,
    key: (order: Order | null) => order?.id,
  })
  maybe(): Promise<Order | null> {
    return anything;
  }

  // compiles: a generic method
  @Track('Order Seen', { key: (order: { id: string }) => order.id })
  generic<T extends Order>(order: T): Promise<T> {
    return Promise.resolve(order);
  }

  // compiles: no method of the outside
  @Track('Order Seen', { key: (order: Order) => order.id })
  protected hidden(): Order {
    return anything;
  }

  // compiles: decorators of Nest's and of an application around it
  @applyDecorators(Track('Order Completed', { key: (order: Order) => order.id }))
  @Completed()
  applied(): Promise<Order> {
    return anything;
  }
}

export abstract class Generic<T extends Order> {
  // compiles: a generic class
  @Track('Order Saved', { key: (order: Order) => order.id })
  save(order: T): Promise<T> {
    return Promise.resolve(order);
  }

  // compiles: and where nothing is asked of the result
  @Track('Order Saved')
  touch(order: T): T {
    return order;
  }
}

/** Never run. */
export class Mistakes {
  // @ts-expect-error -- a function of an order, on a promise of a customer
  @Track('Order Completed', { properties: (order: Order) => ({ id: order.id }) })
  promise(): Promise<Customer> {
    return anything;
  }

  // @ts-expect-error -- another option's function, on a customer
  @Track('Order Completed', { key: (order: Order) => order.id })
  plain(): Customer {
    return anything;
  }

  // @ts-expect-error -- one of several functions
  @Track('Order Completed', {
    properties: (customer: Customer) => customer,
    when: (order: Order) => order.total > 0,
  })
  several(): Promise<Customer> {
    return anything;
  }

  // @ts-expect-error -- a result that was named before the event
  @Track<Order>('Order Completed', { key: (order) => order.id })
  named(): Promise<Customer> {
    return anything;
  }

  // @ts-expect-error -- an Observable of customers
  @Track('Order Completed', { key: (order: Order) => order.id })
  observable(): Observable<Customer> {
    return anything;
  }

  // @ts-expect-error -- the elements of an iterable, of which the function gets none
  @Track('Exported', { key: (order: Order) => order.id })
  async *iterable(): AsyncGenerator<Order> {
    yield anything;
  }

  // @ts-expect-error -- the chunks of a stream
  @Track('Exported', { properties: (chunk: Order) => chunk })
  stream(): Readable {
    return anything;
  }

  // @ts-expect-error -- a result that may be missing
  @Track('Order Seen', { key: (order: Order) => order.id })
  maybe(): Promise<Order | null> {
    return anything;
  }

  // @ts-expect-error -- the elements of an array
  @Track('Orders Listed', { key: (order: Order) => order.id })
  list(): Order[] {
    return anything;
  }

  // @ts-expect-error -- one of two results
  @Track('Order Seen', { key: (order: Order) => order.id })
  either(): Promise<Order | Customer> {
    return anything;
  }
}
