import { describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { TrackingConfigError } from '../../../lib/config/tracking-config.error.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { Webhook } from 'standardwebhooks';
import { answer, LaneBench, OK } from '../../support/a-lane.js';
import { lettersOf } from '../../support/letters-of.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';

const URL_ = 'https://receiver.example.com/hooks/analytics';
const SECRET = 'whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=';
const FIRST = { now: NEW_YEAR + 5_700, number: 1 };
const EVENT = anEvent({ properties: { n: 1 } });

describe('the method', () => {
  test.each(['POST', 'PUT', 'PATCH'] as const)('may be %s', (method) => {
    expect(webhook({ url: URL_, method }).encode([inLane(EVENT)], FIRST).method).toBe(method);
  });

  test('is POST by default, and any other word is rejected', () => {
    expect(webhook({ url: URL_ }).encode([inLane(EVENT)], FIRST).method).toBe('POST');
    expect(configError(webhook({ url: URL_, method: 'GET' as never })).message).toContain(
      "'POST', 'PUT' or 'PATCH'",
    );
  });
});

describe('headers from a function', () => {
  test.each([400, 401, 422])(
    'stay secret where the receiver repeats them in an answer with %i',
    async (status) => {
      let made = 0;
      const it: LaneBench = new LaneBench({
        destination: {
          ...webhook({ url: URL_, headers: () => ({ authorization: `Bearer fresh-token-${++made}` }) }),
          name: 'shop',
          batch: { maxEvents: 1, maxDelayMs: 0 },
        },
        keepAnswers: 'text',
      });
      const sent: string[] = [];
      it.platform = ({ request }) => {
        sent.push(request.headers!['authorization']!);
        if (sent.length === 1) return OK;
        return { result: answer(status, `{"message":"no ${sent.at(-1)!}"}`), afterMs: 5 };
      };
      it.give(3);
      it.clock.advance(30_000);
      expect(sent.length).toBeGreaterThan(2);
      const told = JSON.stringify([it.lane.state.lastRefusal, await lettersOf(it.buffer, 'shop'), it.spoken]);
      expect(told).toContain('no Bearer ***');
      expect(told).not.toContain('fresh-token');
    },
  );

  test('come from a function of the events, the body and the attempt, called each time', () => {
    const asked: unknown[] = [];
    const destination = webhook({
      url: URL_,
      headers: ({ events, body, attempt }) => {
        asked.push({ ids: events.map(({ id }) => id), attempt });
        return { 'X-Signature': createHmac('sha256', 'key').update(body).digest('hex') };
      },
    });
    const first = destination.encode([inLane(EVENT)], FIRST);
    const second = destination.encode([inLane(EVENT)], { now: NEW_YEAR + 9_000, number: 2 });
    expect(asked).toEqual([
      { ids: [EVENT.id], attempt: FIRST },
      { ids: [EVENT.id], attempt: { now: NEW_YEAR + 9_000, number: 2 } },
    ]);
    const signature = createHmac('sha256', 'key').update(first.body!).digest('hex');
    expect(first.headers).toMatchObject({ 'x-signature': signature, 'content-type': 'application/json' });
    expect(second.headers!['x-signature']).toBe(signature);
  });

  test('are computed from the bytes that are signed and compressed', () => {
    let seen: string | Uint8Array = '';
    const destination = webhook({
      url: URL_,
      secret: SECRET,
      gzip: true,
      headers: ({ body }) => {
        seen = body;
        return {};
      },
    });
    const { headers, body } = destination.encode([inLane(EVENT)], FIRST);
    expect(seen).toBe(body);
    const text = Buffer.from(seen).toString();
    // Its own time is in the past.
    const now = { ...headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1_000)) };
    expect(() => new Webhook(SECRET).verify(text, now)).toThrow('No matching signature');
    expect(JSON.parse(text)).toMatchObject([{ id: EVENT.id }]);
  });

  test.each([
    ['an error', () => { throw new Error('hush'); }], // prettier-ignore
    ['a promise', () => Promise.reject(new Error('hush'))],
    ['a header of the library', () => ({ 'Content-Type': 'text/plain' })],
    ['a signature header', () => ({ 'webhook-signature': 'hush' })],
    ['a value of two lines', () => ({ authorization: 'hush\r\nx: y' })],
    ['a missing value', () => ({ authorization: `Bearer ${undefined}` })],
    ['nothing', () => undefined],
    ['a text', () => 'hush'],
  ])('that are %s fail as a fault of the configuration, without their value', (_, headers) => {
    const destination = webhook({ url: URL_, headers: headers as never });
    expect(() => destination.check!('destinations[0]', true)).not.toThrow();
    const failed = thrown(() => destination.encode([inLane(EVENT)], FIRST));
    expect(failed).toBeInstanceOf(TrackingConfigError);
    expect(String(failed)).not.toContain('hush');
  });
});

describe('credentials from a function', () => {
  const credentials = () => Promise.resolve({ values: { token: 'fresh' } });

  test('reach the function in `headers`, and nothing else', () => {
    const destination = webhook({
      url: URL_,
      credentials,
      headers: ({ attempt }) => ({ authorization: `Bearer ${attempt.credentials!['token']}` }),
    });
    expect(destination.credentials).toBe(credentials);
    const { headers, body, url } = destination.encode([inLane(EVENT)], {
      ...FIRST,
      credentials: { token: 'fresh' },
    });
    expect(headers).toMatchObject({ authorization: 'Bearer fresh' });
    expect(`${url} ${String(body)}`).not.toContain('fresh');
  });

  test.each([
    [{}, 'is undefined'],
    [{ headers: { 'x-tenant': 'hush' } }, 'is an object'],
  ])('are of no use without a function that sends them: %j', (options, seen) => {
    const error = configError(webhook({ url: URL_, credentials, ...options }));
    expect(error.option).toBe('destinations[0].headers');
    expect(error.message).toContain(`${seen}; expected a function beside \`credentials\``);
    expect(error.message).not.toContain('hush');
  });

  test('have to be a function', () => {
    expect(configError(webhook({ url: URL_, credentials: 'hush' as never })).message).not.toContain('hush');
  });
});

describe('a body of the application', () => {
  test('replaces the default body, with its media type, and is signed', () => {
    const destination = webhook({
      url: URL_,
      secret: SECRET,
      encode: (events, { number }) => ({
        body: `<events attempt="${number}">${events.map(({ id }) => `<id>${id}</id>`).join('')}</events>`,
        contentType: 'application/xml',
      }),
    });
    const { headers, body } = destination.encode([inLane(EVENT)], { ...FIRST, now: Date.now() });
    expect(Buffer.from(body!).toString()).toBe(`<events attempt="1"><id>${EVENT.id}</id></events>`);
    expect(headers!['content-type']).toBe('application/xml');
    expect(() =>
      new Webhook(SECRET).verify(Buffer.from(body!).toString(), { ...headers }, { parse: String } as never),
    ).not.toThrow('No matching signature');
  });

  test('may be a text or bytes, which count as JSON', () => {
    for (const made of ['[1]', Buffer.from('[1]')]) {
      const { headers, body } = webhook({ url: URL_, encode: () => made }).encode([inLane(EVENT)], FIRST);
      expect(body).toEqual(made);
      expect(headers!['content-type']).toBe('application/json');
    }
  });

  test('has to be a function', () => {
    expect(configError(webhook({ url: URL_, encode: 'xml' as never })).option).toBe('destinations[0].encode');
  });
});

function thrown(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return undefined;
}
