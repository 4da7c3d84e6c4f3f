import { expect, test } from '@jest/globals';
import type { StatsResponse } from '../../../lib/collector/api/responses.js';
import { ACollector } from '../a-collector.js';
import { aMessage } from './a-request.js';

const basic = (key: string) => `Basic ${btoa(`${key}:`)}`;
const batch = (key: string) => ({
  headers: { 'content-type': 'application/json', 'x-strict-mode': '1', authorization: basic(key) },
  body: JSON.stringify({ batch: [aMessage()] }),
});

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
};

test.each([
  ['kissmetrics', 2],
  ['rudderstack', 2],
  ['jitsu', 2],
  ['customerio', 2],
  ['webhook', 2],
  // Its ids are not scoped to a source.
  ['segment', 1],
])('%s stores an event of two accounts %i time(s)', async (platform, delivered) => {
  const collector = await ACollector.start();
  for (const key of ['one', 'other', 'one']) {
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
