import { beforeEach, describe, expect, test } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  catchError,
  defer,
  filter,
  map,
  mergeMap,
  of,
  repeat,
  share,
  Subscriber,
  take,
  tap,
  toArray,
} from 'rxjs';
import { type LifecycleEvent, LifecycleStream } from '../../lib/observe/lifecycle.js';
import { ManualClock } from '../support/manual-clock.js';
import { anEvent } from '../support/an-event.js';

let clock: ManualClock;
let stream: LifecycleStream;
let errors: number;

beforeEach(() => {
  clock = new ManualClock();
  errors = 0;
  stream = new LifecycleStream(
    (fn) => clock.soon(fn),
    () => errors++,
  );
});

function happening(type: LifecycleEvent['type'] = 'delivered'): LifecycleEvent {
  return { type, at: clock.now(), lane: 'shop', event: anEvent({ properties: { nested: { deep: [1] } } }) };
}

function throws(): never {
  throw new Error('a subscriber of the application');
}

describe('lifecycle$', () => {
  test('emits events outside of the path of the caller', () => {
    const seen: string[] = [];
    stream.observable.subscribe(({ type }) => seen.push(type));
    stream.emit(happening('accepted'));
    stream.emit(happening('delivered'));
    expect(seen).toEqual([]);
    clock.run();
    expect(seen).toEqual(['accepted', 'delivered']);
  });

  test('makes an event only while there are subscribers', () => {
    expect(stream.observed).toBe(false);
    const one = stream.observable.subscribe();
    const other = stream.observable.pipe(map(({ type }) => type)).subscribe();
    expect(stream.observed).toBe(true);
    one.unsubscribe();
    expect(stream.observed).toBe(true);
    other.unsubscribe();
    expect(stream.observed).toBe(false);
  });

  test('emits to each subscriber until it unsubscribes', () => {
    const first: string[] = [];
    const second: string[] = [];
    const subscription = stream.observable.subscribe(({ type }) => first.push(type));
    stream.emit(happening('accepted'));
    clock.run();
    stream.observable.subscribe({ next: ({ type }) => void second.push(type) });
    stream.emit(happening('retrying'));
    clock.run();
    subscription.unsubscribe();
    stream.emit(happening('delivered'));
    clock.run();
    expect(first).toEqual(['accepted', 'retrying']);
    expect(second).toEqual(['retrying', 'delivered']);
  });

  test('ends when tracking ends, after everything was said', () => {
    const seen: string[] = [];
    stream.observable.subscribe({
      next: ({ type }) => void seen.push(type),
      complete: () => void seen.push('end'),
    });
    stream.emit(happening());
    stream.complete();
    expect(seen).toEqual(['delivered', 'end']);
    stream.emit(happening());
    clock.run();
    expect(seen).toEqual(['delivered', 'end']);
    expect(stream.observed).toBe(false);
  });

  test('ends once for a subscriber that subscribes again at the end', () => {
    let subscribed = 0;
    defer(() => {
      subscribed++;
      return stream.observable;
    })
      .pipe(repeat(1_000))
      .subscribe();
    stream.complete();
    expect(subscribed).toBe(2);
    expect(stream.observed).toBe(false);
  });

  test('has ended for later subscribers', () => {
    const seen: string[] = [];
    stream.complete();
    stream.observable.subscribe({ complete: () => void seen.push('end') });
    expect(seen).toEqual(['end']);
    expect(stream.observed).toBe(false);
  });

  test('emits frozen events', () => {
    const changes: (() => void)[] = [];
    stream.observable.subscribe(({ event }) => {
      const open = event as unknown as {
        name: string;
        properties: { nested: { deep: number[] } };
        lanes: string[];
      };
      changes.push(
        () => (open.name = 'other'),
        () => (open.properties.nested.deep[0] = 2),
        () => open.lanes.push('other'),
      );
    });
    stream.emit(happening());
    clock.run();
    expect(changes).toHaveLength(3);
    for (const change of changes) expect(change).toThrow(TypeError);
  });

  test.each<[string, (stream: LifecycleStream) => unknown]>([
    ['a function', ({ observable }) => observable.subscribe(throws)],
    ['an observer', ({ observable }) => observable.subscribe({ next: throws })],
    ['an operator', ({ observable }) => observable.pipe(map(throws)).subscribe()],
    [
      'a function behind operators',
      ({ observable }) =>
        observable
          .pipe(
            filter(() => true),
            map((e) => e),
          )
          .subscribe(throws),
    ],
    ['a tap', ({ observable }) => observable.pipe(tap(throws)).subscribe()],
    ['a function behind share()', ({ observable }) => observable.pipe(share()).subscribe(throws)],
    ['an inner stream', ({ observable }) => observable.pipe(mergeMap(throws)).subscribe(() => undefined)],
    ['an error callback', ({ observable }) => observable.pipe(map(throws)).subscribe({ error: throws })],
    [
      'an error callback given by position',
      ({ observable }) => observable.pipe(map(throws)).subscribe(null, throws),
    ],
  ])('counts and drops a subscriber that throws in %s', (_, subscribe) => {
    const seen: string[] = [];
    subscribe(stream);
    stream.observable.subscribe(({ type }) => seen.push(type));
    stream.emit(happening('accepted'));
    clock.run();
    stream.emit(happening('delivered'));
    clock.run();
    expect(errors).toBe(1);
    expect(seen).toEqual(['accepted', 'delivered']);
  });

  test.each<[string, (stream: LifecycleStream, fails: () => never) => unknown]>([
    ['a function', ({ observable }, fails) => observable.subscribe(fails)],
    ['an observer', ({ observable }, fails) => observable.subscribe({ next: fails })],
    [
      'a function behind operators',
      ({ observable }, fails) => observable.pipe(map((e) => e)).subscribe(fails),
    ],
    ['the end', ({ observable }, fails) => observable.subscribe({ complete: fails })],
  ])('counts and drops a subscriber whose promise fails in %s', async (_, subscribe) => {
    let asked = 0;
    subscribe(stream, (async () => {
      asked++;
      return throws();
    }) as unknown as () => never);
    stream.emit(happening());
    clock.run();
    await nextTurn();
    stream.emit(happening());
    stream.complete();
    await nextTurn(); // an unhandled rejection would come now
    expect([asked, errors]).toEqual([1, 1]);
  });

  test('counts a subscriber that throws at the end', () => {
    stream.observable.subscribe({ complete: throws });
    stream.complete();
    expect(errors).toBe(1);
  });

  test('leaves an error to a subscriber that handles it', () => {
    const seen: unknown[] = [];
    stream.observable.pipe(map(throws)).subscribe({ error: (error) => void seen.push(error) });
    stream.observable
      .pipe(
        map(throws),
        catchError(() => of('caught')),
      )
      .subscribe((value) => seen.push(value));
    stream.emit(happening());
    clock.run();
    expect(seen).toEqual([expect.any(Error), 'caught']);
    expect(errors).toBe(0);
  });

  test('works with the operators of rxjs', () => {
    const seen: unknown[] = [];
    stream.observable
      .pipe(
        take(2),
        map(({ type }) => type),
        toArray(),
      )
      .subscribe((all) => seen.push(all));
    stream.observable.subscribe(new Subscriber({ next: () => seen.push('a Subscriber') } as never));
    for (const type of ['accepted', 'delivered', 'dead'] as const) stream.emit(happening(type));
    clock.run();
    expect(seen).toContainEqual(['accepted', 'delivered']);
    expect(seen.filter((each) => each === 'a Subscriber')).toHaveLength(3);
  });

  test('allows a subscriber to unsubscribe, subscribe and emit during an event', () => {
    const seen: string[] = [];
    const subscription = stream.observable.subscribe(({ type }) => {
      seen.push(type);
      subscription.unsubscribe();
      stream.observable.subscribe((event) => seen.push(`late ${event.type}`));
      stream.emit(happening('dead'));
    });
    stream.emit(happening('accepted'));
    clock.run();
    expect(seen[0]).toBe('accepted');
    expect(seen.at(-1)).toBe('late dead');
    expect(seen.filter((each) => each === 'accepted')).toHaveLength(1);
  });
});
