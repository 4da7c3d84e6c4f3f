import type { ExecutionContext } from '@nestjs/common';
import { RequestScope } from '../../lib/identity/scope/request-scope.js';

/** A handler's context of any kind, as Nest makes it. */
export function aContext(type: string, args: unknown[] = [], handler: object = () => {}): ExecutionContext {
  return {
    getType: () => type,
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
    getHandler: () => handler,
    getClass: () => Object,
  } as unknown as ExecutionContext;
}

/** As Express' and Node's are recognised. */
export const aResponse = { setHeader: (): void => {} };

/** A request that has come to its handler. */
export function aScope(request: unknown, context = aContext('http', [request, aResponse])): RequestScope {
  const scope = new RequestScope(request);
  scope.context = context;
  return scope;
}
