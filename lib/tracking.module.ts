import {
  ConfigurableModuleBuilder,
  Global,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { checkAsyncOptions, withCheckedResult } from './options/async-options.js';
import { TRACKING } from './capture/capture-port.js';
import { TrackingConfigError } from './config/tracking-config.error.js';
import { TrackBinder } from './decorator/tracking-binding.js';
import { type Clock, systemClock, TRACKING_CLOCK } from './host/clock.js';
import { Log } from './host/log.js';
import { identityProviders, mountIdentity } from './identity/scope/identity.providers.js';
import type { TrackingModuleOptions } from './options/module-options.js';
import { type ResolvedOptions, resolveOptions } from './options/resolve-options.js';
import { TrackingLifecycle } from './runtime/tracking.lifecycle.js';
import { TrackingRuntime } from './runtime/tracking.runtime.js';
import { TrackingService } from './tracking.service.js';
import { runtimeMessages } from './runtime/runtime.messages.js';

/** The token of the module's options, as the application gave them. */
export const TRACKING_OPTIONS = Symbol.for('nestjs-tracking.options');
/** The token of the checked options with all defaults. The test kit overrides it. */
export const RESOLVED_OPTIONS = Symbol.for('nestjs-tracking.resolvedOptions');

const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<TrackingModuleOptions>({
    moduleName: 'Tracking',
    optionsInjectionToken: TRACKING_OPTIONS,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createTrackingOptions')
    .build();

function withoutForRoot(): never {
  throw new TrackingConfigError('imports', runtimeMessages.withoutForRoot());
}

/**
 * Records events and delivers them. Import it once, in the root module; it is global.
 *
 * `forRoot(options)` takes {@link TrackingModuleOptions}; `forRootAsync({ imports, inject, useFactory | useClass |
 * useExisting })` takes them from a factory. Invalid options fail at start with a `TrackingConfigError`.
 */
@Global()
@Module({
  providers: [
    // No `useValue`: before Nest 12 a test cannot put a factory in the place of one.
    { provide: TRACKING_CLOCK, useFactory: () => systemClock },
    {
      provide: Log,
      inject: [TRACKING_CLOCK],
      useFactory: (clock: Clock) => new Log(() => clock.monotonic()),
    },
    // forRoot() and forRootAsync() provide the token again, and the later provider counts.
    { provide: TRACKING_OPTIONS, useFactory: withoutForRoot },
    { provide: RESOLVED_OPTIONS, inject: [TRACKING_OPTIONS], useFactory: resolveOptions },
    {
      provide: TrackingRuntime,
      inject: [RESOLVED_OPTIONS, TRACKING_CLOCK, Log],
      useFactory: async (options: ResolvedOptions, clock: Clock, log: Log) => {
        const runtime = new TrackingRuntime(options, clock, log);
        await runtime.prepared();
        return runtime;
      },
    },
    TrackingService,
    { provide: TRACKING, useExisting: TrackingService },
    TrackBinder,
    TrackingLifecycle,
    ...identityProviders,
  ],
  exports: [TrackingService, TRACKING, TRACKING_CLOCK],
})
export class TrackingModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Optional() @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost | undefined,
  ) {
    super();
    const here = [...modules.values()].filter(({ metatype }) => metatype === TrackingModule);
    if (here.length > 1) throw new TrackingConfigError('imports', runtimeMessages.secondModule());
  }

  /** @see {@link TrackingModuleOptions} */
  static override forRoot(options: typeof OPTIONS_TYPE): ReturnType<typeof ConfigurableModuleClass.forRoot> {
    return super.forRoot(options);
  }

  /** @see {@link TrackingModuleOptions} */
  static override forRootAsync(
    options: typeof ASYNC_OPTIONS_TYPE,
  ): ReturnType<typeof ConfigurableModuleClass.forRootAsync> {
    checkAsyncOptions(options);
    const made = super.forRootAsync(options);
    const checked = withCheckedResult(TRACKING_OPTIONS, options.useFactory);
    return { ...made, providers: (made.providers ?? []).map(checked) };
  }

  configure(_consumer: MiddlewareConsumer): void {
    mountIdentity(this.host?.httpAdapter);
  }
}
