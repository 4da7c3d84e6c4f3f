import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import * as routerExecution from '@nestjs/core/router/router-execution-context.js';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Orders, RECORDED, Stock, UNRECORDED, user } from '../entry-points/traced-orders.js';
import { platforms, TrackedApplication } from './track-application.js';

/*
 * The instrumentations find their modules with hooks on `require`, and stop at Nest 11, where the matrix runs them. What they do
 * to Nest's modules is the same: so their own patches are put on the modules that are here.
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

    test.each(RECORDED)('$method $path is recorded once, about its person', async (traced) => {
      const { method, path, events, userId = 'ada' } = traced;
      await application.request(path, { method });
      expect(application.events.map(({ name, source }) => [name, source])).toEqual(events);
      expect(application.events.map((event) => event.userId)).toEqual(events.map(() => userId));
    });

    test.each(Object.entries(UNRECORDED))('%s is not recorded', async (_what, path) => {
      const answer = await application.request(path).catch(() => undefined);
      await application.answered();
      if (answer !== undefined) expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(application.names).toEqual([]);
    });
  });
});
