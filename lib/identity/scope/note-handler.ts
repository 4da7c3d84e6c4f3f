import type { ExecutionContext } from '@nestjs/common';
import { surroundings } from './request-scope.js';

/**
 * Sets the handler of the running scope. False if that scope is not the handler's own: there is no scope, it belongs to another
 * request, or several handlers share it.
 */
export function noteHandler(context: ExecutionContext): boolean {
  const scope = surroundings()?.scope;
  if (scope === undefined) return false;
  const { context: noted } = scope;
  // Guards and interceptors get different contexts with the same arguments.
  if (noted !== undefined && noted.getArgs() === context.getArgs()) return true;
  if (context.getType() !== 'http' || scope.request !== context.getArgByIndex(0)) return false;
  scope.context = context;
  return true;
}
