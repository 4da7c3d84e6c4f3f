import type { Provider } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, ModulesContainer } from '@nestjs/core';
import { IdentityGuard } from './identity.guard.js';
import { IdentityInterceptor } from './identity.interceptor.js';
import { hasOtherTransports } from './other-transports.js';

/** What the module registers for every handler of the application. */
export const identityProviders: Provider[] = [
  { provide: APP_GUARD, useClass: IdentityGuard },
  {
    provide: APP_INTERCEPTOR,
    inject: [ModulesContainer],
    // Nest passes over a factory that gives nothing, so that a plain HTTP application keeps Nest's short way.
    useFactory: (modules: ModulesContainer) =>
      hasOtherTransports(modules) ? new IdentityInterceptor() : undefined,
  },
];
