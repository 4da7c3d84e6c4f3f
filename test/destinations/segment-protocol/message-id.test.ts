import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messageIds } from '../../../lib/destinations/segment-protocol/message.js';

const uuid = fc.uuid();
const name = fc.stringMatching(/^[\w.-]{1,100}$/);

test('the lane with the default name sends the id of the event', () => {
  fc.assert(
    fc.property(uuid, (id) => {
      expect(messageIds({ name: 'segment', kind: 'segment' })({ id })).toBe(id);
    }),
  );
});

test('any other lane sends another id, the same one each time, in a form that every platform accepts', () => {
  fc.assert(
    fc.property(uuid, name, name, (id, one, other) => {
      fc.pre(one !== other && one !== 'segment' && other !== 'segment');
      const idIn = (lane: string): string => messageIds({ name: lane, kind: 'segment' })({ id });
      expect(idIn(one)).toBe(idIn(one));
      expect(new Set([id, idIn(one), idIn(other)]).size).toBe(3);
      expect(idIn(one)).toMatch(/^[0-9a-f-]{36}$/);
    }),
  );
});
