import * as jestGlobals from '@jest/globals';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as nestCommon from '@nestjs/common';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import * as tracking from 'nestjs-tracking';
import type { Destination, FreshCredentials, TrackingConfigError } from 'nestjs-tracking';
import * as testKit from 'nestjs-tracking/testing';
import type { ConformanceSetup } from 'nestjs-tracking/testing';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { examplesOf } from './examples.js';
import { runExamples } from './run-examples.js';

const { TrackingModule, TrackingService } = tracking;
const { destinationConformance, overrideTracking, trackingRecorder } = testKit;
const KEY = 'acme-key-0123456789';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly sent: { readonly api_key: string; readonly batch: readonly Record<string, unknown>[] };
}

let acme: Server;
let host: string;
let received: Received[];
/** What Acme answers with. */
let answer: (events: Received['sent']['batch']) => { status: number; body: object };
let app: INestApplicationContext | undefined;

beforeEach(async () => {
  received = [];
  answer = () => ({ status: 200, body: {} });
  acme = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as Received['sent'];
      received.push({ url: request.url!, headers: request.headers, sent });
      const { status, body } = answer(sent.batch);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void acme.listen(0, '127.0.0.1', resolve));
  host = `http://127.0.0.1:${(acme.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  delete process.env['ACME_KEY'];
  delete process.env['ACME_HOST'];
  delete process.env['TRACKING_ENABLED'];
  acme.closeAllConnections();
  await new Promise((resolve) => acme.close(resolve));
});

type Factory = (options: { apiKey: string | undefined; host: string }) => Destination;

const PAGES = ['docs/writing-a-destination.md', 'docs/destination-answers.md'];

/** The pages' own code, as it stands there. */
function page(modules: Record<string, unknown> = {}) {
  return runExamples(
    PAGES.flatMap((name) => examplesOf(name)),
    {
      'nestjs-tracking': tracking,
      'nestjs-tracking/testing': testKit,
      '@nestjs/common': nestCommon,
      '@jest/globals': jestGlobals,
      ...modules,
    },
  );
}

function factory(path: string, name: string): Factory {
  return page()(path)[name] as Factory;
}

/** The destination of the page, with the answers of its second version. */
function withOutcomes(options: Parameters<Factory>[0] = { apiKey: KEY, host }): Destination {
  const made = page()('src/acme-answers.ts')['withOutcomes'] as (acme: Destination) => Destination;
  return made(factory('src/acme-insights.ts', 'acmeInsights')(options));
}

async function start(destination: Destination): Promise<INestApplicationContext> {
  app = await NestFactory.createApplicationContext(TrackingModule.forRoot({ destinations: [destination] }), {
    logger: false,
  });
  return app;
}

/** One call of each kind. */
function callAll(context: INestApplicationContext): void {
  const service = context.get(TrackingService);
  const ada = { userId: 'ada' };
  service.track('Order Completed', { revenue: 5 }, ada);
  service.identify({ plan: 'gold' }, ada);
  service.group('acme-inc', { size: 3 }, ada);
  service.alias('visitor', 'ada');
}

describe('the example of a destination', () => {
  test('delivers an event of each type', async () => {
    const context = await start(factory('src/acme-insights.ts', 'acmeInsights')({ apiKey: KEY, host }));
    callAll(context);
    await context.get(TrackingService).flush();

    // The two that concern the identity of one person are not under way at the same time.
    expect(new Set(received.map(({ url }) => url))).toEqual(new Set(['/batch/']));
    expect(new Set(received.map(({ sent }) => sent.api_key))).toEqual(new Set([KEY]));
    expect(received.flatMap(({ sent }) => sent.batch)).toMatchObject([
      { event: 'Order Completed', distinct_id: 'ada', properties: { revenue: 5 } },
      { event: '$identify', distinct_id: 'ada', properties: { plan: 'gold' } },
      { event: '$groupidentify', distinct_id: 'ada', properties: { $group_key: 'acme-inc', size: 3 } },
      { event: '$create_alias', distinct_id: 'ada', properties: { alias: 'visitor' } },
    ]);
    expect(context.get(TrackingService).stats()).toMatchObject({ lanes: { acme: { delivered: 4 } } });
  });

  test('fails at start without its key, and names the option', async () => {
    const { AppModule } = page()('src/app.module.ts') as { AppModule: Type };
    const error = await NestFactory.createApplicationContext(AppModule, {
      logger: false,
      abortOnError: false,
    }).catch((thrown: unknown) => thrown as TrackingConfigError);
    expect(error).toBeInstanceOf(tracking.TrackingConfigError);
    expect(error).toMatchObject({ option: 'destinations[0].apiKey' });
  });

  test('needs no key where tracking is disabled', async () => {
    process.env['TRACKING_ENABLED'] = 'false';
    const { AppModule } = page()('src/app.module.ts') as { AppModule: Type };
    app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    callAll(app);
    expect(app.get(TrackingService).stats()).toMatchObject({ called: 4, suppressed: { disabled: 4 } });
  });

  test('needs no key in the test kit, and decides there as in production', async () => {
    const { AppModule } = page()('src/app.module.ts') as { AppModule: Type };
    const moduleRef = await overrideTracking(Test.createTestingModule({ imports: [AppModule] })).compile();
    await moduleRef.init();
    app = moduleRef;
    callAll(moduleRef);
    expect(trackingRecorder(moduleRef).events.map(({ type }) => type)).toEqual([
      'track',
      'identify',
      'group',
      'alias',
    ]);
    expect(received).toEqual([]);
  });

  test('takes outcomes per event from an answer, and its explanation of a rejected request', async () => {
    const context = await start(withOutcomes());
    const service = context.get(TrackingService);
    answer = (events) => ({
      status: 200,
      body: {
        rejected: events
          .filter(({ event }) => event === 'Bad')
          .map(({ uuid: id }) => ({ id, code: 'invalid_name', field: 'name' })),
      },
    });
    service.track('Good', {}, { userId: 'ada' });
    service.track('Bad', {}, { userId: 'ada' });
    await service.flush();
    expect(service.stats().lanes['acme']).toMatchObject({ delivered: 1, dead: 1 });

    const destination = withOutcomes();
    const body = JSON.stringify({ code: 'too_old', message: 'Too old', event: 'secret' });
    expect(destination.explain!({ status: 400, headers: {}, body, complete: true })).toEqual({
      code: 'too_old',
      message: 'Too old',
    });
  });

  test('has a test that runs the conformance kit, and passes', async () => {
    const tests: [name: string, run: () => Promise<void>][] = [];
    page({ '@jest/globals': { test: (...each: (typeof tests)[number]) => tests.push(each) } })(
      'src/acme-insights.spec.ts',
    );
    expect(tests.length).toBeGreaterThan(20);
    await passAll(tests.map(([, run]) => run));
  });
});

/** Runs tests of the kit. */
async function passAll(runs: readonly (() => Promise<void>)[]): Promise<void> {
  for (const run of runs) await run();
}

describe('the other destinations of the page pass the conformance kit', () => {
  const check = (setup: ConformanceSetup) => passAll(destinationConformance(setup).map(({ run }) => run));

  test('the one that reads outcomes of single events', async () => {
    await check({
      create: (options, credentials) =>
        withOutcomes({ host, apiKey: credentials ? KEY : undefined, ...options }),
      secrets: [KEY],
      answers: {
        success: { status: 200, body: '{"rejected":[]}' },
        rejected: ({ ids: [id] }) => ({
          status: 200,
          body: JSON.stringify({ rejected: [{ id, code: 'bad' }] }),
        }),
      },
    });
  });

  test('the one whose credentials expire', async () => {
    const { acmeAds } = page()('src/acme-ads.ts') as {
      acmeAds: (request: () => Promise<FreshCredentials>) => Destination;
    };
    const values = { token: 'ads-token-0123456789' };
    await check({
      create: (options) => ({ ...acmeAds(() => Promise.resolve({ values })), ...options }),
    });
  });
});
