import type { ExecutionContext } from '@nestjs/common';
import { surroundings } from './request-scope.js';

/**
 * Tells the running scope which handler it has come to. False where that scope is not the handler's own: there is none, or
 * it belongs to another request, or several handlers share it.
 */
export function noteHandler(context: ExecutionContext): boolean {
  const scope = surroundings()?.scope;
  if (scope === undefined) return false;
  const { context: noted } = scope;
  // Guards and interceptors get contexts of their own, over the same arguments.
  if (noted !== undefined && noted.getArgs() === context.getArgs()) return true;
  if (context.getType() !== 'http' || scope.request !== context.getArgByIndex(0)) return false;
  scope.context = context;
  return true;
}
