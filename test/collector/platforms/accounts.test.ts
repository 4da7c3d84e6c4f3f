import { expect, test } from '@jest/globals';
import type { StatsResponse } from '../../../lib/collector/api/responses.js';
import { ACollector } from '../a-collector.js';
import { aMessage } from './a-request.js';

const basic = (key: string) => `Basic ${btoa(`${key}:`)}`;
const batch = (key: string) => ({
  headers: { 'content-type': 'application/json', 'x-strict-mode': '1', authorization: basic(key) },
  body: JSON.stringify({ batch: [aMessage()] }),
});

const json = (path: string, body: unknown) => ({
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const NOW = new Date().toISOString();
const UUID = '018f2d0a-1111-7222-8333-000000000001';

/** The same event, sent with each of two keys, or to each of two receivers. */
const SENT: Readonly<Record<string, (key: string) => RequestInit & { readonly path: string }>> = {
  kissmetrics: (key) => ({
    path: '/e',
    body: new URLSearchParams({ _k: key, _p: 'p', _n: 'n', _t: '1767225600', _d: '1' }),
  }),
  rudderstack: (key) => ({ path: '/v1/batch', ...batch(key) }),
  jitsu: (key) => ({ path: '/api/s/s2s/batch', ...batch(key) }),
  customerio: (key) => ({ path: '/v1/batch', ...batch(key) }),
  webhook: (key) => ({ path: `/${key}`, body: JSON.stringify([{ id: 'id-1', type: 'track' }]) }),
  segment: (key) => ({ path: '/v1/batch', ...batch(key) }),
  posthog: (key) =>
    json('/batch/', {
      api_key: key,
      batch: [{ event: 'n', distinct_id: 'p', uuid: UUID, timestamp: NOW, properties: {} }],
    }),
  mixpanel: (key) => ({
    ...json('/import?strict=1', [
      { event: 'n', properties: { time: Date.parse(NOW), distinct_id: 'p', $insert_id: 'id-1' } },
    ]),
    headers: { 'content-type': 'application/json', authorization: basic(key) },
  }),
  amplitude: (key) =>
    json('/2/httpapi', {
      api_key: key,
      events: [{ event_type: 'n', user_id: 'person-1', insert_id: 'id-1', time: Date.parse(NOW) }],
    }),
  meta: (key) =>
    json(`/v25.0/${key}/events?access_token=token`, {
      data: [
        {
          event_name: 'n',
          event_id: 'id-1',
          event_time: Math.floor(Date.parse(NOW) / 1_000),
          action_source: 'website',
          event_source_url: 'https://shop.example/',
          user_data: { client_user_agent: 'agent', fbp: 'fb.1.1767225600000.1' },
        },
      ],
    }),
};

test.each([
  ['kissmetrics', 2],
  ['rudderstack', 2],
  ['jitsu', 2],
  ['customerio', 2],
  ['webhook', 2],
  ['posthog', 2],
  ['mixpanel', 2],
  ['amplitude', 2],
  ['meta', 2],
  // Its ids are not scoped to a source.
  ['segment', 1],
])('%s stores an event of two accounts %i time(s)', async (platform, delivered) => {
  const collector = await ACollector.start();
  for (const key of ['1', '2', '1']) {
    const { path, ...request } = SENT[platform]!(key);
    await fetch(`${collector.url}/${platform}${path}`, { method: 'POST', ...request });
  }
  const { platforms } = await collector.get<StatsResponse>('stats');
  await collector.close();
  expect(platforms.find((each) => each.platform === platform)).toMatchObject({
    delivered,
    duplicate: 3 - delivered,
  });
});
