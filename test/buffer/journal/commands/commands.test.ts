import { describe, expect, test } from '@jest/globals';
import {
  matches,
  matchingLanes,
  replayLanes,
  type EventFilter,
  type Filtered,
  type LaneEnd,
} from '../../../../lib/buffer/journal/query/event-filter.js';
import { PersonToErase } from '../../../../lib/buffer/journal/query/person-to-erase.js';
import type { EventJson } from '../../../../lib/event/event-json.js';
import type { LaneEntry } from '../../../../lib/event/lane-event.js';
import { anEventJson, idOf } from '../../../cli/a-journal.js';

const ENDS: readonly LaneEnd[] = [
  { lane: 'kissmetrics', state: 'pending' },
  { lane: 'webhook', state: 'dead', reason: 'refused' },
  { lane: 'segment', state: 'delivered' },
];

function filtered(given: Partial<EventJson> = {}, ends = ENDS): Filtered {
  const event = anEventJson(1, given);
  const json = JSON.stringify(event);
  return { id: event.id, json, acceptedAt: Date.parse(event.acceptedAt), event, ends };
}

describe('a filter', () => {
  const at = Date.parse(anEventJson(1).acceptedAt);

  test.each<[EventFilter, boolean]>([
    [{}, true],
    [{ since: at }, true],
    [{ since: at + 1 }, false],
    [{ until: at }, false],
    [{ ids: [idOf(1)] }, true],
    [{ ids: [] }, false],
    [{ names: ['Order Completed'], userIds: ['user-1'] }, true],
    [{ names: ['order completed'] }, false],
    [{ anonymousIds: ['user-1'] }, false],
    [{ destinations: ['webhook'] }, true],
    [{ destinations: ['webhook'], states: ['delivered'] }, false],
    [{ destinations: ['webhook', 'segment'], states: ['delivered'] }, true],
    [{ text: 'ORDERID' }, true],
    [{ text: 'nowhere' }, false],
  ])('%j: %j', (filter, expected) => {
    expect(matches(filtered(), filter)).toBe(expected);
  });

  test('finds text that JSON escapes', () => {
    const event = filtered({ properties: { said: 'a "b" \\ c' } });
    expect(matches(event, { text: '"B" \\ c' })).toBe(true);
  });

  test('selects the destinations in the state, and all without a state', () => {
    expect(matchingLanes(ENDS, { states: ['dead', 'delivered'] })).toEqual(['webhook', 'segment']);
    expect(matchingLanes(ENDS, {})).toEqual(['kissmetrics', 'webhook', 'segment']);
  });
});

describe('a replay', () => {
  const known = ['kissmetrics', 'webhook', 'segment', 'posthog'];

  test.each<[EventFilter, readonly string[] | 'all' | undefined, string[]]>([
    [{}, undefined, ['webhook', 'segment']],
    [{ states: ['dead'] }, undefined, ['webhook']],
    [{ states: ['dead'] }, ['segment', 'kissmetrics'], ['segment']],
    [{ states: ['dead'] }, 'all', ['webhook', 'segment', 'posthog']],
    [{ userIds: ['nobody'] }, 'all', []],
    [{}, ['gone'], []],
  ])('of %j to %j goes to %j', (filter, to, lanes) => {
    expect(replayLanes(filtered(), filter, to, known)).toEqual(lanes);
  });

  test('skips its own copies', () => {
    expect(replayLanes({ ...filtered(), replay: 'c1' }, {}, 'all', known)).toEqual([]);
  });
});

describe('an erasure', () => {
  const nobody = { userIds: [], anonymousIds: [], properties: [] };
  const about = (
    event: Partial<EventJson>,
    who: Partial<typeof nobody> | object,
    ...entries: readonly LaneEntry[]
  ): boolean => {
    const person = new PersonToErase({ ...nobody, ...who });
    return person.isInEvent(anEventJson(1, event), Object.fromEntries(entries.entries()));
  };

  test('recognises a person by any id in any role', () => {
    expect(about({}, { userIds: ['user-1'] })).toBe(true);
    expect(about({ anonymousId: 'a1' }, { anonymousIds: ['a1'] })).toBe(true);
    expect(about({ type: 'alias', previousId: 'a1' }, { anonymousIds: ['a1'] })).toBe(true);
    expect(about({ type: 'alias', previousId: 'old' }, { userIds: ['old'] })).toBe(true);
    expect(about({}, { userIds: ['user-2'], anonymousIds: ['user'] })).toBe(false);
    expect(about({}, {})).toBe(false);
  });

  test('recognises a person by the ids and properties in the entry of a lane', () => {
    const browser = { browser: { anonymousId: 'visitor-1' } };
    expect(about({}, { anonymousIds: ['visitor-1'] }, {}, browser)).toBe(true);
    expect(about({}, { anonymousIds: ['visitor-2'] }, {}, browser)).toBe(false);
    const stripped = { stripped: { id: 'other-id', anonymousId: 'nobody-1' } };
    expect(about({}, { anonymousIds: ['nobody-1'] }, stripped)).toBe(true);
    expect(about({}, { anonymousIds: ['other-id'] }, stripped)).toBe(true);
    const mapped = { properties: { em: 'ada@example.com' } };
    expect(about({}, { properties: [{ path: 'em', value: 'ada@example.com' }] }, mapped)).toBe(true);
  });

  test.each([
    ['email', 'ada@example.com', true],
    ['customer.email', 'b@example.com', true],
    ['customer.id', '42', true],
    ['a.b', 'dotted', true],
    ['people.email', 'c@example.com', true],
    ['ip', '10.0.0.1', true],
    ['customer', '42', false],
    ['customer.id', '4', false],
    ['constructor', 'x', false],
  ])('knows a person by the property %s=%s: %j', (path, value, expected) => {
    const event = {
      properties: {
        email: 'ada@example.com',
        customer: { email: 'b@example.com', id: 42 },
        'a.b': 'dotted',
        people: [{ email: 'x' }, { email: 'c@example.com' }],
      },
      context: { ip: '10.0.0.1' },
    };
    expect(about(event, { properties: [{ path, value }] })).toBe(expected);
  });
});
