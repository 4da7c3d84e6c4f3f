import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ANSWER_KINDS } from '../../../lib/collector/platform.js';
import { PLATFORMS } from '../../../lib/collector/platforms/platforms.js';
import { aRequest } from './a-request.js';

const OUTCOMES = ['delivered', 'rejected', 'dropped'];
const KINDS = ['track', 'identify', 'group', 'alias', 'page', 'screen'];

/** Paths of all platforms: each reads those of the others, too. */
const PATHS = [
  '/',
  '',
  '/e',
  '/s',
  '/a',
  '/p',
  '/v1/batch',
  '/v1/track',
  '/v1/identify',
  '/v1/page',
  '/v1/p',
  '/api/s/s2s/batch',
  '/api/s/track',
  '/batch',
  '/batch/',
  '/e/',
  '/i/v0/e/',
  '/capture/',
  '/i/v1/analytics/events',
  '/flags/',
  '/decide',
  '/array/x/config',
  '/array/x/config.js',
  '/import',
  '/track',
  '/track/',
  '/engage',
  '/engage/',
  '/groups',
  '/record',
  '/2/httpapi',
  '/identify',
  '/groupidentify',
  '/mp/collect',
  '/debug/mp/collect',
  '/g/collect',
  '/com.snowplowanalytics.snowplow/tp2',
  '/i',
  '/v24.0/1234567890/events',
  '/constructor',
  '/__proto__',
];

/** Names that a platform looks for, and names that every object has. */
const NAMES = [
  'batch',
  'data',
  'events',
  'type',
  'event',
  'event_type',
  'event_name',
  'name',
  'e',
  'properties',
  'params',
  'traits',
  'messageId',
  'uuid',
  'userId',
  'anonymousId',
  'groupId',
  'previousId',
  'distinct_id',
  '$distinct_id',
  '$insert_id',
  'insert_id',
  'user_id',
  'device_id',
  'client_id',
  'event_id',
  'eid',
  'time',
  'timestamp',
  'event_time',
  'sent_at',
  'sentAt',
  'api_key',
  'token',
  '$token',
  'writeKey',
  'access_token',
  'user_data',
  'custom_data',
  'user_properties',
  'event_properties',
  'groups',
  'group_properties',
  '$set',
  '$group_key',
  '$group_id',
  '$group_type',
  'alias',
  '$merge',
  '$distinct_ids',
  'options',
  'min_id_length',
  'schema',
  'tv',
  'p',
  'ue_px',
  'ue_pr',
  'cx',
  'co',
  'duid',
  'uid',
  'dtm',
  'created_at',
  'em',
  'fbp',
  'fbc',
  'timestamp_micros',
  'consent',
  'context',
  'integrations',
  'id',
  'source',
  'specversion',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
];

const WORDS = [
  'track',
  'identify',
  'group',
  'alias',
  'page',
  'screen',
  '$identify',
  '$create_alias',
  '$merge',
  '$groupidentify',
  '$pageview',
  'ue',
  'se',
  'pv',
  'pp',
  'null',
  '{}',
  '[]',
  '%',
  '=',
  'eyJ',
  '\u0000',
  '\ud800',
  '1e999',
  '2026-01-01T00:00:00.000Z',
  '1767225600000',
  '0198c2a0-1111-7a11-8111-000000000001',
  'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4',
];

const text = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 20 }));
const scalar = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    // Entries, because an object literal would not keep a member with the name __proto__.
    fc.array(fc.tuple(fc.constantFrom(...NAMES), tie('value')), { maxLength: 10 }).map(objectText),
  ),
}));

class Text {
  constructor(readonly json: string) {}
}

function objectText(entries: readonly (readonly [string, unknown])[]): Text {
  return new Text(`{${entries.map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`).join()}}`);
}

function jsonOf(given: unknown): string {
  if (given instanceof Text) return given.json;
  return Array.isArray(given) ? `[${given.map(jsonOf).join()}]` : JSON.stringify(given);
}

const json = value.map(jsonOf);
/** Mostly the forms that are read: an array of objects, and an object around one. */
const body = fc.oneof(
  { weight: 4, arbitrary: json },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('batch', 'events', 'data', 'event'), json)
      .map(([name, each]) => `{"api_key":"k","${name}":${each}}`),
  },
  { weight: 2, arbitrary: json.map((each) => `data=${encodeURIComponent(each)}`) },
  { weight: 1, arbitrary: json.map((each) => `data=${Buffer.from(each).toString('base64')}`) },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: fc.tuple(json, fc.nat(40)).map(([each, end]) => each.slice(0, -end)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('['.repeat(100_000), '{"batch":'.repeat(50_000), '"', 'x'.repeat(100_000)),
  },
);
const headers = fc.dictionary(
  fc.constantFrom(
    'authorization',
    'content-type',
    'content-length',
    'x-write-key',
    'posthog-attempt',
    'webhook-id',
  ),
  fc.oneof(
    text,
    fc.constantFrom('Basic', 'Basic ####', 'Basic a2V5Og==', 'Bearer', 'Bearer key', 'application/json'),
  ),
  { maxKeys: 4, noNullPrototype: true },
);
const query = fc
  .dictionary(
    fc.constantFrom(
      'data',
      'strict',
      'verbose',
      'measurement_id',
      'api_secret',
      '_k',
      '_p',
      '_n',
      '_t',
      '_d',
      'e',
      'p',
      'tv',
    ),
    fc.oneof(text, json),
    { maxKeys: 6, noNullPrototype: true },
  )
  .map((members) => new URLSearchParams(Object.entries(members)));

describe.each(PLATFORMS.map((platform) => ({ name: platform.name, platform })))('$name', ({ platform }) => {
  test('reads any request of a client: it never throws, and each event has an outcome', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS'),
        fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...PATHS) }, { weight: 1, arbitrary: fc.webPath() }),
        query,
        headers,
        body,
        (method, path, asked, sent, content) => {
          const request = { ...aRequest('/'), method, path, query: asked, headers: sent, body: content };
          const reading = platform.read(request);
          if (reading === undefined) return;
          for (const event of reading.events) {
            expect(OUTCOMES).toContain(event.outcome);
            expect(KINDS).toContain(event.kind);
            expect([event.name, typeof event.properties]).toEqual([expect.any(String), 'object']);
            for (const id of [event.id, event.userId, event.anonymousId])
              expect(id === null || typeof id === 'string').toBe(true);
            expect(event.time === null || Number.isFinite(event.time)).toBe(true);
            if (event.outcome !== 'delivered')
              expect([...event.problems, ...reading.problems]).not.toEqual([]);
          }
          expect(reading.answer.status).toBeGreaterThanOrEqual(200);
          for (const kind of ANSWER_KINDS) platform.answer(kind, reading);
          expect(Object.prototype).not.toHaveProperty('polluted');
        },
      ),
      { numRuns: 200 },
    );
  });
});
