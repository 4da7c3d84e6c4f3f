import { clientText } from '../event/client-text.js';
import type { JsonObject } from '../event/tracking-event.js';
import { readHeader } from '../request/read-header.js';
import { addressOfRequest } from '../request/requested-address.js';

/** By the name of a member, the parameter of a link. */
const PARAMETERS = {
  source: 'utm_source',
  medium: 'utm_medium',
  name: 'utm_campaign',
  term: 'utm_term',
  content: 'utm_content',
} as const;

const MAX_VALUE = 200;
const MAX_QUERY = 8_192;

/** The campaign in the query of a request, else in that of the page that it came from. */
export function campaignOf(request: unknown): JsonObject | undefined {
  return campaignIn(addressOfRequest(request)) ?? campaignIn(readHeader(request, 'referer'));
}

function campaignIn(url: string | undefined): JsonObject | undefined {
  const page = url?.split('#', 1)[0] ?? '';
  const start = page.indexOf('?');
  if (start === -1) return undefined;
  const query = page.slice(start + 1, start + MAX_QUERY);
  // Few links have these parameters, and parsing a query is expensive.
  if (!query.includes('utm_')) return undefined;
  const parameters = new URLSearchParams(query);
  const campaign: Record<string, string> = {};
  for (const [member, parameter] of Object.entries(PARAMETERS)) {
    const value = clientText(parameters.get(parameter), MAX_VALUE);
    if (value !== undefined) campaign[member] = value;
  }
  return Object.keys(campaign).length === 0 ? undefined : Object.freeze(campaign);
}
