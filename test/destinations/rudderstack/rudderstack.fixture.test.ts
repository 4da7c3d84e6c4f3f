import { describe, expect, test } from '@jest/globals';
import { rudderstack } from '../../../lib/destinations/rudderstack/rudderstack.js';
import {
  documentedBody,
  eventsOf,
  exchangesOf,
  readingOf,
  requestOf,
} from '../segment-protocol/exchanges.js';

const EXCHANGES = exchangesOf('rudderstack');
const named = (name: string) => EXCHANGES.find((each) => each.name === name)!;
const destination = rudderstack({ writeKey: 'WRITE_KEY', dataPlaneUrl: 'https://dataplane.example.com' });

describe('the documented exchanges', () => {
  test('the batch is the request of its events, with the members that the vendor’s SDK adds', () => {
    const documented = named('batch');
    const { method, url, headers, body } = requestOf(destination, eventsOf(documented));
    expect({ method, url }).toEqual({ method: 'POST', url: documented.request.url });
    expect(headers).toEqual({
      'content-type': documented.request.headers['Content-Type'],
      authorization: documented.request.headers['Authorization'],
    });
    const { batch, sentAt } = documentedBody(documented) as {
      batch: { type: string; timestamp: string; traits?: object; context: object }[];
      sentAt: string;
    };
    const expected = batch.map((message) => ({
      ...message,
      channel: 'server',
      originalTimestamp: message.timestamp,
      sentAt,
      context: message.type === 'identify' ? { ...message.context, traits: message.traits } : message.context,
    }));
    expect(body).toEqual({ batch: expected, sentAt });
  });

  test('the record without an id, which would cost its whole batch, is declined', () => {
    const [good, bad] = eventsOf(named('batch-poison-record'));
    expect(destination.accept!(good!)).toBeUndefined();
    expect(destination.accept!(bad!)).toEqual({ declined: 'no_identity' });
  });

  /** No event is dropped at once: the batch of a rejected request is halved, or the lane parks. */
  const AS_A_WHOLE: Readonly<Record<string, string>> = {
    unauthorised: 'park',
    source_disabled: 'park',
    too_large: 'refuse',
    rejected_whole_batch: 'refuse',
  };
  const answers = EXCHANGES.flatMap(({ responses }) => responses.map((each) => [each.case, each] as const));
  test.each(answers)('%s', (name, response) => {
    const events = eventsOf(named('batch'));
    const outcome = AS_A_WHOLE[name];
    const expected = outcome === undefined ? response.expect.outcomes : events.map(() => outcome);
    expect(readingOf(destination, response, events)).toEqual(expected);
  });
});
