import { describe, expect, test } from '@jest/globals';
import { segment } from '../../../lib/destinations/segment/segment.js';
import {
  documentedBody,
  eventsOf,
  exchangesOf,
  readingOf,
  requestOf,
} from '../segment-protocol/exchanges.js';

const EXCHANGES = exchangesOf('segment');
const named = (name: string) => EXCHANGES.find((each) => each.name === name)!;
const destination = segment({ writeKey: 'WRITE_KEY', region: 'us' });

describe('the documented exchanges', () => {
  test('the batch is the request of its events; the key is in the header alone', () => {
    const documented = named('batch');
    const { method, url, headers, body } = requestOf(destination, eventsOf(documented));
    expect({ method, url }).toEqual({ method: 'POST', url: documented.request.url });
    expect(headers).toEqual({
      'content-type': documented.request.headers['Content-Type'],
      authorization: documented.request.headers['Authorization'],
    });
    const { writeKey: _, ...rest } = documentedBody(documented);
    expect(body).toEqual(rest);
  });

  test('an alias at the host of the EU', () => {
    const { request } = named('single-alias-eu');
    const single = request.body as unknown as Record<string, string>;
    const asBatch = {
      ...named('batch'),
      request: { ...request, body: { batch: [{ ...single, type: 'alias' }] } },
    };
    const { url, body } = requestOf(
      segment({ writeKey: 'WRITE_KEY', region: 'eu' }),
      eventsOf(asBatch as never),
    );
    expect(url).toBe(request.url.replace('/alias', '/batch'));
    expect(body['batch']).toMatchObject([{ ...single, type: 'alias' }]);
  });

  test('a record without an id, to which the platform answers 200, is declined', () => {
    const [good, bad] = eventsOf(named('batch-record-without-id'));
    expect(destination.accept!(good!)).toBeUndefined();
    expect(destination.accept!(bad!)).toEqual({ declined: 'no_identity' });
  });

  const answers = EXCHANGES.flatMap(({ name, responses }) =>
    responses.map((response) => [`${name}: ${response.case}`, response] as const),
  );
  /** No event is dropped at once: the batch of a rejected request is halved, or the lane parks. */
  const AS_A_WHOLE: Readonly<Record<string, string>> = {
    'batch: not_implemented': 'park',
    'batch: forbidden': 'park',
    'batch-malformed: rejected': 'refuse',
  };
  test.each(answers)('%s', (name, response) => {
    const outcomes = response.expect.outcomes!;
    const events = eventsOf(named('batch')).slice(0, outcomes.length);
    const expected = outcomes.map((outcome) => AS_A_WHOLE[name] ?? outcome);
    expect(readingOf(destination, response, events)).toEqual(expected);
  });
});
