import type { SessionReader } from '../event/session-reader.js';
import { isHeaderName } from '../host/header-name.js';
import { callback, choice, flag, list, valueThat } from '../config/kinds.js';
import type { OptionsOf } from '../config/option.js';

export type { SessionReader };

export const requestContextRows = {
  /**
   * `context.method`: the HTTP method.
   * @default true
   */
  method: flag().default(true),
  /**
   * `context.route`: the pattern of the route, never the URL: `/orders/:id`, `Query.orders`, `orders.created`.
   * @default true
   */
  route: flag().default(true),
  /**
   * `context.locale`: the first language of `Accept-Language`, such as `de-CH`.
   * @default true
   */
  locale: flag().default(true),
  /**
   * `context.campaign`: the UTM parameters of the request, else of its `Referer`.
   *
   * Its members are `source`, `medium`, `name`, `term` and `content`.
   * @default true
   */
  campaign: flag().default(true),
  /**
   * `context.requestId`: the header `x-request-id`, else the platform's `request.id`. A string names another header.
   * @default true
   */
  requestId: valueThat<boolean | string>(
    'boolean, or header name',
    'true, false or the name of a header',
    (value) => typeof value === 'boolean' || isHeaderName(value),
  ).default(true),
  /**
   * `context.traceparent`: the W3C header, if it is valid.
   * @default true
   */
  traceparent: flag().default(true),
  /**
   * `context.userAgent`: the header, at most 512 characters.
   * @default false
   */
  userAgent: flag().default(false),
  /**
   * `context.referrer`: origin and path of `Referer`, without its query and fragment.
   * @default false
   */
  referrer: flag().default(false),
  /**
   * `context.ip`: the client's address as Express or Fastify reports it. Truncated: IPv4 to /24, IPv6 to /48.
   *
   * `X-Forwarded-For` counts only if the framework trusts it (Express `trust proxy`, Fastify `trustProxy`).
   * @default false
   */
  ip: choice(false, 'truncated', 'full').default(false),
  /**
   * `context.sessions`: session ids of vendors' browser SDKs, such as `[googleAnalyticsSession()]`.
   * @default none
   */
  sessions: list<SessionReader>(
    'session readers',
    'an array of session readers',
    callback<SessionReader>(),
  ).default([]),
};

/**
 * Details of the request that events carry in their `context`. `{}` adds the members that do not identify a person;
 * members that could identify a person or a device are off unless they are enabled.
 */
export interface RequestContextOptions extends OptionsOf<typeof requestContextRows> {}
