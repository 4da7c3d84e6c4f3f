import type { CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { eventWith } from '../reading/reading.js';

/** Parameters of a page, and the names that the reports have for them. */
const PAGE = { dl: 'page_location', dr: 'page_referrer', dt: 'page_title' } as const;

/** Reads what gtag.js sends: one event in the query, or a line of the body for each. The library itself comes from Google. */
export function readGtag({ query, body }: CollectorRequest): Reading {
  const lines = body.split(/\r?\n/).filter((line) => line !== '');
  const events = lines.length === 0 ? [query] : lines.map((line) => merged(query, line));
  return { events: events.map(readHit), answer: { status: 204 }, problems: [] };
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
