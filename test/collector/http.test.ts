import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { RequestsResponse, StatsResponse } from '../../lib/collector/api/responses.js';
import { readRequest } from '../../lib/collector/http/read-request.js';
import { Troubles } from '../../lib/collector/troubles.js';
import { ACollector, aMessage } from './a-collector.js';
import { aPlatform } from './a-ledger.js';
import { aRequest } from './platforms/a-request.js';
import { rawRequest, sendRaw } from './raw-request.js';

const told: string[] = [];
let collector: ACollector;
beforeEach(async () => {
  told.length = 0;
  collector = await ACollector.start({ tell: (line) => told.push(line) });
});
afterEach(() => collector.close());

const key = { authorization: `Basic ${btoa('key:')}` };
const batch = (...messages: object[]): string => JSON.stringify({ batch: messages, writeKey: 'key' });
const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(collector.url + path, {
    method: 'POST',
    headers: { ...key, ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });

async function delivered(): Promise<number> {
  const { platforms } = await collector.get<StatsResponse>('stats');
  return platforms.reduce((sum, each) => sum + each.delivered, 0);
}

async function problems(): Promise<(readonly string[])[]> {
  const { requests } = await collector.get<RequestsResponse>('requests');
  return requests.map((each) => each.problems);
}

describe('a body', () => {
  const message = batch(aMessage());
  test.each<[string, Buffer]>([
    ['gzip', gzipSync(message)],
    ['GZIP', gzipSync(message)],
    ['deflate', deflateSync(message)],
    ['deflate', deflateRawSync(message)],
    ['br', brotliCompressSync(message)],
    ['identity', Buffer.from(message)],
  ])('is decompressed: %s', async (encoding, body) => {
    expect((await post('/segment/v1/batch', body, { 'content-encoding': encoding })).status).toBe(200);
    expect(await delivered()).toBe(1);
  });

  test('in chunks, and after 100-continue', async () => {
    const chunked = rawRequest('POST /segment/v1/batch', { ...key, 'transfer-encoding': 'chunked' });
    const halves = [message.slice(0, 10), message.slice(10)].map(
      (part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`,
    );
    expect(await sendRaw(collector.url, chunked, ...halves, '0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
    const waiting = rawRequest(
      'POST /segment/v1/batch',
      { ...key, expect: '100-continue' },
      batch(aMessage()),
    );
    expect(await sendRaw(collector.url, waiting)).toMatch(/^HTTP\/1\.1 100 .*\r\n\r\nHTTP\/1\.1 200 /);
    expect(await delivered()).toBe(2);
  });

  test.each<[string, number, Buffer, string]>([
    ['gzip', 400, Buffer.from('no gzip'), 'cannot be decompressed'],
    ['gzip', 400, gzipSync(message).subarray(0, 20), 'cannot be decompressed'],
    ['lzma', 415, Buffer.from(message), 'Content-Encoding is unknown'],
    ['gzip', 413, gzipSync(Buffer.alloc(40_000_000)), 'more than 32 MB'],
    ['gzip', 413, gzipSync(`{"batch":[${'{},'.repeat(1_000_001)}{}]}`), 'more than 1,000,000 values'],
    ['identity', 413, Buffer.alloc(33_000_000), 'more than 32 MB'],
  ])('that cannot be read is answered and noted: %s, %i', async (encoding, status, body, problem) => {
    const answered = await post('/posthog/batch/', body, { 'content-encoding': encoding });
    expect(answered.status).toBe(status);
    expect(await problems()).toEqual([[expect.stringContaining(problem)]]);
    expect(told).toEqual([expect.stringContaining(problem)]);
  });

  test('that never ends is cut off', async () => {
    const chunk = Buffer.alloc(1_000_000, 97);
    const chunks = Array.from({ length: 70 }, () => chunk);
    const head = rawRequest('POST /segment/v1/batch', { 'content-length': '999999999' });
    expect(await sendRaw(collector.url, head, ...chunks)).toBe('');
  });

  test('in gzip without a header is for PostHog only, whose SDK sends it', async () => {
    const body = gzipSync(JSON.stringify({ api_key: 'k', event: 'e', distinct_id: 'ada', properties: {} }));
    expect((await post('/posthog/e/?compression=gzip-js', body)).status).toBe(200);
    expect(await delivered()).toBe(1);
    expect((await post('/segment/v1/batch', body)).status).toBe(400);
  });
});

describe('a path', () => {
  test('names its platform in any case', async () => {
    expect((await post('/SEGMENT/v1/batch', batch(aMessage()))).status).toBe(200);
    const proxied = rawRequest(`POST ${collector.url}/segment/v1/batch`, key, batch(aMessage()));
    expect(await sendRaw(collector.url, proxied)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await delivered()).toBe(2);
  });

  test('without a platform is a 404 that names the endpoints that fit, and is reported once', async () => {
    expect((await fetch(`${collector.url}/favicon.ico`)).status).toBe(404);
    expect(told).toEqual([]);
    for (let i = 0; i < 3; i++) {
      const answered = await post('/batch/?api_key=secret', '{}');
      expect(answered.status).toBe(404);
      expect(await answered.json()).toEqual({
        error: expect.stringContaining(`posthog({ host: '${collector.url}/posthog' })`),
      });
    }
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^A request has no platform in its path\. .*posthog\(/);
    expect(told[0]).not.toMatch(/secret|segment\(/);
    const unknown = (await (await post('/nowhere', '{}')).json()) as { error: string };
    expect(unknown.error).toMatch(/such as \w+\(\{ \w+: '[^']+' \}\)\. Platforms: .*\bsegment, .*webhook/);
  });

  test('of the page answers no event with success', async () => {
    const page = mkdtempSync(join(tmpdir(), 'page-'));
    writeFileSync(join(page, 'index.html'), '<p>');
    const withPage = await ACollector.start({ page });
    const statuses = [];
    for (const method of ['GET', 'POST', 'PUT'])
      statuses.push((await fetch(withPage.url, { method })).status);
    await withPage.close();
    rmSync(page, { recursive: true });
    expect(statuses).toEqual([200, 404, 404]);
  });

  test('that the platform does not have is a 404, noted with its request', async () => {
    const answered = await post('/segment/v9/batch', batch(aMessage()));
    expect([answered.status, await answered.json()]).toEqual([
      404,
      { error: 'The platform has no such path.' },
    ]);
    expect(await problems()).toEqual([['The platform has no such path.']]);
    expect(told).toEqual([expect.stringMatching(/^segment: .* answered 404/), expect.anything()]);
  });

  test('may be anything: the collector always answers, and continues', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'segment',
        '_collector',
        'events',
        '..',
        '%',
        '%zz',
        '%2e',
        '',
        '__proto__',
        'index.html',
        ':',
        '\\',
        '*',
      ),
      fc.string({ unit: fc.constantFrom(...Array.from('/?&=#%;:@[]{}|^~!a0\u00ff\t')) }),
    );
    const target = fc.oneof(
      fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`),
      fc.array(part, { maxLength: 3 }).map((parts) => parts.join('?')),
      fc.constantFrom('*', 'http://', 'http://[', 'https://x:99999/segment', '//', `/${'a'.repeat(300_000)}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PURGE'),
        target,
        async (method, path) => {
          const answered = await sendRaw(collector.url, rawRequest(`${method} ${path}`, {}, '{"batch":[1]}'));
          expect(answered).toMatch(/^HTTP\/1\.1 (2|4)\d\d /);
        },
      ),
      { numRuns: 200 },
    );
    expect(told.filter((line) => line.includes('fault'))).toEqual([]);
    expect((await collector.send(aMessage())).status).toBe(200);
  });
});

describe('a browser of another origin', () => {
  const origin = 'http://www.shop.localhost:3000';

  test('may send to a platform, with cookies and any header', async () => {
    const preflight = await fetch(`${collector.url}/segment/v1/batch`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-any',
        'access-control-request-private-network': 'true',
      },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type,x-any',
      'access-control-allow-private-network': 'true',
      vary: 'Origin',
    });
    const answered = await post('/segment/v1/batch', batch(aMessage()), {
      origin,
      'sec-fetch-site': 'cross-site',
    });
    expect(answered.status).toBe(200);
    expect(answered.headers.get('access-control-allow-origin')).toBe(origin);
    expect((await post('/segment/v9', '', { origin })).headers.get('access-control-allow-origin')).toBe(
      origin,
    );
    expect((await post('/segment/v1/batch', batch())).headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each<[string, Record<string, string>]>([
    ['by its origin', { origin: 'http://evil.example' }],
    ['by no origin', { origin: 'null' }],
    ['by another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['by its site', { 'sec-fetch-site': 'cross-site' }],
    ['by another subdomain', { 'sec-fetch-site': 'same-site' }],
    ['by a name that it resolves to loopback', { host: 'evil.example', origin: 'http://evil.example' }],
    ['by a name like localhost', { host: 'localhost.evil.example' }],
    ['without a name', { host: '' }],
  ])('can neither read nor change anything at the API: known %s', async (_, headers) => {
    await collector.send(aMessage());
    for (const line of ['GET /_collector/events', 'POST /_collector/reset', 'DELETE /_collector/answers']) {
      const answered = await sendRaw(
        collector.url,
        rawRequest(line, { 'sec-fetch-mode': 'cors', ...headers }),
      );
      expect(answered).toMatch(/^HTTP\/1\.1 403 /);
      expect(answered).not.toMatch(/access-control|Signed Up/i);
    }
    const preflight = rawRequest('OPTIONS /_collector/reset', {
      'access-control-request-method': 'POST',
      ...headers,
    });
    expect(await sendRaw(collector.url, preflight)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await delivered()).toBe(1);
  });

  test.each<Record<string, string>>([
    { host: 'localhost:4100', origin: 'http://localhost:4100', 'sec-fetch-site': 'same-origin' },
    { host: '[::1]:4100', origin: 'http://[::1]:4100', 'sec-fetch-site': 'same-origin' },
    { host: '127.0.0.1:4100', 'sec-fetch-site': 'none' },
    { host: 'page.localhost:4100' },
  ])('is not the page of the collector itself: %j', async (headers) => {
    const answered = await sendRaw(collector.url, rawRequest('POST /_collector/reset', headers));
    expect(answered).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('may use any name of a collector that is open to the network', async () => {
    const open = await ACollector.start({ host: '0.0.0.0' });
    const answered = await sendRaw(
      open.url,
      rawRequest('GET /_collector/stats', { host: 'collector.example' }),
    );
    await open.close();
    expect(answered).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test('the problems of an event are reported once, in one line, without values', async () => {
  const event = aMessage({ userId: undefined, event: 'Secret Name', timestamp: 'yesterday' });
  for (let i = 0; i < 3; i++) await collector.send(event);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^segment: an event was dropped: .* Its problems: .*It has neither/);
  expect(told[0]).not.toContain('Secret');
});

test('a fault of the collector is reported once, with its stack and without values, and answered', async () => {
  const broken = aPlatform('broken', {
    read: () => {
      throw new TypeError('secret value');
    },
  });
  const lines: string[] = [];
  const troubles = new Troubles((line) => lines.push(line));
  const read = () => readRequest(broken, aRequest('/'), undefined, troubles);
  expect(read()).toMatchObject({ events: [], answer: { status: 400 } });
  const once = [...lines];
  expect(once[0]).toMatch(/^broken: the collector could not read a request \(TypeError\)/);
  expect(once.join('\n')).toMatch(/\n\s+at .*http\.test\.ts/);
  expect(once.join('\n')).not.toContain('secret value');
  read();
  expect(lines).toEqual(once);
});
