import type { Provider } from '@nestjs/common';
import {
  APP_GUARD,
  APP_INTERCEPTOR,
  ApplicationConfig,
  HttpAdapterHost,
  ModulesContainer,
} from '@nestjs/core';
import { openBeforeMessages } from './before-messages.js';
import { hasGuardsAhead } from './guards-ahead.js';
import { IdentityGuard } from './identity.guard.js';
import { IdentityInterceptor } from './identity.interceptor.js';
import { hasOtherTransports } from './other-transports.js';
import { reachGateways } from './reach-gateways.js';

/** The providers that open the scope of every handler of the application. */
export const identityProviders: Provider[] = [
  { provide: APP_GUARD, useClass: IdentityGuard },
  { provide: Symbol('before messages'), inject: [ApplicationConfig], useFactory: openBeforeMessages },
  {
    provide: Symbol('gateways'),
    inject: [ApplicationConfig, ModulesContainer],
    useFactory: reachGateways,
  },
  {
    provide: APP_INTERCEPTOR,
    inject: [ModulesContainer, { token: HttpAdapterHost, optional: true }],
    // Nest ignores a factory that returns undefined, so a plain HTTP application keeps Nest's fast path without interceptors.
    useFactory: (modules: ModulesContainer, host: HttpAdapterHost | undefined) => {
      // On Fastify, the `preHandler` hook has restored the scope before any guard.
      const late = host?.httpAdapter?.getType() !== 'fastify' && hasGuardsAhead(modules);
      return late || hasOtherTransports(modules) ? new IdentityInterceptor() : undefined;
    },
  },
];
