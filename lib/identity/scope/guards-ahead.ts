import type { ModulesContainer } from '@nestjs/core';
import { IdentityGuard } from './identity.guard.js';

/**
 * Whether other global guards run before ours: by the order of modules, as Nest applies them. What waits for such a guard
 * keeps the async context that it had before, whatever ours does to its own.
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
