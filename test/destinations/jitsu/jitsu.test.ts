import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../../../lib/destinations/destination.js';
import type { JitsuOptions } from '../../../lib/destinations/jitsu/jitsu-options.js';
import { jitsu } from '../../../lib/destinations/jitsu/jitsu.js';
import { anEvent, inLane } from '../an-event.js';
import { configError } from '../config-error.js';
import { outcomesOf } from '../outcomes-of.js';
import { requestOf } from '../segment-protocol/exchanges.js';

const SECRET = 'jitsu-secret-0123456789';
const KEY = `jitsu-key-id:${SECRET}`;
const make = (options: Partial<JitsuOptions> = {}) =>
  jitsu({ writeKey: KEY, host: 'https://ingest.example.com', ...options });
const answerOf = (body: unknown, status = 200): Answer => ({
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
  complete: true,
});

describe('its declarations', () => {
  test('host and key select the account; the key and its secret half are secrets', () => {
    expect(make({ host: 'https://data.example.com/jitsu/' }).account).toEqual([
      'data.example.com/jitsu',
      KEY,
    ]);
    expect(make().credentials).toEqual([]);
    expect(make().secrets).toEqual([KEY, SECRET]);
  });

  test('each event has its own outcome; batches are small enough for an answer that names all', () => {
    const { acknowledgement, answerBytesPerEvent } = make();
    expect(acknowledgement).toBe('perEvent');
    const id = '0198c2a0-1111-7a11-8111-000000000001';
    const longest = `Message ID: ${id}: event error: Invalid track event name '${'x'.repeat(128)}'. Only alpha-numeric characters, underscores and spaces are allowed in track event name.`;
    expect(JSON.stringify([longest]).length).toBeLessThanOrEqual(answerBytesPerEvent!);
  });
});

describe('its options', () => {
  test.each([
    [{ writeKey: undefined }, 'writeKey', 'server-to-server'],
    [{ host: undefined }, 'host', 'http'],
    [{ host: 'ingest.example.com' }, 'host', 'http'],
    [{ endpoint: 'https://hush.example.com' }, 'endpoint', 'host'],
    [{ headers: { 'X-Write-Key': 'hush' } }, 'headers.X-Write-Key', 'the library sets'],
  ])('%j is refused at start, and no secret shown', (options, option, wants) => {
    const error = configError(make(options as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
    expect(error.message).not.toContain('hush');
  });
});

describe('an event', () => {
  test.each([
    ['x'.repeat(128), undefined],
    ['x'.repeat(129), { declined: 'invalid_name' }],
    ['€'.repeat(42), undefined],
    ['€'.repeat(43), { declined: 'invalid_name' }],
  ])('with a name of %j', (name, admission) => {
    expect(make().accept!(anEvent({ name }))).toEqual(admission);
  });

  test('needs the members that the protocol requires', () => {
    expect(make().accept!(anEvent({ type: 'group' }))).toEqual({ declined: 'invalid_id' });
  });

  test('has a message id that Jitsu does not change: at most 64 of letters, digits and `._-`', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w.-]{1,100}$/), (name) => {
        const [message] = requestOf(make({ name }), [anEvent()]).body['batch'] as [{ messageId: string }];
        expect(message.messageId).toMatch(/^[\w.-]{1,64}$/);
      }),
    );
  });
});

describe('a 200', () => {
  const [one, other] = [anEvent(), anEvent()];
  const batch = [one, other].map((event) => inLane(event));
  const about = (text: string, id = one.id): string => `Message ID: ${id}: ${text}`;
  const outcomes = (...errors: unknown[]) =>
    outcomesOf(make(), answerOf({ ok: false, receivedEvents: 2, okEvents: 0, errors }), batch);

  test('rejects the events that it names, with the reason', () => {
    const errors = [about("event error: Invalid track event name 'a;b'. Only: letters")];
    const decoded = make().decode!(answerOf({ ok: false, errors }), batch);
    const detail = { code: 'event error', message: "Invalid track event name 'a;b'. Only: letters" };
    expect(decoded).toEqual(new Map([[one.id, { kind: 'rejected', detail }]]));
    expect(outcomes(about('a reason without parts'))).toEqual(['rejected', 'delivered']);
  });

  test('of a lane with another name names the events by the ids that were sent', () => {
    const destination = make({ name: 'second' });
    const [, second] = requestOf(destination, [one, other]).body['batch'] as { messageId: string }[];
    const errors = [about('event error: bad', second!.messageId)];
    expect(outcomesOf(destination, answerOf({ ok: false, errors }), batch)).toEqual([
      'delivered',
      'rejected',
    ]);
  });

  test.each([
    'quota exceeded: billing quota exceeded, event throttled',
    'no destinations found for stream: s1',
  ])('that took none parks the lane, as a 402 would: %s', (text) => {
    expect(outcomes(about(text), about(text, other.id))).toEqual(['park', 'park']);
  });

  test('that accepted a share of the events retries the others, after a pause', () => {
    const errors = [about('quota exceeded: billing quota exceeded, event throttled')];
    const decoded = make().decode!(answerOf({ ok: false, errors }), batch);
    expect(decoded).toEqual(new Map([[one.id, { kind: 'retry', afterMs: 60_000 }]]));
  });

  test('with an internal error of Jitsu retries the event', () => {
    expect(outcomes(about('error# X1Y2: producer error'))).toEqual(['retry', 'delivered']);
  });

  test('with errors that name no event rejects the request if it accepted none, so that none counts as delivered', () => {
    const errors = ['Message ID: nobody: event error', 7, null, 'other'];
    expect(outcomes(...errors)).toEqual(['refuse', 'refuse']);
    for (const okEvents of [1, undefined])
      expect(outcomesOf(make(), answerOf({ ok: false, okEvents, errors }), batch)).toEqual([
        'delivered',
        'delivered',
      ]);
  });

  test.each(['<html>', '{}', '{"ok":false}', '[]', '{"ok":"true"}'])(
    'that is not Jitsu’s proves nothing: %s',
    (body) => {
      expect(() => make().decode!(answerOf(body), batch)).toThrow();
    },
  );

  test('is the only status whose body is read', () => {
    expect(make().decode!(answerOf({ ok: true }, 202), batch)).toBeUndefined();
  });
});

describe('a rejected request', () => {
  const explain = (body: object) => make().explain!(answerOf(body, 401));

  test('is explained without the repeated key or address', () => {
    expect(explain({ error: `stream not found: for: [writeKey: ${KEY}]` })).toEqual({
      code: 'stream not found',
    });
    expect(explain({ error: 'error parsing message: Client Ip: 203.0.113.7: EOF' })).toEqual({
      code: 'error parsing message',
    });
    expect(explain({ error: 7 })).toBeUndefined();
  });
});
