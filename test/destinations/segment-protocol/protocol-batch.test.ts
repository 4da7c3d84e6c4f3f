import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { messageOf, type Message } from '../../../lib/destinations/segment-protocol/message.js';
import {
  protocolRequest,
  type BodyLimits,
} from '../../../lib/destinations/segment-protocol/protocol-destination.js';
import { toEventJson } from '../../../lib/event/event-json.js';
import type { JsonObject } from '../../../lib/event/tracking-event.js';
import { anEvent } from '../an-event.js';

const WIDE = { maxMessageBytes: 1_000_000, maxBodyBytes: 1_000_000 };
const text = fc.string({ unit: 'binary' });
const properties = fc.dictionary(text, fc.jsonValue()) as fc.Arbitrary<JsonObject>;
const protocolBody = (messages: readonly Message[], sentAt: string | undefined, limits: BodyLimits): string =>
  protocolRequest({ url: 'https://example.com', headers: {} }, messages, sentAt, limits).body as string;
const aMessage = (members: Parameters<typeof anEvent>[0]): Message => messageOf(anEvent(members), 'an-id');

test('a body is one JSON object, whatever the messages hold', () => {
  fc.assert(
    fc.property(fc.array(properties), text, (all, sentAt) => {
      const messages = all.map((each) => aMessage({ properties: each }));
      const body = JSON.parse(protocolBody(messages, sentAt, WIDE)) as unknown;
      expect(body).toEqual(JSON.parse(JSON.stringify({ batch: messages, sentAt })));
    }),
  );
});

test('half of a surrogate pair is sent as U+FFFD: a parser could reject the request for it', () => {
  const body = protocolBody([aMessage({ properties: { text: 'a\ud83d' } })], undefined, WIDE);
  expect(body).toContain('"text":"a\ufffd"');
});

describe('sizes are those of UTF-8', () => {
  test.each([
    ['one byte', 'x'],
    ['two bytes', 'ß'],
    ['three bytes', '€'],
    ['four bytes', '😀'],
  ])('with characters of %s', (_, character) => {
    const message = aMessage({ groups: { company: character.repeat(150) } });
    const bytes = Buffer.byteLength(JSON.stringify(message));
    const body = Buffer.byteLength(JSON.stringify({ batch: [message, message] }));
    const encode = (maxMessageBytes: number, maxBodyBytes: number) => () =>
      protocolBody([message, message], undefined, { maxMessageBytes, maxBodyBytes });
    expect(encode(bytes, body)).not.toThrow();
    expect(encode(bytes - 1, body)).toThrow(RangeError);
    expect(encode(bytes, body - 1)).toThrow(RangeError);
  });
});

test('a message is at most 768 bytes longer than its event, so a small one need not be measured', () => {
  // Even if JSON escapes each character.
  const id = fc.string({
    unit: fc.constantFrom('x', '\0', '\uD800', '😀', '"'),
    minLength: 1,
    maxLength: 100,
  });
  const context = fc.option(fc.dictionary(text, fc.jsonValue()), { nil: undefined });
  const type = fc.constantFrom('track' as const, 'identify' as const, 'group' as const);
  fc.assert(
    fc.property(type, id, id, context, properties, (kind, company, page, facts, content) => {
      const event = anEvent({
        type: kind,
        properties: content,
        groups: { company },
        ...(kind === 'group' && { groupId: company, groupType: 'company' }),
        context: { ...facts, referrer: page } as JsonObject,
      });
      const limit = Buffer.byteLength(JSON.stringify(toEventJson(event))) + 768;
      const message = messageOf(event, event.id);
      const bytes = Buffer.byteLength(JSON.stringify(message));
      const groupId = message.context['groupId'] as string;
      if (groupId.length <= 100) expect(bytes).toBeLessThanOrEqual(limit);
      const tight = { maxMessageBytes: bytes - 1, maxBodyBytes: 1_000_000 };
      if (groupId.length > 100) expect(() => protocolBody([message], undefined, tight)).toThrow(RangeError);
    }),
  );
});
