import { type EventName, type EventProperties, Track, type TrackingService } from 'nestjs-tracking';
import type { TrackingRecorder } from 'nestjs-tracking/testing';

declare const tracking: TrackingService;
declare const recorder: TrackingRecorder;
declare const name: string;
declare const properties: object;
declare const objectId: { toHexString(): string; toJSON(): string; getTimestamp(): Date };
interface Order {
  readonly id: string;
  readonly total: number;
}

// compiles: any name, and no properties
tracking.track('Whatever');
// compiles: a name that is not known until it runs, and any object
tracking.track(name, properties);
// compiles: properties that may be missing, and options
tracking.track(name, undefined, { key: 1 });
// compiles: record() likewise
void tracking.record(name, { a: 1 });
// compiles: any traits
tracking.identify(properties);
// compiles: a group with or without traits
tracking.group('g-1', properties, { userId: 'ann' });
// compiles: an id object, such as MongoDB's, for ids and keys
tracking.track(name, properties, { userId: objectId, key: objectId });
// @ts-expect-error -- a time for an id
tracking.track(name, properties, { userId: new Date() });
// @ts-expect-error -- a record for an id
tracking.track(name, properties, { userId: { id: 'ann' } });
// compiles: names and properties for wrappers
[name, properties] satisfies [EventName, EventProperties<'Whatever'>];
// compiles: the service can be stood in for, as it could before
({ track: (event: string, given?: object) => given && event }) satisfies Pick<TrackingService, 'track'>;

export class Compiles {
  // compiles: any event, with any properties
  @Track('Whatever', {
    properties: (order: Order) => ({ orderId: order.id }),
    key: (order: Order) => order.id,
  })
  any(): void {}

  // compiles: a result that was named before the event
  @Track<Order>('Whatever', { key: (order) => order.id, timestamp: (order) => order.total })
  named(): void {}

  // compiles: options that are not known until it runs
  @Track(name, {})
  dynamic(): void {}
}

// @ts-expect-error -- a name is a string
tracking.track(7);
// @ts-expect-error -- properties are an object
tracking.track('Whatever', 'text');
// @ts-expect-error -- an option that does not exist
tracking.track('Whatever', {}, { usrId: 7 });
// @ts-expect-error -- traits are required
tracking.identify();
// @ts-expect-error -- an option of the decorator that does not exist
Track('Whatever', { propertis: {} });
// @ts-expect-error -- properties are synchronous
Track('Whatever', { key: async () => 'k' });

// compiles: recorded events of any name
recorder.named(name);
