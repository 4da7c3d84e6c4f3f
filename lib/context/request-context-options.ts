import { badChoice, badOption, checkFlag, checkFunction, checkKeys } from '../config/check-option.js';
import type { SessionReader } from '../event/session-reader.js';

export type { SessionReader };

/**
 * Details of the request that events carry in their `context`. `{}` adds the members that do not identify a person;
 * members that could identify a person or a device are off unless they are enabled.
 */
export interface RequestContextOptions {
  /** `context.method`: the HTTP method. Default true. */
  readonly method?: boolean | undefined;
  /**
   * `context.route`: the pattern that the handler answers to, never the address that was called: `/orders/:id`,
   * `Query.orders`, `orders.created`. Default true.
   */
  readonly route?: boolean | undefined;
  /** `context.locale`: the first language of `Accept-Language`, such as `de-CH`. Default true. */
  readonly locale?: boolean | undefined;
  /**
   * `context.campaign`: `{ source, medium, name, term, content }` from the UTM parameters of the request's query, else of
   * the query of its `Referer`. Default true.
   */
  readonly campaign?: boolean | undefined;
  /**
   * `context.requestId`: the header `x-request-id`, else the platform's own (`request.id`). A string names another header.
   * Default true.
   */
  readonly requestId?: boolean | string | undefined;
  /** `context.traceparent`: the W3C header, if it is valid. Default true. */
  readonly traceparent?: boolean | undefined;
  /** `context.userAgent`: the header, at most 512 characters. Default false. */
  readonly userAgent?: boolean | undefined;
  /** `context.referrer`: origin and path of `Referer`, never its query or fragment. Default false. */
  readonly referrer?: boolean | undefined;
  /**
   * `context.ip`: the client's address as Express or Fastify reports it. `X-Forwarded-For` counts only if the framework
   * trusts it (Express `trust proxy`, Fastify `trustProxy`). `'truncated'`: IPv4 to /24, IPv6 to /48. Default false.
   */
  readonly ip?: false | 'truncated' | 'full' | undefined;
  /** `context.sessions`: the session ids of vendors' browser SDKs, such as `[googleAnalyticsSession()]`. Default none. */
  readonly sessions?: readonly SessionReader[] | undefined;
}

const FLAGS = ['method', 'route', 'locale', 'campaign', 'traceparent', 'userAgent', 'referrer'] as const;

/** Throws for a bad option; `undefined` is the feature switched off. @throws TrackingConfigError */
export function checkRequestContext(options: RequestContextOptions | undefined): void {
  checkKeys('context', options, [...FLAGS, 'requestId', 'ip', 'sessions']);
  if (options === undefined) return;
  for (const flag of FLAGS) checkFlag(`context.${flag}`, options[flag]);
  checkRequestId(options.requestId);
  const { ip, sessions } = options as { ip?: unknown; sessions?: unknown };
  if (ip !== undefined && ip !== false && ip !== 'truncated' && ip !== 'full')
    throw badChoice('context.ip', ip, `false, 'truncated' or 'full'`);
  if (sessions === undefined) return;
  if (!Array.isArray(sessions)) throw badOption('context.sessions', sessions, 'an array of session readers');
  sessions.forEach((reader: unknown, index) => {
    if (reader === undefined) throw badOption(`context.sessions[${index}]`, reader, 'a function');
    checkFunction(`context.sessions[${index}]`, reader);
  });
}

/** What RFC 9110 calls a token. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

function checkRequestId(value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  if (typeof value !== 'string' || !HEADER_NAME.test(value))
    throw badOption('context.requestId', value, 'true, false or the name of a header');
}
