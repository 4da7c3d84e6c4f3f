import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  InternalServerErrorException,
  type NestInterceptor,
  Post,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import * as routerExecution from '@nestjs/core/router/router-execution-context.js';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { from, mergeMap, type Observable, of, throwError } from 'rxjs';
import { RunAs, Track, TrackingService } from '../../lib/index.js';
import { platforms, TrackedApplication } from './track-application.js';

/*
 * The instrumentations find their modules with hooks on `require`, and stop at Nest 11, which the matrix has. What they do to
 * Nest's modules is the same: so their own patches are put on the modules that are here.
 */
interface Instrumentation {
  getModuleDefinitions(): readonly { readonly files: readonly ModuleFile[] }[];
}
interface ModuleFile {
  readonly name: string;
  patch(moduleExports: unknown, version: string): unknown;
  unpatch(moduleExports: unknown): void;
}

const require = createRequire(import.meta.url);
const sentry = join(require.resolve('@sentry/nestjs/package.json'), '../build/cjs/integrations');
const { NestInstrumentation: SentryInstrumentation } = require(`${sentry}/vendored/instrumentation.js`) as {
  NestInstrumentation: new (options: object) => Instrumentation;
};

const tracers: [string, () => Instrumentation][] = [
  ['OpenTelemetry', () => new NestInstrumentation({ enabled: false }) as unknown as Instrumentation],
  ['Sentry', () => new SentryInstrumentation({ enabled: false })],
];

/** As packages do that wrap a method, and carry nothing over: name, length and metadata are lost. */
const Wrapped: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
  const original = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
    return original.apply(this, args);
  };
};

/** Gives another result, after the method has succeeded. */
const failing: NestInterceptor = {
  intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> =>
    next
      .handle()
      .pipe(mergeMap(() => throwError(() => new InternalServerErrorException('serialiser is broken')))),
};

interface Reply {
  status(code: number): Reply;
  send(body?: unknown): Reply;
}

const user: CanActivate = {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<{ user?: object }>().user = { id: 'ada' };
    return true;
  },
};

@Injectable()
class Stock {
  @Track('Stock Changed')
  change(): number {
    return 1;
  }
}

@Controller()
class Orders {
  constructor(
    @Inject(TrackingService) private readonly tracking: TrackingService,
    @Inject(Stock) private readonly stock: Stock,
  ) {}

  @Post('fine')
  @Track('Fine')
  fine(): object {
    this.tracking.track('Within');
    this.stock.change();
    return {};
  }

  @Get('observed')
  @Track('Observed')
  observed(): Observable<string> {
    return from(['ok']);
  }

  @Get('wrapped')
  @Wrapped
  @Track('Wrapped')
  wrapped(): string {
    this.tracking.track('Within');
    return 'ok';
  }

  @Get('broken-late')
  @UseInterceptors(failing)
  @Track('Broken Late')
  async brokenLate(): Promise<object> {
    return {};
  }

  @Get('wrapped-broken-late')
  @UseInterceptors(failing)
  @Wrapped
  @Track('Broken Late')
  wrappedBrokenLate(): object {
    return {};
  }

  @Get('tracked-above')
  @UseInterceptors(failing)
  trackedBelow(): object {
    return this.helper();
  }

  @Track('Helped')
  helper(): object {
    return {};
  }

  @Track('Above')
  @Get('above')
  @UseInterceptors(failing)
  above(): object {
    return {};
  }

  @Get('unpaid')
  @Track('Unpaid')
  unpaid(@Res() reply: Reply): void {
    reply.status(402).send('pay first');
  }

  @Get('paid')
  @Track('Paid')
  paid(@Res() reply: Reply): void {
    reply.status(200).send('thanks');
  }

  @Get('stream')
  @Track('Streamed')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(['a', 'b']));
  }

  @Get('stream-broken')
  @Track('Streamed')
  streamBroken(): StreamableFile {
    const broken = new Readable({
      read() {
        this.destroy(new Error('disk'));
      },
    });
    return new StreamableFile(broken);
  }

  @Get('acted')
  @RunAs(() => ({ userId: 'bob' }))
  @Track('Acted')
  acted(): Observable<object> {
    return of({});
  }
}

describe.each(tracers)('with the instrumentation of %s', (_tracer, make) => {
  let file: ModuleFile;
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const files = make()
      .getModuleDefinitions()
      .flatMap((definition) => definition.files);
    file = files.find(({ name }) => name.endsWith('router-execution-context.js'))!;
    file.patch(routerExecution, '11.1.0');
  });
  afterAll(() => {
    file.unpatch(routerExecution);
    context.disable();
  });

  describe.each(platforms)('on %s', (platform) => {
    let application: TrackedApplication;
    let handlers: Function[];
    beforeEach(async () => {
      handlers = [];
      application = await TrackedApplication.start(platform, {
        controllers: [Orders],
        providers: [Stock],
        configure: (app) => {
          app.useGlobalGuards(user, {
            canActivate: (each: ExecutionContext) => handlers.push(each.getHandler()) > 0,
          });
        },
      });
    });
    afterEach(() => application.close());

    test('handlers are wrappers, without which this proves nothing', async () => {
      await application.request('/fine', { method: 'POST' });
      // eslint-disable-next-line typescript/unbound-method -- only compared
      expect(handlers[0]).not.toBe(Orders.prototype.fine);
    });

    test.each([
      ['POST', '/fine', ['Within', 'Stock Changed', 'Fine']],
      ['GET', '/observed', ['Observed']],
      ['GET', '/wrapped', ['Within', 'Wrapped']],
      ['GET', '/paid', ['Paid']],
      ['GET', '/stream', ['Streamed']],
      ['GET', '/tracked-above', ['Helped']],
    ])('%s %s is recorded once, about the user', async (method, path, names) => {
      await application.request(path, { method: method as 'GET' });
      expect(application.names).toEqual(names);
      expect(application.events.map(({ userId }) => userId)).toEqual(names.map(() => 'ada'));
    });

    test.each([
      ['an interceptor that answers 500', '/broken-late'],
      ['one around a method that another decorator has wrapped', '/wrapped-broken-late'],
      ['one below the decorator', '/above'],
      ['a handler that answers 402 by @Res()', '/unpaid'],
    ])('%s is not recorded', async (_what, path) => {
      expect((await application.request(path)).status).toBeGreaterThanOrEqual(400);
      expect(application.names).toEqual([]);
    });

    test('a stream that breaks is not recorded', async () => {
      await application.request('/stream-broken').catch(() => undefined);
      await application.answered();
      expect(application.names).toEqual([]);
    });

    test('@RunAs() names the person', async () => {
      await application.request('/acted');
      expect(application.events.map(({ name, userId }) => [name, userId])).toEqual([['Acted', 'bob']]);
    });

    test('events know the handler by its name, whoever has wrapped it', async () => {
      await application.request('/wrapped');
      expect(application.events.map(({ source }) => source)).toEqual(['Orders.wrapped', 'Orders.wrapped']);
    });
  });
});
