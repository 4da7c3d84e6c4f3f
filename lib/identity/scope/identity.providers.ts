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

/** What the module registers for every handler of the application. */
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
    // Nest passes over a factory that gives nothing, so that a plain HTTP application keeps Nest's short way.
    useFactory: (modules: ModulesContainer, host: HttpAdapterHost | undefined) => {
      // Fastify's hooks have mended by then what a guard that comes late cannot.
      const late = host?.httpAdapter?.getType() !== 'fastify' && hasGuardsAhead(modules);
      return late || hasOtherTransports(modules) ? new IdentityInterceptor() : undefined;
    },
  },
];
