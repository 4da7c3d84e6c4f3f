import { describe, expect, test } from '@jest/globals';
import { jitsu } from '../../../lib/destinations/jitsu/jitsu.js';
import {
  documentedBody,
  eventsOf,
  exchangesOf,
  readingOf,
  requestOf,
} from '../segment-protocol/exchanges.js';

const EXCHANGES = exchangesOf('jitsu');
const named = (name: string) => EXCHANGES.find((each) => each.name === name)!;
const destination = jitsu({ writeKey: 'KEY_ID:KEY_SECRET', host: 'https://ingest.example.com' });

describe('the documented exchanges', () => {
  test('the batch is the request of its events; a `context` for all of them is left out, as it is empty', () => {
    const documented = named('batch');
    const { method, url, headers, body } = requestOf(destination, eventsOf(documented));
    expect({ method, url }).toEqual({ method: 'POST', url: documented.request.url });
    expect(headers).toEqual({
      'content-type': documented.request.headers['Content-Type'],
      'x-write-key': documented.request.headers['X-Write-Key'],
    });
    expect({ ...body, context: {} }).toEqual(documentedBody(documented));
  });

  /** No event is dropped at once: the batch of a rejected request is halved, or the lane parks. */
  const AS_A_WHOLE: Readonly<Record<string, string>> = {
    'batch: rejected': 'park',
    'batch-partial: throttled_by_quota': 'park',
    'batch-bad-content-type: rejected': 'refuse',
  };
  const answers = EXCHANGES.flatMap((exchange) =>
    exchange.responses.map((each) => [`${exchange.name}: ${each.case}`, each] as const),
  );
  test.each(answers)('%s', (name, response) => {
    const outcomes = response.expect.outcomes!;
    const events = eventsOf(named('batch')).slice(0, outcomes.length);
    const expected = outcomes.map((outcome) => AS_A_WHOLE[name] ?? outcome);
    expect(readingOf(destination, response, events)).toEqual(expected);
  });
});
