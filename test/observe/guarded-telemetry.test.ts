import { describe, expect, test } from '@jest/globals';
import { EMPTY } from 'rxjs';
import type { TelemetrySource, TrackingTelemetry } from '../../lib/observe/telemetry.js';
import { GuardedTelemetry } from '../../lib/observe/guarded-telemetry.js';

const SOURCE: TelemetrySource = {
  stats: () => {
    throw new Error('nobody looks');
  },
  lifecycle$: EMPTY,
};
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function guarded(telemetry: Partial<TrackingTelemetry>) {
  const errors: string[] = [];
  const guard = new GuardedTelemetry({ start: () => () => undefined, ...telemetry }, (_notice, what) =>
    errors.push(what),
  );
  return { guard, errors };
}

describe('a telemetry', () => {
  test('is started with its source, and stopped once', () => {
    const calls: unknown[] = [];
    const { guard } = guarded({
      start: (source) => {
        calls.push(source);
        return () => void calls.push('stopped');
      },
    });
    guard.start(SOURCE);
    guard.stop();
    guard.stop();
    expect(calls).toEqual([SOURCE, 'stopped']);
  });

  test('may throw in any method; each error is reported with the name of the method', () => {
    const fail = (): never => {
      throw new Error('secret');
    };
    const { guard, errors } = guarded({ attempted: fail, delivered: fail, traceparent: fail });
    guard.attempted!({ lane: 'shop', durationMs: 1, events: 1, status: 200 });
    guard.delivered!('shop', [1]);
    expect(guard.traceparent!()).toBeUndefined();
    const { guard: broken, errors: more } = guarded({ start: fail });
    broken.start(SOURCE);
    broken.stop();
    const { guard: stubborn, errors: last } = guarded({ start: () => fail });
    stubborn.start(SOURCE);
    stubborn.stop();
    expect([...errors, ...more, ...last]).toEqual([
      '`telemetry.attempted()`',
      '`telemetry.delivered()`',
      '`telemetry.traceparent()`',
      '`telemetry.start()`',
      'What `telemetry.start()` returned',
    ]);
  });

  test('may return promises where none is asked for, also ones that fail', async () => {
    const late = (): never => Promise.reject(new Error('late')) as never;
    const { guard } = guarded({ start: late, attempted: late, traceparent: late });
    guard.start(SOURCE);
    guard.attempted!({ lane: 'shop', durationMs: 1, events: 1 });
    expect(guard.traceparent!()).toBeUndefined();
    guard.stop();
    await new Promise((resolve) => setImmediate(resolve));
  });

  test('that does not ask how long things take costs nothing', () => {
    const { guard } = guarded({});
    expect(guard.attempted).toBeUndefined();
    expect(guard.delivered).toBeUndefined();
    expect(guard.traceparent).toBeUndefined();
  });

  test.each([
    ['a trace', TRACEPARENT, TRACEPARENT],
    ['no trace', undefined, undefined],
    ['a trace of zeros', '00-00000000000000000000000000000000-00f067aa0ba902b7-01', undefined],
    ['a span of zeros', '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', undefined],
    ['upper case', TRACEPARENT.toUpperCase(), undefined],
    ['a version that is not allowed', TRACEPARENT.replace('00-', 'ff-'), undefined],
    ['a later version', TRACEPARENT.replace('00-', '01-'), TRACEPARENT.replace('00-', '01-')],
    ['more than version 00 has', `${TRACEPARENT}-more`, undefined],
    ['no text', 7 as never, undefined],
  ])('says which trace the code runs in: %s', (_, given, expected) => {
    expect(guarded({ traceparent: () => given }).guard.traceparent!()).toBe(expected);
  });
});
