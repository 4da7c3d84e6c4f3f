import type {
  Answer,
  CollectorPlatform,
  CollectorRequest,
  ReadEvent,
  Reading,
} from '../../../lib/collector/platform.js';

/** The time of the events in these tests. */
export const NEW_YEAR = Date.UTC(2026, 0, 1);
/** The time of arrival: five seconds after the events. */
export const ARRIVAL = NEW_YEAR + 5_000;
export const KEY = `Basic ${Buffer.from('WRITE_KEY:').toString('base64')}`;

/** A request as the receiver hands it to a platform; `url` is a path with a query. */
export function aRequest(
  url: string,
  body: unknown = '',
  given: Partial<CollectorRequest> = {},
): CollectorRequest {
  const [path = '/', search = ''] = url.split('?', 2);
  return {
    method: 'POST',
    path,
    search,
    query: new URLSearchParams(search),
    headers: { 'content-type': 'application/json', authorization: KEY },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receivedAt: ARRIVAL,
    ...given,
  };
}

/** Reads a request on a path that the platform has. */
export function read(platform: CollectorPlatform, request: CollectorRequest): Reading {
  const reading = platform.read(request);
  if (reading === undefined) throw new Error(`${platform.name} has no path ${request.path}`);
  return reading;
}

/** A platform's reading of a request. */
export function readingOf(
  platform: CollectorPlatform,
  url: string,
  { body, ...given }: Partial<Omit<CollectorRequest, 'body'>> & { body?: unknown } = {},
): Reading {
  return read(platform, aRequest(url, body, given));
}

/** Outcome and problems of each event. */
export function judgements({ events }: Reading): (readonly [string, ...string[]])[] {
  return events.map(({ outcome, problems }) => [outcome, ...problems] as const);
}

/** The parts of a reading that most tests are about. */
export function verdict({ events, answer, problems }: Reading) {
  return {
    status: answer.status,
    outcomes: events.map(({ outcome }) => outcome),
    eventProblems: events.map((event) => event.problems),
    problems,
  };
}

/** The body of an answer, parsed if it is JSON. */
export function bodyOf({ body = '' }: Answer): unknown {
  const text = String(body);
  return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text;
}

/** The identity and the name that the page shows. */
export function seen({ kind, name, userId, anonymousId }: ReadEvent) {
  return { kind, name, userId, anonymousId };
}

/** A message of the Segment protocol. */
export function aMessage(members: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'track',
    messageId: 'id-1',
    userId: 'user-1001',
    event: 'Order Completed',
    properties: { revenue: 49.95 },
    timestamp: '2026-01-01T00:00:00.000Z',
    ...members,
  };
}

/** Bodies that no platform may throw at. */
export const HOSTILE_BODIES: readonly string[] = [
  '',
  'null',
  '[]',
  '[[]]',
  '"text"',
  '0',
  '{',
  '{"batch":{}}',
  '{"batch":null}',
  '{"batch":[null,1,"text",[],{}]}',
  '{"batch":[{"type":{},"userId":[],"messageId":{},"timestamp":{},"properties":[],"traits":1,"context":"x"}]}',
  '{"batch":[{"__proto__":{"type":"track"},"constructor":1,"toString":2}]}',
  '{"__proto__":{"batch":[]},"data":{},"events":{},"event":{},"properties":{}}',
  `{"batch":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}`,
  `{"batch":[{"type":"track","userId":1,"event":"${'x'.repeat(1_000_000)}"}]}`,
  '\uD800',
  '%%%=%E0%A4%A&&&==&=',
];
