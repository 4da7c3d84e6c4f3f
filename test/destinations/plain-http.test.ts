import { describe, expect, test } from '@jest/globals';
import { plainHttp } from '../../lib/destinations/destination.messages.js';
import type { Destination } from '../../lib/destinations/destination.js';
import { kissmetrics } from '../../lib/destinations/kissmetrics/kissmetrics.js';
import { webhook } from '../../lib/destinations/webhook/webhook.js';

const KEY = '0123456789abcdef0123456789abcdef01234567';
const headers = { authorization: 'Bearer 0123456789' };
const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;

/** The warnings of a destination at start about a URL with plain http:. */
function warnings(destination: Destination): string[] {
  const said: string[] = [];
  destination.open?.({
    notice: (notice, _about, message) => {
      if (notice === 'plain_http') said.push(message());
    },
  });
  return said;
}

describe('plain http: with a key or secret logs a warning at start', () => {
  test.each<[string, Destination]>([
    ['a header', webhook({ name: 'hook', url: 'http://shop.example/', headers })],
    ['a secret that signs', webhook({ name: 'hook', url: 'http://shop.example/', secret })],
    ['a token in the query', webhook({ name: 'hook', url: 'http://shop.example/?token=0123456789' })],
    ['a private network', webhook({ name: 'hook', url: 'http://10.0.0.7/', headers })],
    ['a key', kissmetrics({ name: 'hook', apiKey: KEY, endpoint: 'http://proxy.example' })],
  ])('%s', (_, destination) => {
    expect(warnings(destination)).toEqual([plainHttp('hook')]);
  });

  test.each<[string, Destination]>([
    ['https:', webhook({ url: 'https://shop.example/', headers, secret })],
    ['nothing secret', webhook({ url: 'http://shop.example/' })],
    ['localhost', webhook({ url: 'http://localhost:3000/', headers })],
    ['loopback', webhook({ url: 'http://127.0.0.1:3000/', headers })],
    ['loopback of IPv6', kissmetrics({ apiKey: KEY, endpoint: 'http://[::1]:3000' })],
    ['the platform itself', kissmetrics({ apiKey: KEY })],
    ['a URL that the check refuses', webhook({ url: 'http://[', headers })],
  ])('%s is not', (_, destination) => {
    expect(warnings(destination)).toEqual([]);
  });
});
