import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeyWindow } from '../../lib/capture/idempotency/key-window.js';
import { namespaceOf } from '../../lib/capture/idempotency/namespace.js';
import { isKeyed } from '../../lib/event/tracking-event.js';
import { kissmetrics, memory, webhook } from '../../lib/index.js';
import { expectAccounted } from '../support/accounting.js';
import { ManualClock } from '../support/manual-clock.js';
import { ANN, Shop, tracking } from '../support/tracking.js';

const DAY_MS = 86_400_000;

describe('the window of keys', () => {
  test('behaves as a list of the newest keys with their ages', () => {
    const command = fc.record({
      what: fc.constantFrom('remember', 'remember', 'forget', 'wait'),
      key: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 60 }),
        fc.integer({ min: 1, max: 6 }),
        (commands, maxKeys) => {
          const clock = new ManualClock();
          const window = new KeyWindow(maxKeys, 30, () => clock.monotonic());
          let model: { key: number; until: number }[] = [];
          for (const { what, key } of commands) {
            const others = model.filter((each) => each.key !== key);
            if (what === 'wait') clock.advance(key);
            else if (what === 'forget') {
              window.forget(String(key));
              model = others;
            } else if (!window.has(String(key))) {
              window.remember(String(key));
              model = [...others, { key, until: clock.monotonic() + 30 }].slice(-maxKeys);
            }
            model = model.filter(({ until }) => until > clock.monotonic());
            const known = Array.from({ length: 10 }, (_, i) => i).filter((i) => window.has(String(i)));
            expect(known).toEqual(model.map((each) => each.key).toSorted((a, b) => a - b));
          }
        },
      ),
    );
  });
});

describe('an event with a key', () => {
  test('is accepted once; its repetition gets the same id', async () => {
    const { service, shop } = tracking();
    const id = service.track('Order Completed', { total: 1 }, { ...ANN, key: 'order-1' });
    expect(isKeyed({ id: id! })).toBe(true);
    expect(service.track('Order Completed', { total: 2 }, { userId: 'bob', key: 'order-1' })).toBe(id);
    expect(await service.record('Order Completed', {}, { ...ANN, key: 'order-1' })).toEqual({
      id,
      state: 'duplicate',
    });
    expect(shop.events).toHaveLength(1);
    expect(service.stats()).toMatchObject({ called: 3, accepted: 1, duplicate: 2 });
    expectAccounted(service.stats());
  });

  test('is accepted once of many concurrent calls', async () => {
    const { service, clock } = tracking();
    const recorded = Promise.all(
      Array.from({ length: 50 }, (_, i) => service.record('Paid', {}, { ...ANN, key: i % 5 })),
    );
    await clock.settle();
    const states = (await recorded).map(({ state }) => state);
    expect(states.filter((state) => state === 'buffered')).toHaveLength(5);
    expect(states.filter((state) => state === 'duplicate')).toHaveLength(45);
    expectAccounted(service.stats());
  });

  test.each([
    ['another name', (service) => service.track('Order Refunded', {}, { ...ANN, key: 1 })],
    ['another type', (service) => service.identify({}, { ...ANN, key: 1 })],
    ['another key', (service) => service.track('Order Completed', {}, { ...ANN, key: 2 })],
    ['no key', (service) => service.track('Order Completed', {}, ANN)],
  ] as [string, (service: ReturnType<typeof tracking>['service']) => string][])(
    'is not taken for one of %s',
    (_, other) => {
      const { service } = tracking();
      const id = service.track('Order Completed', {}, { ...ANN, key: 1 });
      expect(other(service)).not.toBe(id);
      expect(service.stats()).toMatchObject({ accepted: 2, duplicate: 0 });
    },
  );

  test('has a key that is kept as a string', () => {
    const { service } = tracking();
    const ids = [7, '7', 7n].map((key) => service.track('Paid', {}, { ...ANN, key }));
    expect(new Set(ids).size).toBe(1);
  });

  test.each([[''], [null], [Number.NaN], [{}], [Symbol('s')]])(
    'whose key is %p gets a new id, is counted, and warned of once',
    (key) => {
      const { service, spoken } = tracking();
      const options = { ...ANN, key: key as string };
      expect(service.track('Paid', {}, options)).not.toBe(service.track('Paid', {}, options));
      expect(service.stats()).toMatchObject({ accepted: 2, notices: { key_empty: 2 } });
      expect(spoken.warnings).toHaveLength(1);
    },
  );

  test('may be used again after it is forgotten: by age', () => {
    const { service, clock } = tracking({ dedup: { maxAgeMs: DAY_MS } });
    const call = () => service.track('Paid', {}, { ...ANN, key: 1 });
    const id = call();
    clock.advance(DAY_MS - 1);
    expect(call()).toBe(id);
    expect(service.stats().duplicate).toBe(1);
    clock.advance(1);
    expect(call()).toBe(id);
    expect(service.stats()).toMatchObject({ accepted: 2, duplicate: 1 });
  });

  test('may be used again after it is forgotten: by number', () => {
    const { service } = tracking({ dedup: { maxKeys: 2 } });
    for (const key of [1, 2, 3, 1, 3]) service.track('Paid', {}, { ...ANN, key });
    expect(service.stats()).toMatchObject({ accepted: 4, duplicate: 1 });
  });

  test('is not remembered when it was refused', () => {
    const buffer = memory({ maxEvents: 1, onFull: 'rejectNewest' });
    const { service, clock } = tracking({ buffer });
    service.track('Paid', {}, { ...ANN, key: 1 });
    expect(service.track('Paid', {}, { ...ANN, key: 2 })).toBeUndefined();
    expect(service.track('Paid', [], { ...ANN, key: 2 })).toBeUndefined();
    void service.flush();
    clock.advance(1_000);
    expect(service.track('Paid', {}, { ...ANN, key: 2 })).toBeDefined();
    expect(service.stats()).toMatchObject({
      accepted: 2,
      duplicate: 0,
      rejected: { buffer_full: 1, unserialisable: 1 },
    });
    expectAccounted(service.stats());
  });

  test('is forgotten when its event is dropped', () => {
    const { service } = tracking({ buffer: memory({ maxEvents: 1 }) });
    service.track('Paid', {}, { ...ANN, key: 1 });
    service.track('Paid', {}, { ...ANN, key: 2 });
    expect(service.stats().lanes['shop']!.dropped).toEqual({ buffer_full: 1 });
    service.track('Paid', {}, { ...ANN, key: 1 });
    expect(service.stats()).toMatchObject({ accepted: 3, duplicate: 0 });
    expectAccounted(service.stats());
  });

  test('is remembered while another destination has its event, and forgotten once none has', async () => {
    const { service, clock } = tracking({
      buffer: memory({ maxEvents: 2 }),
      destinations: [new Shop('a', { batch: { maxEvents: 1, maxDelayMs: 0 } }), new Shop('b')],
    });
    const paid = (): string | undefined => service.track('Paid', {}, { ...ANN, key: 1 });
    paid();
    clock.advance(10);
    for (let n = 0; n < 3; n++) service.track('Filler', {}, { ...ANN, destinations: ['b'] });
    const { a, b } = service.stats().lanes;
    expect([a!.delivered, b!.dropped.buffer_full > 0]).toEqual([1, true]);
    paid();
    expect(service.stats().duplicate).toBe(1);

    const other = tracking({
      buffer: memory({ maxEvents: 2 }),
      destinations: [new Shop('a'), new Shop('b')],
    });
    other.service.track('Paid', {}, { ...ANN, key: 1 });
    for (let n = 0; n < 3; n++) other.service.track('Filler', {}, ANN);
    other.service.track('Paid', {}, { ...ANN, key: 1 });
    expect(other.service.stats()).toMatchObject({ called: 5, duplicate: 0, accepted: 5 });
    expectAccounted(other.service.stats());
  });

  test('is remembered when its event was delivered', () => {
    const { service, clock } = tracking();
    const id = service.track('Paid', {}, { ...ANN, key: 1 });
    void service.flush();
    clock.advance(1_000);
    expect(service.stats().lanes['shop']!.delivered).toBe(1);
    expect(service.track('Paid', {}, { ...ANN, key: 1 })).toBe(id);
    expect(service.stats().duplicate).toBe(1);
  });
});

describe('the namespace of keyed ids', () => {
  const key = (apiKey: string, more = {}) => kissmetrics({ apiKey, ...more });
  const A = 'a'.repeat(40);
  const B = 'b'.repeat(40);

  test('is the same for the same accounts, with any names and order', () => {
    const hook = webhook({ url: 'https://a.example' });
    expect(namespaceOf([key(A), hook])).toBe(namespaceOf([hook, key(A)]));
    expect(namespaceOf([key(A)])).toBe(namespaceOf([key(A, { name: 'other', concurrency: 1 })]));
  });

  test('differs for other credentials, hosts or platforms, and shows none of them', () => {
    const all = [
      [key(A)],
      [key(B)],
      [key(A), key(B, { name: 'b' })],
      [key(A, { endpoint: 'https://proxy.example' })],
      [webhook({ url: 'https://a.example' })],
      [webhook({ url: 'https://b.example' })],
      [new Shop('x')],
      [new Shop('y')],
    ].map(namespaceOf);
    expect(new Set(all).size).toBe(all.length);
    for (const namespace of all) expect(namespace).toMatch(/^[0-9a-f]{64}$/);
  });

  test('does not depend on a function that returns credentials', () => {
    const given = () => Promise.reject(new Error('not to be called'));
    expect(namespaceOf([new Shop('x', { credentials: given })])).toBe(namespaceOf([new Shop('x')]));
  });

  test('two applications share ids only if they configure it', () => {
    const idIn = (options: object) => tracking(options).service.track('Paid', {}, { ...ANN, key: 1 });
    expect(idIn({ namespace: 'acme' })).toBe(idIn({ namespace: 'acme', destinations: [new Shop('other')] }));
    expect(idIn({ namespace: 'acme' })).not.toBe(idIn({ namespace: 'umbrella' }));
    expect(idIn({})).not.toBe(idIn({ destinations: [new Shop('other')] }));
    expect(idIn({})).toBe(idIn({}));
  });
});
