import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { eventWith, jsonAnswer, withoutEvents } from '../reading/reading.js';
import type { Finding } from './google-analytics.messages.js';
import { readMeasurement } from './measurement.js';

const ACCEPTED: Answer = { status: 204 };
/** Parameters of a page, and the names that the reports have for them. */
const PAGE = { dl: 'page_location', dr: 'page_referrer', dt: 'page_title' } as const;

/** Google Analytics: `/mp/collect` answers 204 to everything, `/debug/mp/collect` reports the problems and stores nothing. */
export const googleAnalytics: CollectorPlatform = {
  name: 'googleAnalytics',
  title: 'Google Analytics',
  read(request: CollectorRequest): Reading | undefined {
    switch (request.path) {
      case '/mp/collect': {
        const { events, own } = readMeasurement(request);
        return { events, answer: ACCEPTED, problems: own.map(({ problem }) => problem) };
      }
      case '/debug/mp/collect':
        return withoutEvents(validation(readMeasurement(request).all));
      case '/g/collect':
        return readGtag(request);
      default:
        return undefined;
    }
  },
  // Google documents no answer but the success.
  answer: () => undefined,
};

/** An unconfirmed limit, and a time that `validation_behavior` allows, are not in the vendor's answer. */
function validation(findings: readonly Finding[]): Answer {
  const validationMessages = findings
    .filter(({ code, isFatal }) => isFatal || code !== 'VALUE_OUT_OF_BOUNDS')
    .map(({ code, field, problem }) => ({ fieldPath: field, description: problem, validationCode: code }));
  return jsonAnswer(200, { validationMessages });
}

/** Reads what gtag.js sends: one event in the query, or a line of the body for each. The library itself comes from Google. */
function readGtag({ query, body }: CollectorRequest): Reading {
  const lines = body.split(/\r?\n/).filter((line) => line !== '');
  const events = lines.length === 0 ? [query] : lines.map((line) => merged(query, line));
  return { events: events.map(readHit), answer: ACCEPTED, problems: [] };
}

function merged(query: URLSearchParams, line: string): URLSearchParams {
  const all = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(line)) all.set(name, value);
  return all;
}

function readHit(hit: URLSearchParams): ReadEvent {
  const properties = new Map<string, unknown>();
  for (const [name, value] of hit) {
    if (name.startsWith('ep.')) properties.set(name.slice(3), value);
    else if (name.startsWith('epn.')) properties.set(name.slice(4), Number(value));
    else if (Object.hasOwn(PAGE, name)) properties.set(PAGE[name as keyof typeof PAGE], value);
  }
  const name = hit.get('en') ?? '';
  return eventWith({
    kind: name === 'page_view' ? 'page' : 'track',
    name,
    userId: hit.get('uid'),
    anonymousId: hit.get('cid'),
    properties: Object.fromEntries(properties),
  });
}
