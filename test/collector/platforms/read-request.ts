import { aRequest as requestOf, NEW_YEAR } from './a-request.js';
import type {
  Answer,
  CollectorPlatform,
  CollectorRequest,
  ReadEvent,
  Reading,
} from '../../../lib/collector/platform.js';

/** The time of arrival in these tests: five seconds after the events. */
export const ARRIVAL = NEW_YEAR + 5_000;

/** A request that arrives five seconds after the events, without credentials. */
export function aRequest(
  url: string,
  body: unknown = '',
  given: Partial<CollectorRequest> = {},
): CollectorRequest {
  const headers = { 'content-type': 'application/json' };
  return requestOf(url, { headers, receivedAt: ARRIVAL, ...given, body });
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
