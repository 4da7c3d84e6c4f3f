import type { ExecutionContext } from '@nestjs/common';
import { errorKind } from '../../host/error-trace.js';
import type { TellNotice } from '../../observe/notices.js';
import { resolverFailed, resolverIsAsync } from '../identity.messages.js';
import type { RequestScope } from '../scope/request-scope.js';

/** A resolver of an identity or of browser ids. Its result is the application's, and is not checked yet. */
type Resolver = (request: unknown, context?: ExecutionContext) => unknown;

/**
 * Calls a resolver and contains all its errors. The result is read here because reading it may throw, too.
 *
 * @param place how warnings name it
 */
export function askResolver<T>(
  resolver: Resolver,
  place: string,
  { request, context }: RequestScope,
  notice: TellNotice,
  read: (claims: Readonly<Record<string, unknown>>) => T,
): T | undefined {
  try {
    const claims = resolver(request, context);
    if (typeof claims !== 'object' || claims === null) return undefined;
    const { then } = claims as Readonly<Record<string, unknown>>;
    if (typeof then !== 'function') return read(claims as Readonly<Record<string, unknown>>);
    // An unhandled rejection of the promise would end the process.
    then.call(claims, ignore, ignore);
    notice('resolver_error', place, () => resolverIsAsync(place));
  } catch (error) {
    notice('resolver_error', place, () => resolverFailed(place, errorKind(error)));
  }
  return undefined;
}

/** How warnings name the resolver at this place of a list. */
export function placeOf({ name }: { readonly name: string }, index: number): string {
  return `#${index + 1}${name === '' ? '' : ` (${name})`}`;
}

function ignore(): void {}
