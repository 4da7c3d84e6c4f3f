import type {
  Answer,
  CollectorPlatform,
  CollectorRequest,
  ReadEvent,
  Reading,
} from '../../../lib/collector/platform.js';

/** The time of arrival in these tests: five seconds after the events. */
export const ARRIVAL = Date.UTC(2026, 0, 1, 0, 0, 5);

/** A request as the collector gives it to a platform. */
export function aRequest(
  pathAndQuery: string,
  body: unknown = '',
  given: Partial<CollectorRequest> = {},
): CollectorRequest {
  const { pathname, search, searchParams } = new URL(pathAndQuery, 'http://collector.invalid');
  return {
    method: 'POST',
    path: pathname,
    query: searchParams,
    search: search.slice(1),
    headers: { 'content-type': 'application/json' },
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

/** The parts of a reading that most tests are about. */
export function verdict({ events, answer, problems }: Reading) {
  return {
    status: answer.status,
    outcomes: events.map(({ outcome }) => outcome),
    eventProblems: events.map((event) => event.problems),
    problems,
  };
}

/** The body of an answer, parsed where it is JSON. */
export function bodyOf({ body = '' }: Answer): unknown {
  const text = String(body);
  return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : text;
}

/** The identity and the name that a person sees. */
export function seen({ kind, name, userId, anonymousId }: ReadEvent) {
  return { kind, name, userId, anonymousId };
}
