import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import type { MiddlewareConsumer, NestModule } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { context, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { openTelemetry } from 'nestjs-tracking/opentelemetry';
import { request } from 'undici';
import { webhook } from '../../lib/destinations/webhook/webhook.js';
import { Track } from '../../lib/decorator/track.decorator.js';
import type { TrackingEvent } from '../../lib/event/tracking-event.js';
import { customDestination } from '../support/custom-destination.js';
import type { MisbehavingServer } from '../support/misbehaving-server.js';
import { ATTEMPT_MS, KISSMETRICS } from '../support/platforms.js';
import { Scene } from '../support/tracked-application.js';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])$/;

let exporter: InMemorySpanExporter;
let scene: Scene;
let server: MisbehavingServer;
let events: TrackingEvent[];

function register(provider: BasicTracerProvider): void {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

beforeEach(async () => {
  exporter = new InMemorySpanExporter();
  register(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  scene = new Scene();
  server = await scene.server();
  events = [];
});

afterEach(() => {
  trace.disable();
  context.disable();
});

const listening = () =>
  customDestination(server, { accept: (event: TrackingEvent) => void events.push(event) });
const inSpan = <T>(fn: (span: Span) => T): T =>
  trace.getTracer('test').startActiveSpan('work', (span) => {
    try {
      return fn(span);
    } finally {
      span.end();
    }
  });

describe('an event that is made in a span', () => {
  test('carries its trace id and traceparent', async () => {
    const { tracking } = await scene.application({
      destinations: [listening()],
      options: { telemetry: openTelemetry() },
    });
    const { traceId, spanId } = inSpan((span) => {
      tracking.track('Paid', {}, { userId: 'ann', context: { page: '/cart' } });
      return span.spanContext();
    });
    tracking.track('Paid', {}, { userId: 'ann' });
    expect(events.map(({ context: carried }) => carried)).toEqual([
      { page: '/cart', traceparent: `00-${traceId}-${spanId}-01`, traceId },
      undefined,
    ]);
  });

  test('carries it also if the span is not sampled, and marks it so', async () => {
    trace.disable();
    context.disable();
    register(new BasicTracerProvider({ sampler: new AlwaysOffSampler() }));
    const { tracking } = await scene.application({
      destinations: [listening()],
      options: { telemetry: openTelemetry() },
    });
    const { traceId, spanId } = inSpan((span) => {
      tracking.track('Paid', {}, { userId: 'ann' });
      return span.spanContext();
    });
    expect(events[0]!.context).toEqual({ traceparent: `00-${traceId}-${spanId}-00`, traceId });
  });

  test('does not with `traceContext: false`', async () => {
    const { tracking } = await scene.application({
      destinations: [listening()],
      options: { telemetry: openTelemetry({ traceContext: false }) },
    });
    inSpan(() => tracking.track('Paid', {}, { userId: 'ann' }));
    expect(events[0]!.context).toBeUndefined();
  });

  test('is like any other if no SDK is registered', async () => {
    trace.disable();
    context.disable();
    const app = await scene.application({
      destinations: [listening()],
      options: { telemetry: openTelemetry() },
    });
    inSpan(() => app.tracking.track('Paid', {}, { userId: 'ann' }));
    expect(events[0]!.context).toBeUndefined();
    expect(app.stats().notices).toEqual({});
  });
});

@Controller('orders')
class OrdersController {
  @Post(':id')
  @Track('Order Completed', {
    user: (_order: unknown, { request: asked }) => ({
      userId: (asked as { params: { id: string } }).params.id,
    }),
  })
  async create(@Param('id') id: string) {
    await new Promise((resolve) => setImmediate(resolve));
    return { id };
  }

  @Get('stats')
  stats(): string {
    return 'ok';
  }
}

/** Like an instrumentation of HTTP servers: a span around all work of a request. */
@Module({ controllers: [OrdersController] })
class TracedModule implements NestModule {
  static readonly spans = new Map<string, string>();

  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(
        (
          asked: { originalUrl: string },
          response: { on(on: string, fn: () => void): void },
          next: () => void,
        ) => {
          const span = trace.getTracer('http').startSpan(asked.originalUrl);
          TracedModule.spans.set(asked.originalUrl, span.spanContext().traceId);
          response.on('finish', () => span.end());
          context.with(trace.setSpan(context.active(), span), next);
        },
      )
      .forRoutes('*path');
  }
}

test('events of a thousand interleaved requests each carry the trace of their own', async () => {
  const application = await scene.application({
    destinations: [listening()],
    options: { telemetry: openTelemetry() },
    imports: [TracedModule],
    controllers: [],
  });
  const url = await application.url;
  const ids = Array.from({ length: 1_000 }, (_, n) => `person-${n}`);
  for (let at = 0; at < ids.length; at += 100) {
    await Promise.all(
      ids.slice(at, at + 100).map(async (id) => {
        const { body } = await request(`${url}/orders/${id}`, { method: 'POST' });
        await body.dump();
      }),
    );
  }
  await scene.until(() => events.length === ids.length);
  for (const { userId, context: carried } of events) {
    const { traceId, traceparent } = carried as { traceId: string; traceparent: string };
    expect(traceId).toBe(TracedModule.spans.get(`/orders/${userId}`));
    expect(TRACEPARENT.exec(traceparent)?.[1]).toBe(traceId);
  }
  expect(new Set(events.map(({ context: carried }) => (carried as { traceId: string }).traceId)).size).toBe(
    1_000,
  );
});

describe('our own requests', () => {
  /** Like the instrumentation of undici: a span for each request, with its URL. */
  const onRequest = (message: unknown): void => {
    const { origin, path } = (message as { request: { origin: string; path: string } }).request;
    asked.push(`${origin}${path}`);
    trace
      .getTracer('undici')
      .startSpan('GET', { attributes: { 'url.full': `${origin}${path}` } })
      .end();
  };
  let asked: string[];

  beforeEach(() => {
    asked = [];
    subscribe('undici:request:create', onRequest);
  });
  afterEach(() => void unsubscribe('undici:request:create', onRequest));

  test('make no spans, so that no key and no person gets into a trace; those of the application do', async () => {
    const application = await scene.application({
      destinations: [webhook({ url: `${server.url}/events?key=s3cret`, timeoutMs: ATTEMPT_MS })],
      options: { telemetry: openTelemetry() },
    });
    inSpan(() => application.track(3));
    await scene.until(application.idle);
    expect(asked).toEqual([`${server.url}/events?key=s3cret`]);
    await inSpan(async () => (await request(`${server.url}/own`)).body.dump());
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name, attributes }) => [name, attributes['url.full']])).toEqual([
      ['work', undefined],
      ['GET', `${server.url}/own`],
      ['work', undefined],
    ]);
  });

  test('carry no trace of the application to a platform', async () => {
    const application = await scene.application({
      destinations: [KISSMETRICS.destination(server)],
      options: { telemetry: openTelemetry() },
    });
    inSpan(() => application.track(1));
    await scene.until(application.idle);
    expect(Object.keys(server.requests[0]!.headers)).not.toContain('traceparent');
  });
});
