import { expect, test } from '@jest/globals';
import { customerio, posthog, rudderstack } from '../../lib/index.js';

const key = 'write-key-0123456789';

test('a URL that already ends with the added path fails at start: every request would get a 404', () => {
  const start = (dataPlaneUrl: string) => () =>
    rudderstack({ writeKey: key, dataPlaneUrl }).check!('destinations[0]', true);
  for (const ending of ['/v1/batch', '/proxy/v1/batch/'])
    expect(start(`https://plane.example.com${ending}`)).toThrow(
      /destinations\[0\]\.dataPlaneUrl.*without `\/v1\/batch` at its end/s,
    );
  for (const ending of ['', '/', '/v1', '/batch', '/v1/batch/rudder'])
    expect(start(`https://plane.example.com${ending}`)).not.toThrow();
});

test('so does an `endpoint`, and a path of one word is that of a proxy', () => {
  const endpoint = 'https://proxy.example.com/v1/batch';
  expect(() => customerio({ writeKey: key, region: 'eu', endpoint }).check!('destinations[0]', true)).toThrow(
    'at its end',
  );
  const host = 'https://proxy.example.com/batch';
  expect(() => posthog({ apiKey: key, host }).check!('destinations[0]', true)).not.toThrow();
});
