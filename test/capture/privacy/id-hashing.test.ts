import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import type { EventParts } from '../../../lib/capture/made-event.js';
import { hashId, IdHashing } from '../../../lib/capture/privacy/id-hashing.js';
import { ID_FIELDS, type IdField } from '../../../lib/capture/privacy/privacy-options.js';
import { isSharedId } from '../../../lib/event/shared-ids.js';
import { expectAccounted } from '../../support/accounting.js';
import { tracking } from '../../support/tracking.js';

const SECRET = 'a secret of at least 32 characters';
const hmac = (id: string): string => createHmac('sha256', SECRET).update(id).digest('hex');

const about = (ids: Partial<Record<IdField, string>>): EventParts => {
  const { userId, anonymousId, groupId, previousId } = ids;
  return {
    name: 'Signed Up',
    timestamp: 0,
    who: { ...(userId !== undefined && { userId }), ...(anonymousId !== undefined && { anonymousId }) },
    groupId,
    previousId,
    properties: { value: {}, size: 2 },
    context: undefined,
  };
};
const idsOf = ({ who, groupId, previousId }: EventParts): unknown => ({ ...who, groupId, previousId });

const anId = fc.string({ minLength: 1 }).filter((id) => !isSharedId(id));

describe('hashing of ids', () => {
  test('is HMAC-SHA-256 in every field, for any id', () => {
    const hashing = new IdHashing({ secret: SECRET });
    fc.assert(
      fc.property(
        fc.record(Object.fromEntries(ID_FIELDS.map((field) => [field, fc.option(anId, { nil: undefined })]))),
        (ids) => {
          const given = ids as Partial<Record<IdField, string>>;
          fc.pre(given.userId !== undefined || given.anonymousId !== undefined);
          const hashed = Object.fromEntries(
            Object.entries(given).map(([field, id]) => [field, id === undefined ? undefined : hmac(id)]),
          );
          expect(idsOf(hashing.apply(about(given)))).toEqual(hashed);
        },
      ),
    );
  });

  test('is the same in every process, and differs with another secret', () => {
    const [one, same] = [new IdHashing({ secret: SECRET }), new IdHashing({ secret: SECRET })];
    const other = new IdHashing({ secret: `${SECRET}!` });
    const { who } = one.apply(about({ userId: 'ann' }));
    expect(who).toEqual({ userId: hashId(SECRET, 'ann') });
    expect(same.apply(about({ userId: 'ann' })).who).toEqual(who);
    expect(other.apply(about({ userId: 'ann' })).who).not.toEqual(who);
    // Computed with the tools of a shell.
    expect(hashId(SECRET, 'ann')).toBe('ba0284be28a86e869844e546a476c52d690fe31814f600ff182dfb927fe78105');
  });

  test('gives ids without UTF-8 different hashes', () => {
    const ids = ['a\ud800', 'a\ud801', 'a\udc00', 'a\ufffd', JSON.stringify('a\ud800')];
    expect(new Set(ids.map((id) => hashId(SECRET, id))).size).toBe(ids.length);
  });

  test('does not change other fields', () => {
    const hashing = new IdHashing({ secret: SECRET, fields: ['userId', 'groupId'] });
    const ids = { userId: 'ann', anonymousId: 'browser', groupId: 'acme', previousId: 'before' };
    expect(idsOf(hashing.apply(about(ids)))).toEqual({ ...ids, userId: hmac('ann'), groupId: hmac('acme') });
  });

  test('does not hash shared words, which identify no person', () => {
    const hashing = new IdHashing({ secret: SECRET });
    expect(hashing.apply(about({ userId: 'ann', previousId: 'Anonymous' })).previousId).toBe('Anonymous');
  });

  test('stays right for more people than the cache holds, and for ids of any length', () => {
    const hashing = new IdHashing({ secret: SECRET });
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 5_000; i++) {
        const userId = i % 100 === 0 ? `user-${i}`.repeat(50) : `user-${i % 4_500}`;
        expect(hashing.apply(about({ userId })).who.userId).toBe(hmac(userId));
      }
    }
  });
});

describe('with hashed ids', () => {
  test('nothing that is stored, sent, logged or signalled contains an id of a call, an alias or a group', () => {
    const told: unknown[] = [];
    const { service, shop, spoken, clock } = tracking({ hashIds: { secret: SECRET } });
    service.lifecycle$.subscribe((event) => told.push(event));
    service.track('Signed Up', {}, { userId: 'raw-ann', anonymousId: 'raw-browser' });
    service.identify({ plan: 'pro' }, { userId: 'raw-ann' });
    service.group('raw-acme', {}, { userId: 'raw-ann' });
    service.alias('raw-browser', 'raw-ann');
    service.runAs({ userId: 'raw-job' }, () => service.track('Renewed'));
    service.track('', {}, { userId: 'raw-refused' });
    clock.advance(86_400_000);
    expect(told).toContainEqual(expect.objectContaining({ type: 'delivered' }));
    expect(
      shop.events.map(({ type, userId, anonymousId, groupId, previousId }) => [
        type,
        userId,
        anonymousId,
        groupId,
        previousId,
      ]),
    ).toEqual([
      ['track', hmac('raw-ann'), hmac('raw-browser'), undefined, undefined],
      ['identify', hmac('raw-ann'), undefined, undefined, undefined],
      ['group', hmac('raw-ann'), undefined, hmac('raw-acme'), undefined],
      ['alias', hmac('raw-ann'), undefined, undefined, hmac('raw-browser')],
      ['track', hmac('raw-job'), undefined, undefined, undefined],
    ]);
    expect(JSON.stringify([shop.events, told, spoken.all, service.stats()])).not.toMatch(/raw-|a secret of/);
    expectAccounted(service.stats());
  });

  test('the identity does not change for the application', () => {
    const { service } = tracking({ hashIds: { secret: SECRET } });
    service.runAs({ userId: 'ann' }, () => expect(service.identity()).toEqual({ userId: 'ann' }));
  });
});
