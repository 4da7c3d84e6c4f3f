import * as jestGlobals from '@jest/globals';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as nestCommon from '@nestjs/common';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import * as tracking from 'nestjs-tracking';
import type { Destination, TrackingConfigError } from 'nestjs-tracking';
import { overrideTracking, trackingRecorder } from 'nestjs-tracking/testing';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { examplesOf } from './examples.js';
import { runExamples } from './run-examples.js';

const { TrackingModule, TrackingService } = tracking;
const TOKEN = 'acme-token-0123456789';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly events: readonly Record<string, unknown>[];
}

let acme: Server;
let endpoint: string;
let received: Received[];
/** What Acme answers with. */
let answer: (events: Received['events']) => { status: number; body: object };
let app: INestApplicationContext | undefined;

beforeEach(async () => {
  received = [];
  answer = () => ({ status: 200, body: {} });
  acme = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { events } = JSON.parse(Buffer.concat(chunks).toString()) as Received;
      received.push({ url: request.url!, headers: request.headers, events });
      const { status, body } = answer(events);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void acme.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(acme.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  delete process.env['ACME_TOKEN'];
  delete process.env['TRACKING_ENABLED'];
  acme.closeAllConnections();
  await new Promise((resolve) => acme.close(resolve));
});

type Factory = (options: { workspace: string; token: string | undefined; endpoint: string }) => Destination;

/** The page's own code, as it stands there. */
function page(modules: Record<string, unknown> = {}) {
  return runExamples(examplesOf('docs/writing-a-destination.md'), {
    'nestjs-tracking': tracking,
    '@nestjs/common': nestCommon,
    '@jest/globals': jestGlobals,
    ...modules,
  });
}

function factory(path: string, name: string): Factory {
  return page()(path)[name] as Factory;
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
  test('delivers an event of each type that the platform has, and declines the other', async () => {
    const context = await start(
      factory('src/acme-insights.ts', 'acmeInsights')({ workspace: 'my shop', token: TOKEN, endpoint }),
    );
    callAll(context);
    await context.get(TrackingService).flush();

    expect(received.map(({ url }) => url)).toEqual(['/v1/events?workspace=my%20shop']);
    expect(received[0]!.headers['authorization']).toBe(`Bearer ${TOKEN}`);
    expect(received[0]!.events).toMatchObject([
      { type: 'track', name: 'Order Completed', person: 'ada', properties: { revenue: 5 } },
      { type: 'identify', person: 'ada', properties: { plan: 'gold' } },
      { type: 'group', group: 'acme-inc', properties: { size: 3 } },
    ]);
    expect(context.get(TrackingService).stats()).toMatchObject({
      rejected: { unsupported: 1 },
      lanes: { acme: { delivered: 3 } },
    });
  });

  test('fails at start without its token, and names the option', async () => {
    const { AppModule } = page()('src/app.module.ts') as { AppModule: Type };
    const error = await NestFactory.createApplicationContext(AppModule, {
      logger: false,
      abortOnError: false,
    }).catch((thrown: unknown) => thrown as TrackingConfigError);
    expect(error).toBeInstanceOf(tracking.TrackingConfigError);
    expect(error).toMatchObject({ option: 'destinations[0].token' });
  });

  test('needs no token where tracking is disabled', async () => {
    process.env['TRACKING_ENABLED'] = 'false';
    const { AppModule } = page()('src/app.module.ts') as { AppModule: Type };
    app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    callAll(app);
    expect(app.get(TrackingService).stats()).toMatchObject({ called: 4, suppressed: { disabled: 4 } });
  });

  test('needs no token in the test kit, and decides there as in production', async () => {
    const { AppModule } = page()('src/app.module.ts') as { AppModule: Type };
    const moduleRef = await overrideTracking(Test.createTestingModule({ imports: [AppModule] })).compile();
    await moduleRef.init();
    app = moduleRef;
    callAll(moduleRef);
    expect(trackingRecorder(moduleRef).events.map(({ type }) => type)).toEqual([
      'track',
      'identify',
      'group',
    ]);
    expect(trackingRecorder(moduleRef).refused).toMatchObject([{ state: 'rejected', reason: 'unsupported' }]);
    expect(received).toEqual([]);
  });

  test('takes outcomes per event from an answer, and its explanation of a rejected request', async () => {
    const context = await start(
      factory('src/acme-answers.ts', 'acmeInsightsV2')({ workspace: 'shop', token: TOKEN, endpoint }),
    );
    const service = context.get(TrackingService);
    answer = (events) => ({
      status: 200,
      body: {
        rejected: events
          .filter(({ name }) => name === 'Bad')
          .map(({ id }) => ({ id, code: 'invalid_name', field: 'name' })),
      },
    });
    service.track('Good', {}, { userId: 'ada' });
    service.track('Bad', {}, { userId: 'ada' });
    await service.flush();
    expect(service.stats().lanes['acme']).toMatchObject({ delivered: 1, dead: 1 });

    const destination = factory(
      'src/acme-answers.ts',
      'acmeInsightsV2',
    )({
      workspace: 'shop',
      token: TOKEN,
      endpoint,
    });
    const body = JSON.stringify({ code: 'too_old', message: 'Too old', event: 'secret' });
    expect(destination.explain!({ status: 400, headers: {}, body, complete: true })).toEqual({
      code: 'too_old',
      message: 'Too old',
    });
  });

  test('has a test that passes', () => {
    const tests: (() => void)[] = [];
    page({ '@jest/globals': { expect, test: (_name: string, run: () => void) => tests.push(run) } })(
      'src/acme-insights.spec.ts',
    );
    expect(tests).toHaveLength(1);
    for (const run of tests) run();
  });
});
