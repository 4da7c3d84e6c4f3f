import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashId } from '../../lib/capture/privacy/id-hashing.js';
import { fromEventJson, toEventJson } from '../../lib/event/event-json.js';
import type { TrackingModuleOptions } from '../../lib/options/module-options.js';
import { expectAccounted } from '../support/accounting.js';
import { ANN, tracking, type Tracking } from '../support/tracking.js';

const SECRET = 'a secret of at least 32 characters';
const ACME = { company: 'acme' } as const;

let running: Tracking | undefined;
const start = (options: Partial<TrackingModuleOptions> = {}): Tracking => (running = tracking(options));
afterEach(() => {
  if (running !== undefined) expectAccounted(running.service.stats());
  running = undefined;
});

describe('groups of an event', () => {
  test('are accepted with any call, with ids as text', () => {
    const { service, shop } = start();
    const objectId = { toJSON: () => '5f0000000000000000000001' };
    service.track(
      'Order Completed',
      {},
      { ...ANN, groups: { company: 'acme', team: 7, project: 9n, unit: objectId } },
    );
    service.identify({}, { ...ANN, groups: ACME });
    service.group('acme', {}, { ...ANN, groups: { region: 'eu' }, groupType: 'company' });
    const [track, identify, group] = shop.events;
    expect(track!.groups).toEqual({
      company: 'acme',
      team: '7',
      project: '9',
      unit: '5f0000000000000000000001',
    });
    expect(identify!.groups).toEqual(ACME);
    expect(group).toMatchObject({ groupId: 'acme', groupType: 'company', groups: { region: 'eu' } });
    expect(track).not.toHaveProperty('groupType');
  });

  test('are copied: a later change by the caller has no effect', () => {
    const { service, shop } = start();
    const groups: Record<string, string> = { company: 'acme' };
    service.track('One', {}, { ...ANN, groups });
    groups['company'] = 'umbrella';
    expect(shop.events[0]!.groups).toEqual(ACME);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['no members', {}],
    ['a member that is undefined', { company: undefined }],
  ])('%s: none, without a notice', (_, groups) => {
    const { service, shop } = start();
    service.track('One', {}, { ...ANN, groups } as never);
    expect(shop.events[0]).not.toHaveProperty('groups');
    expect(service.stats().notices).toEqual({});
  });

  test.each<[string, unknown]>([
    ['null', { company: null }],
    ['an empty text', { company: '' }],
    ['NaN', { company: NaN }],
    ['a word for nothing', { company: 'undefined' }],
    ['a Date', { company: new Date() }],
    ['a plain object', { company: { id: 'umbrella' } }],
    ['bytes', { company: Buffer.from('umbrella') }],
    ['a type without a name', { '': 'umbrella' }],
    ['a blank type', { '  ': 'umbrella' }],
  ])('an unusable one (%s) is left out, counted and logged without its id; the others stay', (_, bad) => {
    const { service, shop, spoken } = start();
    service.track('One', {}, { ...ANN, groups: { team: 't-1', ...(bad as object) } });
    expect(shop.events[0]!.groups).toEqual({ team: 't-1' });
    expect(service.stats().notices).toEqual({ invalid_group: 1 });
    expect(spoken.warnings.filter((text) => text.includes('`groups`'))).toHaveLength(1);
    expect(JSON.stringify(spoken.all)).not.toContain('umbrella');
  });

  test.each<[string, unknown]>([
    ['a text', 'umbrella'],
    ['an array', ['umbrella']],
    ['a promise', Promise.reject(new Error('umbrella'))],
    ['a Map', new Map([['company', 'umbrella']])],
  ])('%s in their place is none of them, and never silently', (_, groups) => {
    const { service, shop } = start();
    service.track('One', {}, { ...ANN, groups } as never);
    expect(shop.events[0]).not.toHaveProperty('groups');
    expect(service.stats().notices).toEqual({ invalid_group: 1 });
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['an empty text', ''],
    ['a blank text', ' '],
    ['a number', 5],
  ])('a groupType of %s rejects the group: another type would be another group', (_, groupType) => {
    const { service } = start();
    expect(service.group('acme', {}, { ...ANN, groupType } as never)).toBeUndefined();
    expect(service.stats().rejected).toEqual({ invalid_id: 1 });
  });

  test('are in the JSON of an event, and are read from it', () => {
    const { service, shop } = start();
    service.group('acme', {}, { ...ANN, groups: { region: 'eu' }, groupType: 'company' });
    const event = shop.events[0]!;
    const text = JSON.stringify(toEventJson(event));
    expect(JSON.parse(text)).toMatchObject({ groups: { region: 'eu' }, groupType: 'company' });
    expect(fromEventJson(text, event.lanes)).toEqual({ ...event });
  });

  test('count towards the size of an event', () => {
    const { service } = start({ maxEventBytes: 1_000 });
    const groups = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`type ${i}`, `id of group ${i}`]),
    );
    expect(service.track('One', {}, { ...ANN, groups })).toBeUndefined();
    expect(service.stats().rejected).toEqual({ too_large: 1 });
  });

  test('may have any names and ids', () => {
    const { service, shop } = start();
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constant(null), fc.integer())),
        (groups) => {
          shop.events.length = 0;
          service.track('One', {}, { ...ANN, groups: groups as never });
          const kept = shop.events[0]!.groups ?? {};
          for (const [type, id] of Object.entries(kept)) expect(id).toBe(String(groups[type]));
        },
      ),
    );
  });
});

describe('the parts of groups that must not be visible:', () => {
  test('hashIds with groupId covers them', () => {
    const { service, shop } = start({ hashIds: { secret: SECRET, fields: ['groupId'] } });
    service.track('One', {}, { ...ANN, groups: ACME });
    expect(shop.events[0]).toMatchObject({ userId: 'ann', groups: { company: hashId(SECRET, 'acme') } });
  });

  test('hashIds without groupId leaves them', () => {
    const { service, shop } = start({ hashIds: { secret: SECRET, fields: ['userId'] } });
    service.track('One', {}, { ...ANN, groups: ACME });
    expect(shop.events[0]!.groups).toEqual(ACME);
  });

  test('strip removes them', () => {
    const { service, shop } = start({ consent: () => 'strip' });
    service.track('One', {}, { ...ANN, groups: ACME });
    expect(shop.events[0]).not.toHaveProperty('groups');
  });

  test('a consent hook gets a copy', () => {
    const { service, shop } = start({
      consent: ({ groups }) => {
        (groups as Record<string, string>)['company'] = 'umbrella';
        return 'allow';
      },
    });
    service.track('One', {}, { ...ANN, groups: ACME });
    expect(shop.events[0]!.groups).toEqual(ACME);
  });

  test('rules remove them by path and by name, and never replace an id by a text', () => {
    const { service, shop } = start({ redact: { paths: ['groups.company'], keys: [/^team$/] } });
    service.track('One', {}, { ...ANN, groups: { company: 'acme', team: 't-1', region: 'eu' } });
    service.track('Two', {}, { ...ANN, groups: { company: 'acme' } });
    expect(shop.events[0]!.groups).toEqual({ region: 'eu' });
    expect(shop.events[1]).not.toHaveProperty('groups');
  });

  test('a path with a star removes all', () => {
    const { service, shop } = start({ redact: { paths: ['groups.*'] } });
    service.track('One', {}, { ...ANN, groups: { company: 'acme', region: 'eu' } });
    expect(shop.events[0]).not.toHaveProperty('groups');
  });

  test('a hook may change and remove them, and its result is checked', () => {
    const { service, shop } = start({
      redact: (event) =>
        ({
          ...event,
          groups: event.name === 'One' ? { company: 5 } : event.name === 'Two' ? undefined : { company: '' },
        }) as never,
    });
    for (const name of ['One', 'Two', 'Three']) service.track(name, {}, { ...ANN, groups: ACME });
    expect(shop.events).toHaveLength(2);
    expect(shop.events[0]!.groups).toEqual({ company: '5' });
    expect(shop.events[1]).not.toHaveProperty('groups');
    expect(service.stats().rejected).toEqual({ redact_error: 1 });
  });

  test('a hook may change the type of a group, but not remove it', () => {
    const { service, shop } = start({
      redact: (event) => ({ ...event, groupType: event.groupId === 'acme' ? 'account' : '' }),
    });
    service.group('acme', {}, { ...ANN, groupType: 'company' });
    service.group('umbrella', {}, { ...ANN, groupType: 'company' });
    expect(shop.events.map(({ groupType }) => groupType)).toEqual(['account']);
    expect(service.stats().rejected).toEqual({ redact_error: 1 });
  });
});
