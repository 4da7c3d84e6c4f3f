import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Body, Controller, type INestApplication, Post, Req } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request as send } from 'undici';
import {
  type Consent,
  doNotTrack,
  emailAddresses,
  globalPrivacyControl,
  hashId,
  journal,
  paymentCardNumbers,
  Track,
  TrackingModule,
  type TrackingModuleOptions,
  TrackingService,
  webhook,
} from '../../lib/index.js';
import type { EventJson } from '../../lib/event/event-json.js';
import { readCookie } from '../../lib/request/read-cookie.js';
import { expectAccounted } from '../support/accounting.js';
import { MisbehavingServer } from '../support/misbehaving-server.js';
import { RecordedLog } from '../support/recorded-log.js';
import { platforms } from './track-application.js';

const SECRET = 'a secret of at least 32 characters';

@Controller('orders')
class OrdersController {
  constructor(private readonly tracking: TrackingService) {}

  @Post()
  @Track('Order Completed', {
    properties: (order: object) => order,
    user: () => ({ userId: 'raw-ann', anonymousId: 'raw-browser' }),
  })
  create(@Body() order: object, @Req() request: object): object {
    void request;
    this.tracking.track('Order Seen', {}, { userId: 'raw-ann' });
    this.tracking.identify({ plan: 'pro', phone: 'raw-phone' }, { userId: 'raw-ann' });
    this.tracking.group('raw-acme', {}, { userId: 'raw-ann' });
    this.tracking.alias('raw-browser', 'raw-ann');
    return order;
  }
}

const ORDER = {
  total: 42,
  customer: { email: 'raw-mail@example.com', name: 'raw-name' },
  items: [{ sku: 7, note: 'raw-note' }],
  password: 'raw-password',
  remark: 'call raw-other@example.com or 4111 1111 1111 1111',
};

describe.each(platforms)('privacy of a real application on %s', (platform) => {
  let directory: string;
  let server: MisbehavingServer;
  let log: RecordedLog;
  let app: INestApplication | undefined;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-privacy-'));
    server = await MisbehavingServer.start();
    log = new RecordedLog();
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(options: Partial<TrackingModuleOptions>): Promise<TrackingService> {
    const module = await Test.createTestingModule({
      imports: [
        TrackingModule.forRoot({
          destinations: [webhook({ url: server.url })],
          buffer: journal({ directory, fsync: 'off' }),
          ...options,
        }),
      ],
      controllers: [OrdersController],
    })
      .setLogger(log)
      .compile();
    app =
      platform === 'Fastify'
        ? module.createNestApplication(new FastifyAdapter())
        : module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    return app.get(TrackingService);
  }

  async function order(headers: Record<string, string> = {}): Promise<void> {
    const answer = await send(`${await app!.getUrl()}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(ORDER),
    });
    expect([answer.statusCode, await answer.body.json()]).toEqual([201, ORDER]);
  }

  /** The sent events, in the order of names. */
  async function sent(tracking: TrackingService): Promise<EventJson[]> {
    await tracking.flush();
    const events = server.requests.flatMap(({ body }) => JSON.parse(body) as EventJson[]);
    return events.toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** All bytes that were ever written to the journal's directory. */
  function written(): string {
    const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) =>
      join(directory, path),
    );
    return paths
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'latin1'))
      .join('\n');
  }

  test('data that rules and hashing remove is in no request, file or log', async () => {
    const told: unknown[] = [];
    const tracking = await start({
      hashIds: { secret: SECRET },
      redact: {
        paths: ['properties.customer.name', 'properties.items.*.note', 'properties.phone'],
        keys: [/password/i],
        values: [emailAddresses, paymentCardNumbers],
      },
    });
    tracking.lifecycle$.subscribe((event) => told.push(event));
    await order();
    const events = await sent(tracking);
    expect(events).toMatchObject([
      { type: 'alias', userId: hashId(SECRET, 'raw-ann'), previousId: hashId(SECRET, 'raw-browser') },
      { type: 'group', userId: hashId(SECRET, 'raw-ann'), groupId: hashId(SECRET, 'raw-acme') },
      { type: 'identify', properties: { plan: 'pro', phone: '[redacted]' } },
      {
        name: 'Order Completed',
        userId: hashId(SECRET, 'raw-ann'),
        anonymousId: hashId(SECRET, 'raw-browser'),
        properties: {
          total: 42,
          customer: { email: '[redacted]', name: '[redacted]' },
          items: [{ sku: 7, note: '[redacted]' }],
          password: '[redacted]',
          remark: 'call [redacted] or [redacted]',
        },
      },
      { name: 'Order Seen' },
    ]);
    expectAccounted(tracking.stats());
    await app!.close();
    app = undefined;
    const disk = written();
    expect(disk).toContain(hashId(SECRET, 'raw-ann'));
    expect(told.length).toBeGreaterThan(0);
    for (const place of [disk, JSON.stringify(events), log.text, JSON.stringify(told)]) {
      expect(place).not.toMatch(/raw-|4111 1111|a secret of/);
    }
  });

  test('a browser’s privacy signal counts for its own requests only', async () => {
    const tracking = await start({ consent: [globalPrivacyControl(), doNotTrack('strip')] });
    await order({ 'sec-gpc': '1' });
    await order({ 'sec-gpc': '1', dnt: '1' });
    expect(tracking.stats()).toMatchObject({ accepted: 0, suppressed: { consent: 10 } });
    await order({ dnt: '1', 'x-forwarded-for': '203.0.113.7' });
    await order({ dnt: '0', 'sec-gpc': '0' });
    const events = await sent(tracking);
    const completed = events.filter(({ name }) => name === 'Order Completed');
    expect(new Set(completed.map(({ userId }) => userId))).toEqual(new Set(['raw-ann', undefined]));
    const stripped = events.filter(({ userId }) => userId === undefined);
    expect(stripped.map(({ name }) => name)).toEqual(['Order Completed', 'Order Seen']);
    expect(new Set(stripped.map(({ anonymousId }) => anonymousId)).size).toBe(2);
    expect(stripped.map(({ anonymousId }) => anonymousId)).not.toContain('raw-browser');
    expect(tracking.stats()).toMatchObject({ called: 20, accepted: 7, suppressed: { consent: 13 } });
    expectAccounted(tracking.stats());
  });

  test("the cookie of a consent tool decides, on the handler's own request", async () => {
    const fromCookie: Consent = (_event, request) =>
      readCookie(request, 'consent')?.includes('statistics') === true ? 'allow' : 'drop';
    const tracking = await start({ consent: fromCookie });
    await order();
    await order({ cookie: 'consent=necessary' });
    await order({ cookie: 'consent=necessary%2Cstatistics' });
    expect(tracking.stats()).toMatchObject({ accepted: 5, suppressed: { consent: 10 } });
    // Outside of requests there is no cookie, so no consent.
    tracking.track('Renewed', {}, { userId: 'raw-ann' });
    expect(tracking.stats()).toMatchObject({ accepted: 5, suppressed: { consent: 11 } });
  });

  test('a hook that throws prevents events from being recorded, and does not affect the request', async () => {
    const tracking = await start({
      consent: (_event, request: { headers: Record<string, string> }) => {
        if (request.headers['x-broken'] !== undefined) throw new Error('raw-thrown');
        return 'allow';
      },
    });
    await order({ 'x-broken': '1' });
    await order();
    expect(tracking.stats()).toMatchObject({ accepted: 5, rejected: { consent_error: 5 } });
    expectAccounted(tracking.stats());
    expect(log.text).not.toContain('raw-');
    expect(log.of('warn').filter((line) => line.includes('consent_error'))).toHaveLength(5); // one for each event
  });

  test('one destination gets less data than another, and the disk has all of it', async () => {
    const other = await MisbehavingServer.start();
    const tracking = await start({
      destinations: [
        webhook({ name: 'all', url: server.url }),
        webhook({
          name: 'little',
          url: other.url,
          allowProperties: { 'Order Completed': ['total'], identify: ['plan'] },
        }),
      ],
    });
    await order();
    const events = await sent(tracking);
    const little = other.requests.flatMap(({ body }) => JSON.parse(body) as EventJson[]);
    await other.close();
    expect(events.find(({ name }) => name === 'Order Completed')!.properties).toEqual(ORDER);
    expect(new Map(little.map(({ name, properties }) => [name, properties]))).toEqual(
      new Map<string, object>([
        ['Order Completed', { total: 42 }],
        ['Order Seen', {}],
        ['identify', { plan: 'pro' }],
        ['group', {}],
        ['alias', {}],
      ]),
    );
    expect(little.map(({ id }) => id).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
    expect(written()).toContain('raw-mail@example.com');
  });
});
