import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { sign, signingKey, webhookId } from '../../../lib/destinations/webhook/standard-webhooks.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { anEvent, inLane } from '../an-event.js';

const fixture = JSON.parse(
  readFileSync(new URL('./standard-webhooks.fixture.json', import.meta.url), 'utf8'),
) as {
  secrets: { current: string; old: string };
  exchanges: { name: string; request: { headers: Record<string, string>; body_text: string } }[];
};
const { current, old } = fixture.secrets;
const URL_ = 'https://receiver.example.com/hooks/analytics';

describe('the documented signatures', () => {
  test.each(fixture.exchanges)(
    '$name is what we sign, to the letter',
    ({ request: { headers, body_text } }) => {
      const wanted = headers['webhook-signature']!;
      const keys = (wanted.includes(' ') ? [current, old] : [current]).map((secret) => signingKey(secret)!);
      const timestamp = Number(headers['webhook-timestamp']);
      expect(sign(keys, headers['webhook-id']!, timestamp, Buffer.from(body_text))).toBe(wanted);
    },
  );
});

describe('a signed request', () => {
  const events = [anEvent({ properties: { note: 'grüße 😀 \ud800' } }), anEvent()].map((event) =>
    inLane(event),
  );
  const attempt = { now: Date.now(), number: 1 };
  const signed = (secret: string | string[], gzip = false) => {
    const { body, headers } = webhook({ url: URL_, secret, gzip }).encode(events, attempt);
    return { body: Buffer.from(body!).toString(), headers: { ...headers } };
  };

  test.each([current, old])('is verified by the reference library', (secret) => {
    const { body, headers } = signed(secret);
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  });

  test('with two secrets can be verified with either one, and with no other', () => {
    const { body, headers } = signed([current, old]);
    for (const secret of [current, old])
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    expect(() => new Webhook(other).verify(body, headers)).toThrow('No matching signature');
    expect(() => new Webhook(current).verify(body.replace('Signed', 'Singed'), headers)).toThrow();
  });

  test('is signed before it is compressed', () => {
    expect(signed(current, true)).toEqual(signed(current));
  });

  test('has a new time and signature on each attempt, and the same id and body', () => {
    const destination = webhook({ url: URL_, secret: current });
    const first = destination.encode(events, attempt);
    const later = destination.encode(events, { now: attempt.now + 90_000, number: 2 });
    expect(later.body).toEqual(first.body);
    expect(later.headers!['webhook-id']).toBe(first.headers!['webhook-id']);
    expect(later.headers!['webhook-timestamp']).not.toBe(first.headers!['webhook-timestamp']);
    expect(later.headers!['webhook-signature']).not.toBe(first.headers!['webhook-signature']);
  });
});

describe('the id of a request', () => {
  test('is the event’s id if it is the only event', () => {
    expect(webhookId(['0198c2a0-1111-7a11-8111-000000000001'])).toBe('0198c2a0-1111-7a11-8111-000000000001');
  });

  test('is the same for the same events, another for any others, and has no dot', () => {
    expect(webhookId(['a', 'b'])).toBe(webhookId(['a', 'b']));
    expect(new Set([['a', 'b'], ['a', 'b', 'c'], ['b', 'c'], ['a']].map(webhookId)).size).toBe(4);
    expect(webhookId(['a', 'b'])).toMatch(/^msg_[0-9a-f]{32}$/);
  });
});

describe('a secret', () => {
  const bytes = (length: number) => `whsec_${Buffer.alloc(length, 200).toString('base64')}`;

  test.each([24, 32, 64])('of %i bytes is one', (length) => {
    expect(signingKey(bytes(length))).toEqual(Buffer.alloc(length, 200));
  });

  test.each([
    bytes(23),
    bytes(65),
    'whsec_',
    'whsec_not base64, but long enough to be one!',
    bytes(32).slice(6),
    'whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=',
  ])('%j is none', (secret) => {
    expect(signingKey(secret)).toBeUndefined();
  });
});
