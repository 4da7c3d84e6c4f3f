import { describe, expect, test } from '@jest/globals';
import { unusualKey } from '../../../lib/destinations/kissmetrics/kissmetrics.messages.js';
import { kissmetrics } from '../../../lib/destinations/kissmetrics/kissmetrics.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { configError } from '../config-error.js';
import { Notices } from '../notices.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const FIRST = { now: NEW_YEAR, number: 1 };
const destination = kissmetrics({ apiKey: KEY });

function sent(event: TrackingEvent, note?: number): { path: string; parameters: Record<string, string> } {
  const { url, body } = destination.encode([inLane(event, note)], FIRST);
  return { path: new URL(url).pathname, parameters: Object.fromEntries(new URLSearchParams(body as string)) };
}

describe('its declarations', () => {
  test('one operation a request, `received` only, 32 in parallel over 8 sockets', () => {
    expect(destination).toMatchObject({
      name: 'kissmetrics',
      kind: 'kissmetrics',
      limits: { maxEvents: 1 },
      batch: { maxEvents: 1, maxDelayMs: 0, maxBytes: destination.limits!.maxBytes! },
      concurrency: 32,
      pipelining: 4,
      acknowledgement: 'received',
      deduplication: { fields: ['person', 'name', 'second'], windowMs: null },
    });
    expect(destination.resolvers).toHaveLength(1);
  });

  test('host and key select its account; the key is a secret in every form that is sent', () => {
    const odd = kissmetrics({ apiKey: 'key/with+signs', endpoint: 'https://proxy.example.com/km/' });
    expect(odd.account).toEqual(['proxy.example.com/km', 'key/with+signs']);
    expect(odd.secrets).toEqual(['key/with+signs']);
    expect(destination.secrets).toEqual([KEY]);
    expect(kissmetrics({ apiKey: undefined }).secrets).toEqual([]);
  });

  test('sends to the given endpoint, with or without a slash at its end', () => {
    for (const endpoint of ['http://127.0.0.1:4100/km', 'HTTP://127.0.0.1:4100/km/']) {
      const { url } = kissmetrics({ apiKey: KEY, endpoint }).encode([inLane(anEvent())], FIRST);
      expect(url).toBe('http://127.0.0.1:4100/km/e');
    }
  });

  test('requests may share a socket, and are unconditional', () => {
    for (const method of ['POST', 'GET'] as const) {
      const request = kissmetrics({ apiKey: KEY, method }).encode([inLane(anEvent())], FIRST);
      expect(request.idempotent).toBe(true);
      expect(Object.keys(request.headers ?? {})).not.toContain('if-modified-since');
    }
  });

  test('never treats two events as one', () => {
    expect(() => destination.encode([inLane(anEvent()), inLane(anEvent())], FIRST)).toThrow('one event');
    expect(() => destination.encode([], FIRST)).toThrow('one event');
  });
});

describe('its options', () => {
  test.each([
    [{ apiKey: undefined }, 'apiKey', 'undefined'],
    [{ apiKey: '' }, 'apiKey', 'an empty string'],
    [{ apiKey: '   ' }, 'apiKey', '3 characters'],
    [{ apiKey: `${KEY}\n` }, 'apiKey', 'without spaces'],
    [{ apiKey: 12 }, 'apiKey', 'is a number'],
    [{ endpoint: '' }, 'endpoint', 'http'],
    [{ endpoint: 'trk.kissmetrics.io' }, 'endpoint', 'http'],
    [{ endpoint: 'ftp://trk.kissmetrics.io' }, 'endpoint', 'http'],
    [{ endpoint: 'https://me:secret@trk.kissmetrics.io' }, 'endpoint', 'password'],
    [{ endpoint: 'https://trk.kissmetrics.io/?a=secret' }, 'endpoint', 'without `?`'],
    [{ method: 'PUT' }, 'method', "'POST' or 'GET'"],
    [{ spreadCollisions: 'yes' }, 'spreadCollisions', 'true or false'],
    [{ pipelining: 0 }, 'pipelining', 'a whole number from 1 to 64'],
    [{ batch: { maxEvents: 50 } }, 'batch.maxEvents', 'one operation per request'],
    [{ apikey: KEY }, 'apikey', 'apiKey'],
  ])('%o is refused at start, and no secret shown', (options, option, wants) => {
    const error = configError(kissmetrics({ apiKey: KEY, ...options } as never));
    expect(error.option).toBe(`destinations[0].${option}`);
    expect(error.message).toContain(wants);
    expect(error.message).not.toContain(KEY);
    expect(error.message).not.toContain('secret@');
    expect(error.message).not.toContain('a=secret');
  });

  test('a key may be missing while tracking is disabled, a wrong type may not', () => {
    expect(() => kissmetrics({ apiKey: undefined }).check!('destinations[0]', false)).not.toThrow();
    expect(() => kissmetrics({ apiKey: '' }).check!('destinations[0]', false)).not.toThrow();
    expect(configError(kissmetrics({ apiKey: 12 as never }), false).option).toBe('destinations[0].apiKey');
  });

  test('a key of another shape is used, with one warning that does not show it', () => {
    const notices = new Notices();
    kissmetrics({ apiKey: 'another-shape', name: 'km' }).open!(notices);
    expect(notices.of('unusual_credential')).toEqual([unusualKey('km', 13)]);
    expect(notices.all[0]!.message).not.toContain('another-shape');

    const usual = new Notices();
    destination.open!(usual);
    expect(usual.all).toEqual([]);
  });
});

describe('its requests', () => {
  test('the person is the user, or the browser before sign-in', () => {
    expect(sent(anEvent({ userId: 'ada', anonymousId: 'anon' })).parameters['_p']).toBe('ada');
    const { userId: _, ...visitor } = anEvent({ anonymousId: 'anon' });
    expect(sent(visitor).parameters['_p']).toBe('anon');
  });

  test('the time is the whole second of the event, which counts because of _d', () => {
    const { parameters } = sent(anEvent({ timestamp: NEW_YEAR + 1_999 }));
    expect(parameters).toMatchObject({ _t: '1767225601', _d: '1' });
  });

  test('a second that was fixed at the door replaces it, on every attempt', () => {
    expect(sent(anEvent(), 1_767_225_609).parameters['_t']).toBe('1767225609');
    expect(sent(anEvent(), 1_767_225_609).parameters['_t']).toBe('1767225609');
  });

  test('an identify sets properties of the person', () => {
    const { path, parameters } = sent(anEvent({ type: 'identify', properties: { plan: 'pro' } }));
    expect(path).toBe('/s');
    expect(parameters).toEqual({ _k: KEY, _p: 'user-1001', _t: '1767225600', _d: '1', plan: 'pro' });
  });

  test("a group's id and traits are properties of the person, and a trait never takes the id's place", () => {
    const event = anEvent({ type: 'group', groupId: 'acme', properties: { ID: 'x', name: 'Acme', _id: 7 } });
    expect(sent(event)).toEqual({
      path: '/s',
      parameters: {
        _k: KEY,
        _p: 'user-1001',
        _t: '1767225600',
        _d: '1',
        'Group - id': 'acme',
        'Group - name': 'Acme',
        'Group - _id': '7',
      },
    });
  });

  test('an alias names both ids and nothing else', () => {
    const event = anEvent({ type: 'alias', previousId: 'anon=', userId: 'ada', properties: { ignored: 1 } });
    expect(sent(event)).toEqual({ path: '/a', parameters: { _k: KEY, _p: 'anon=', _n: 'ada' } });
  });
});
