import { hideCredentials } from '../credentials/hide-credentials.js';
import { hideInJson } from '../credentials/hide-in-json.js';
import type { KeptEvent, KeptRequest } from './kept.js';
import type { EventKind, ReceivedOutcome } from './received.js';
import { Search } from './search.js';

/** Selects from a list. */
export interface Query {
  readonly platform?: string | undefined;
  /** Text in any member, in upper or lower case. */
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
  /** Numbers below this only. */
  readonly before?: number | undefined;
}

/** Selects from the latest events. */
export interface EventQuery extends Query {
  readonly kind?: EventKind | undefined;
  /** Compared as the platform compares names. */
  readonly name?: string | undefined;
  /** Any id of the person, also one that was joined to it. */
  readonly person?: string | undefined;
  readonly outcome?: ReceivedOutcome | undefined;
  /** Numbers above this only. */
  readonly after?: number | undefined;
}

/** Whether a query selects an event, apart from its name and person, which depend on the platform. */
export function eventFilter({
  platform,
  kind,
  outcome,
  search: text,
}: EventQuery): (event: KeptEvent) => boolean {
  const search = text === undefined ? undefined : new Search(text);
  return (event) =>
    (platform === undefined || event.platform === platform) &&
    (kind === undefined || event.kind === kind) &&
    (outcome === undefined || event.outcome === outcome) &&
    (search === undefined || isIn(event, search));
}

export function requestFilter({ platform, search: text }: Query): (request: KeptRequest) => boolean {
  const search = text === undefined ? undefined : new Search(text);
  return (request) =>
    (platform === undefined || request.platform === platform) &&
    (search === undefined || search.inTexts(request.problems) || isInTexts(request, search));
}

/** A search must not find hidden credentials. Hiding is expensive, so only items that the search finds are checked. */
function isInTexts(request: KeptRequest, search: Search): boolean {
  const isIn = ({ url, body, answer, headers }: Parameters<typeof hideCredentials>[0]): boolean =>
    search.inTexts([url, body, answer]) || search.inJson(headers);
  return isIn(request) && isIn(hideCredentials(request));
}

/** All ids of an event; an alias names another. */
export function idsOf({
  kind,
  name,
  userId,
  anonymousId,
}: Pick<KeptEvent, 'kind' | 'name' | 'userId' | 'anonymousId'>): readonly (string | null)[] {
  return kind === 'alias' ? [userId, anonymousId, name] : [userId, anonymousId];
}

function isIn({ name, id, userId, anonymousId, properties, problems }: KeptEvent, search: Search): boolean {
  return (
    search.inTexts([name, id, userId, anonymousId]) ||
    search.inTexts(problems) ||
    (search.inJson(properties) && search.inJson(hideInJson(properties)))
  );
}
