import { describe, expect, test } from '@jest/globals';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { defineTrackingPlan } from '../../lib/plan/tracking-plan.js';
import { typed } from '../../lib/plan/standard-schema.js';

describe('defineTrackingPlan()', () => {
  test.each<[string, unknown, string]>([
    [
      'a misspelt operation',
      { idenfity: typed() },
      '`plan.idenfity` is unknown; expected one of identify, group',
    ],
    ['an event among the traits', { 'Order Completed': typed() }, 'is unknown; expected one of identify'],
    ['what is no object', 'identify', 'is a string of 8 characters; expected an object'],
  ])('refuses as traits %s', (_, traits, text) => {
    const define = (): unknown => defineTrackingPlan({ 'Order Completed': typed() }, traits as {});
    expect(define).toThrow(TrackingConfigError);
    expect(define).toThrow(text);
  });

  test('accepts traits of both operations, of one, and of none', () => {
    for (const traits of [{ identify: typed(), group: typed() }, { group: typed() }, {}, undefined]) {
      expect(() => defineTrackingPlan({}, traits)).not.toThrow();
    }
  });
});
