import { describe, expect, test } from '@jest/globals';
import type { CustomerioOptions } from '../../../lib/destinations/customerio/customerio-options.js';
import { customerio } from '../../../lib/destinations/customerio/customerio.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { requestOf } from '../segment-protocol/exchanges.js';

const KEY = 'customerio-api-key-0123456789';
const BASIC = Buffer.from(`${KEY}:`).toString('base64');
const make = (options: Partial<CustomerioOptions> = {}) =>
  customerio({ writeKey: KEY, region: 'us', ...options });
const aGroup = (members: Partial<TrackingEvent> = {}) =>
  anEvent({ type: 'group', groupId: 'acme', properties: { seats: 5 }, ...members });

describe('its declarations', () => {
  test('region and key select the account; every form of the key is a secret', () => {
    expect(make().account).toEqual(['cdp.customer.io', KEY]);
    expect(make({ region: 'eu' }).account).toEqual(['cdp-eu.customer.io', KEY]);
    expect(make().credentials).toEqual([]);
    expect(make().secrets).toEqual([KEY, BASIC]);
  });

  test('batches stay below 500 KB and events below 32 KB; the time for which repeats are recognised is unknown', () => {
    expect(make()).toMatchObject({
      limits: { maxEvents: 500, maxBytes: 450_000, maxEventBytes: 32_000 },
      acknowledgement: 'accepted',
      deduplication: { fields: ['messageId'] },
    });
    expect(make().deduplication!.windowMs).toBeUndefined();
  });
});

describe('its options', () => {
  test.each([
    [{ writeKey: undefined }, 'writeKey', 'API key'],
    [{ region: undefined }, 'region', "'us' or 'eu'"],
    [{ gzip: true }, 'gzip', 'region'],
    [{ headers: { 'X-Strict-Mode': '0' } }, 'headers.X-Strict-Mode', 'the library sets'],
    [{ objectTypes: 'company' }, 'objectTypes', "company: '1'"],
    [{ objectTypes: { company: 'Companies' } }, 'objectTypes.company', 'digits'],
    [{ objectTypes: { company: 1 } }, 'objectTypes.company', 'digits'],
    [{ objectTypes: { company: '0' } }, 'objectTypes.company', 'digits'],
  ])('%j is refused at start', (options, option, wants) => {
    const error = configError(make(options as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
  });
});

describe('a request', () => {
  test('has the same bytes on every attempt, and is not compressed', () => {
    const batch = [inLane(anEvent())];
    const first = make().encode(batch, { now: NEW_YEAR, number: 1 });
    expect(make().encode(batch, { now: NEW_YEAR + 7_200_000, number: 9 })).toEqual(first);
    expect(first.compress).toBeUndefined();
  });
});

describe('a group', () => {
  const traitsOf = (event: TrackingEvent, options: Partial<CustomerioOptions>) =>
    (requestOf(make(options), [event]).body['batch'] as { traits: object }[])[0]!.traits;

  test('without a type is of the first object type', () => {
    expect(make().accept!(aGroup())).toBeUndefined();
    expect(traitsOf(aGroup(), {})).toEqual({ seats: 5 });
  });

  test('has the id of its type', () => {
    const objectTypes = { company: '1', team: '2' };
    expect(traitsOf(aGroup({ groupType: 'team' }), { objectTypes })).toEqual({ objectTypeId: '2', seats: 5 });
    expect(traitsOf(aGroup(), { objectTypes })).toEqual({ seats: 5 });
  });

  test('of a type without an id is declined: it would become an object of the first type', () => {
    const destination = make({ objectTypes: { company: '1' } });
    const accept = (event: TrackingEvent) => destination.accept!(event);
    expect(accept(aGroup({ groupType: 'team' }))).toEqual({ declined: 'unsupported' });
    expect(accept(aGroup({ groupType: 'constructor' }))).toEqual({ declined: 'unsupported' });
    expect(accept(aGroup({ groupType: 'company' }))).toBeUndefined();
    expect(accept(aGroup())).toBeUndefined();
    expect(accept(anEvent())).toBeUndefined();
    expect(accept(aGroup({ groupId: '', groupType: 'company' }))).toEqual({ declined: 'invalid_id' });
    expect(make().accept!(aGroup({ groupType: 'company' }))).toEqual({ declined: 'unsupported' });
  });

  test('keeps the id that the application gave', () => {
    const event = aGroup({ groupType: 'team', properties: { objectTypeId: '7' } });
    const objectTypes = { company: '1', team: '2' };
    expect(make({ objectTypes: { company: '1' } }).accept!(event)).toBeUndefined();
    expect(traitsOf(event, { objectTypes })).toEqual({ objectTypeId: '7' });
  });
});
