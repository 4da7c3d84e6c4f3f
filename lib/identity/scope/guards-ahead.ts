import type { ModulesContainer } from '@nestjs/core';
import { IdentityGuard } from './identity.guard.js';

/**
 * Whether other global guards run before ours, by the order of modules. After an asynchronous guard, Nest continues in the
 * context from before it, and the scope that our guard enters is lost.
 */
export function hasGuardsAhead(modules: ModulesContainer): boolean {
  let others = false;
  for (const { providers } of modules.values()) {
    for (const { subtype, metatype } of providers.values()) {
      if (metatype === IdentityGuard) return others;
      if (subtype === 'guard') others = true;
    }
  }
  return false;
}
