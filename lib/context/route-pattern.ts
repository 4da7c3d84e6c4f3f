import type { ExecutionContext } from '@nestjs/common';
import { isMessage } from '../request/handler-request.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import { routeOf } from '../request/route-of.js';

const MAX_LENGTH = 300;

/** The metadata keys with which Nest's optional packages keep a handler's pattern. */
const WS_EVENT = 'message';
const RPC_PATTERNS = 'microservices:pattern';

/**
 * The pattern of the running handler as the application declared it: a path with the names of parameters, `Query.orders`, an
 * event, or a message pattern. `undefined` until there is a handler: before it, Express reports the paths of middleware.
 */
export function patternOf({ context, request }: RequestScope): string | undefined {
  const pattern = context === undefined ? earlyPattern(request) : patternOfHandler(context, request);
  return pattern === undefined || pattern === '' ? undefined : pattern.slice(0, MAX_LENGTH);
}

function patternOfHandler(context: ExecutionContext, request: unknown): string | undefined {
  switch (context.getType<string>()) {
    case 'http':
      return isMessage(context) ? undefined : routeOf(request).pattern;
    case 'graphql':
      return fieldOf(context.getArgByIndex(3));
    case 'ws':
      return written(Reflect.getMetadata(WS_EVENT, context.getHandler()));
    case 'rpc':
      return written(chosen(Reflect.getMetadata(RPC_PATTERNS, context.getHandler()), context));
    default:
      return undefined;
  }
}

/** Fastify has found the route before its first hook. */
function earlyPattern(request: unknown): string | undefined {
  const { routeOptions } = (request ?? {}) as { readonly routeOptions?: unknown };
  return routeOptions === undefined ? undefined : routeOf(request).pattern;
}

function fieldOf(info: MaybeInfo | undefined): string | undefined {
  const type = info?.parentType?.name;
  const field = info?.fieldName;
  return typeof type === 'string' && typeof field === 'string' ? `${type}.${field}` : undefined;
}

/** A handler may have several patterns. Some transports report which one matched. */
function chosen(patterns: unknown, context: ExecutionContext): unknown {
  if (!Array.isArray(patterns)) return patterns;
  if (patterns.length === 1) return patterns[0];
  const transport = context.getArgByIndex<MaybeTransport | undefined>(1);
  const said = transport?.getPattern?.() ?? transport?.getTopic?.() ?? transport?.getSubject?.();
  return patterns.find((pattern) => written(pattern) === said) ?? patterns[0];
}

function written(pattern: unknown): string | undefined {
  if (typeof pattern === 'string') return pattern;
  if (typeof pattern === 'number') return String(pattern);
  if (typeof pattern !== 'object' || pattern === null) return undefined;
  const { service, rpc } = pattern as { readonly service?: unknown; readonly rpc?: unknown };
  return typeof service === 'string' && typeof rpc === 'string'
    ? `${service}/${rpc}`
    : JSON.stringify(pattern);
}

interface MaybeInfo {
  readonly parentType?: { readonly name?: unknown };
  readonly fieldName?: unknown;
}

interface MaybeTransport {
  getPattern?(): unknown;
  getTopic?(): unknown;
  getSubject?(): unknown;
}
