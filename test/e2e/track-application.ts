import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { once } from 'node:events';
import { Agent, request as send, type Dispatcher } from 'undici';
import {
  TrackingModule,
  TrackingService,
  type IdentityOptions,
  type RequestContextOptions,
  type TrackingEvent,
  type TrackingModuleOptions,
  type TrackingStats,
} from '../../lib/index.js';
import { TrackingRecorder, TrackingTestingModule } from '../../lib/testing/index.js';
import { OpenResponses } from '../../lib/testing/open-responses.js';

/** Every promise about HTTP holds on both. */
export const platforms = ['Express', 'Fastify'] as const;
export type Platform = (typeof platforms)[number];

interface Setup extends ModuleMetadata {
  readonly identity?: IdentityOptions;
  /** Replaces the buffer and destinations below. */
  readonly options?: Partial<TrackingModuleOptions>;
  readonly context?: RequestContextOptions;
  /** Whether the platform trusts proxies about the client's address. */
  readonly trustProxy?: boolean;
  /** Called before the application starts. */
  readonly configure?: (app: INestApplication) => void;
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

export interface Answered {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

/** An application under test. Its events go to a recorder, unless its options name destinations. */
export class TrackedApplication {
  readonly #agent = new Agent({ connections: 64, pipelining: 1 });
  readonly #responses = new OpenResponses();
  #url = '';

  private constructor(
    readonly app: INestApplication,
    private readonly recorder: TrackingRecorder | undefined,
  ) {}

  static async start(
    platform: Platform,
    { identity, options, context, trustProxy = false, configure, override, ...metadata }: Setup,
  ): Promise<TrackedApplication> {
    const recorded = options?.destinations === undefined;
    const given = { ...(identity && { identity }), ...(context && { context }), ...options };
    const tracking = recorded
      ? TrackingTestingModule.forRoot({ identity: null, destinations: ['nowhere'], options: given })
      : TrackingModule.forRoot({ ...given, destinations: options.destinations });
    const builder = Test.createTestingModule({
      ...metadata,
      imports: [...(metadata.imports ?? []), tracking],
    });
    const testing = await (override?.(builder) ?? builder).compile();
    const app =
      platform === 'Fastify'
        ? testing.createNestApplication(new FastifyAdapter({ trustProxy }), { logger: false })
        : testing.createNestApplication({ logger: false });
    if (platform === 'Express') (app as NestExpressApplication).set('trust proxy', trustProxy);
    configure?.(app);
    const started = new TrackedApplication(app, recorded ? app.get(TrackingRecorder) : undefined);
    await app.listen(0, '127.0.0.1');
    started.#watch();
    return started;
  }

  get tracking(): TrackingService {
    return this.app.get(TrackingService);
  }

  /** The events accepted so far. */
  get events(): readonly TrackingEvent[] {
    return this.recorder?.events ?? [];
  }

  /** Forgets them. */
  clear(): void {
    this.recorder?.clear();
  }

  get names(): string[] {
    return this.events.map(({ name }) => name);
  }

  get stats(): TrackingStats {
    return this.tracking.stats();
  }

  /** Sends a request and waits until the server has closed every answer: only then are its events decided. */
  async request(path: string, options: Partial<Dispatcher.RequestOptions> = {}): Promise<Answered> {
    const answer = await this.send(path, options);
    const text = await answer.body.text();
    await this.answered();
    return { status: answer.statusCode, headers: answer.headers, text };
  }

  /** Sends a request, and leaves the body to the caller. */
  send(path: string, options: Partial<Dispatcher.RequestOptions> = {}): ReturnType<typeof send> {
    const given = { method: 'GET', dispatcher: this.#agent, ...options } as Parameters<typeof send>[1];
    return send(this.#url + path, given);
  }

  /** Resolves when the head of the next request has arrived. */
  async arrival(): Promise<void> {
    await once(this.app.getHttpServer() as NodeJS.EventEmitter, 'request');
  }

  /** Resolves when no response of the server is open. */
  async answered(): Promise<void> {
    while (this.#responses.count > 0) await this.#responses.allClosed();
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
    await this.app.close();
  }

  #watch(): void {
    const server = this.app.getHttpServer() as { address(): { port: number } };
    this.#url = `http://127.0.0.1:${server.address().port}`;
    this.#responses.watch(server);
  }
}

/** A promise that the test settles. */
export class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}
