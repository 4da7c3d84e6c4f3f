import { readFileSync } from 'node:fs';

/** An answer of a platform in a fixture. */
export interface DocumentedAnswer {
  readonly case: string;
  readonly status?: number;
  readonly transport_error?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly body_text?: string;
  readonly body_base64?: string;
}

export interface DocumentedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly body_text?: string;
}

export interface Exchange {
  readonly name: string;
  readonly records: number;
  readonly request: DocumentedRequest;
  readonly responses: readonly DocumentedAnswer[];
}

/** The name of each platform, and the file of its documented exchanges. */
export const FIXTURES: Readonly<Record<string, string>> = {
  kissmetrics: 'kissmetrics/kissmetrics',
  segment: 'segment/segment',
  rudderstack: 'rudderstack/rudderstack',
  jitsu: 'jitsu/jitsu',
  customerio: 'customerio/customerio',
  posthog: 'posthog/posthog',
  mixpanel: 'mixpanel/mixpanel',
  amplitude: 'amplitude/amplitude',
  googleAnalytics: 'google-analytics/google-analytics',
  snowplow: 'snowplow/snowplow',
  webhook: 'webhook/standard-webhooks',
};

export function fixtureOf<T extends object = object>(
  platform: string,
): T & { exchanges: readonly Exchange[] } {
  const file = new URL(`../destinations/${FIXTURES[platform]}.fixture.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as T & { exchanges: readonly Exchange[] };
}

/** An answer that a test got. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/**
 * The difference between an answer and the documented one; undefined: none. Any number matches a number, any id an id, and any
 * text a text that begins with `example`. Members that the fixture leaves open match anything.
 */
export function difference(given: GivenAnswer, documented: DocumentedAnswer): string | undefined {
  const { status, headers = {}, body, body_text, body_base64 } = documented;
  if (given.status !== status) return `status ${given.status}`;
  for (const [name, text] of Object.entries(headers)) {
    const value = given.headers.get(name) ?? '';
    if (!isLike(value.toLowerCase(), text.toLowerCase())) return `${name}: ${value}`;
  }
  const text = given.body.toString();
  if (body_base64 !== undefined && given.body.toString('base64') !== body_base64) return 'other bytes';
  if (body_text !== undefined && text !== body_text) return `text ${text}`;
  if (body !== undefined && !isLike(parsed(text), body)) return `body ${text}`;
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLike(given: unknown, documented: unknown): boolean {
  if (typeof documented === 'string') return typeof given === 'string' && isLikeText(given, documented);
  if (typeof documented !== 'object' || documented === null)
    return typeof given === typeof documented && (typeof given === 'number' || given === documented);
  if (typeof given !== 'object' || given === null || Array.isArray(given) !== Array.isArray(documented))
    return false;
  const names = Object.keys(documented);
  return (
    String(Object.keys(given).toSorted()) === String(names.toSorted()) &&
    names.every((name) =>
      isLike((given as Record<string, unknown>)[name], (documented as Record<string, unknown>)[name]),
    )
  );
}

function isLikeText(given: string, documented: string): boolean {
  if (documented.startsWith('example')) return given !== '';
  if (isDate(documented)) return isDate(given);
  return withoutValues(given) === withoutValues(documented);
}

/** Numbers, and text in brackets, such as the host and the key in an answer of Jitsu. */
function withoutValues(text: string): string {
  return /^\d+$/.test(text) ? '#' : text.replaceAll(/(\[\w+): [^\]]*\]/g, '$1]');
}

function isDate(text: string): boolean {
  return /^[a-z]{3}, \d\d [a-z]{3} \d{4} /i.test(text) && !Number.isNaN(Date.parse(text));
}
