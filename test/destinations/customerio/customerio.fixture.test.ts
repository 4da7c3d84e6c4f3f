import { describe, expect, test } from '@jest/globals';
import { customerio } from '../../../lib/destinations/customerio/customerio.js';
import {
  documentedBody,
  eventsOf,
  exchangesOf,
  readingOf,
  requestOf,
} from '../segment-protocol/exchanges.js';

const EXCHANGES = exchangesOf('customerio');
const named = (name: string) => EXCHANGES.find((each) => each.name === name)!;
const destination = customerio({ writeKey: 'API_KEY', region: 'us' });

describe('the documented exchanges', () => {
  test('the batch in strict mode is the request of its events', () => {
    const documented = named('batch-strict');
    const { method, url, headers, body } = requestOf(destination, eventsOf(documented));
    expect({ method, url }).toEqual({ method: 'POST', url: documented.request.url });
    expect(headers).toEqual({
      'content-type': documented.request.headers['Content-Type'],
      authorization: documented.request.headers['Authorization'],
      'x-strict-mode': documented.request.headers['X-Strict-Mode'],
    });
    expect(body).toEqual(documentedBody(documented));
  });

  test('the host of the EU gets requests in strict mode, too: the permissive answer is never asked for', () => {
    const documented = named('batch-permissive-invalid');
    const [good] = eventsOf(documented);
    const { url, headers } = requestOf(customerio({ writeKey: 'API_KEY', region: 'eu' }), [good!]);
    expect(url).toBe(documented.request.url);
    expect(headers).toMatchObject({ 'x-strict-mode': '1' });
  });

  test.each(['batch-strict-invalid', 'batch-permissive-invalid'])(
    '%s: the record without an id is declined',
    (name) => {
      const [good, bad] = eventsOf(named(name));
      expect(destination.accept!(good!)).toBeUndefined();
      expect(destination.accept!(bad!)).toEqual({ declined: 'no_identity' });
    },
  );

  /** No event is dropped at once: the batch of a rejected request is halved, or the lane parks. */
  const AS_A_WHOLE: Readonly<Record<string, string>> = { unauthorised: 'park', rejected: 'refuse' };
  const answers = EXCHANGES.flatMap(({ responses }) => responses.map((each) => [each.case, each] as const));
  test.each(answers)('%s', (name, response) => {
    const events = eventsOf(named('batch-strict'));
    const outcome = AS_A_WHOLE[name];
    const expected = outcome === undefined ? response.expect.outcomes : events.map(() => outcome);
    expect(readingOf(destination, response, events)).toEqual(expected);
  });
});
