import { describe, expect, test } from '@jest/globals';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { protocolAdmission } from '../../../lib/destinations/segment-protocol/protocol-destination.js';
import { anEvent } from '../an-event.js';

/** An event without undefined members, as real events are. */
const admission = (members: { [Member in keyof TrackingEvent]?: TrackingEvent[Member] | undefined }) =>
  protocolAdmission(JSON.parse(JSON.stringify(anEvent(members as Partial<TrackingEvent>))) as TrackingEvent);

describe('the protocol allows', () => {
  test.each([
    [{}],
    [{ userId: undefined, anonymousId: 'visitor' }],
    [{ type: 'identify' as const }],
    [{ type: 'group' as const, groupId: 'acme' }],
    [{ type: 'alias' as const, previousId: 'visitor', userId: 'user-1001' }],
  ])('%j', (members) => {
    expect(admission(members)).toBeUndefined();
  });
});

describe('the protocol does not allow', () => {
  test.each([
    ['no_identity', { userId: undefined }],
    ['no_identity', { userId: '' }],
    ['no_identity', { type: 'identify' as const, userId: undefined }],
    ['invalid_name', { name: '' }],
    ['invalid_id', { userId: 'a\ud800' }],
    ['invalid_id', { userId: ' \t ', anonymousId: 'visitor' }],
    ['invalid_id', { userId: undefined, anonymousId: ' ' }],
    ['invalid_id', { type: 'group' as const, groupId: ' ' }],
    ['invalid_id', { anonymousId: '\udc00' }],
    ['invalid_id', { type: 'group' as const, groupId: 'a\ud800' }],
    ['invalid_id', { type: 'alias' as const, previousId: 'a\ud800' }],
    ['invalid_id', { type: 'group' as const }],
    ['invalid_id', { type: 'group' as const, groupId: '' }],
    ['invalid_id', { type: 'alias' as const }],
    ['invalid_id', { type: 'alias' as const, previousId: 'user-1001' }],
    ['invalid_id', { type: 'alias' as const, previousId: 'Guest' }],
    ['invalid_id', { type: 'alias' as const, previousId: 'visitor', userId: 'undefined' }],
  ])('%s: %j', (declined, members) => {
    expect(admission(members)).toEqual({ declined });
  });
});
