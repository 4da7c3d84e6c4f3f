import { checkScriptedAnswers } from '../answers/check-scripted-answers.js';
import type { Script } from '../answers/script.js';
import type { Clock } from '../../host/clock.js';
import { hideCredentials, hideInUrl } from '../credentials/hide-credentials.js';
import { hideInJson } from '../credentials/hide-in-json.js';
import type { Person } from '../ledger/figures.js';
import type { KeptEvent, KeptRequest } from '../ledger/kept.js';
import type { Ledger } from '../ledger/ledger.js';
import type { EventQuery } from '../ledger/query.js';
import { EVENT_KINDS, RECEIVED_OUTCOMES } from '../ledger/received.js';
import type { CollectorPlatform } from '../platform.js';
import type {
  AnswersResponse,
  ListedPerson,
  ListedRequest,
  PeopleResponse,
  RequestsResponse,
  StatsResponse,
} from './responses.js';

const MAX_IDS = 100;
const MAX_LISTED = 1_000;
const DEFAULT_LISTED = 100;
const LIMIT = { from: 1, to: MAX_LISTED };
const NUMBER = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** A call of the API whose parameters are checked. */
export interface ApiCall {
  readonly query: EventQuery & { readonly keep?: 'answers'; readonly names?: 'true' | 'false' };
  readonly number: number;
  readonly body: unknown;
}

/** The valid values of a query parameter, or its check with a description. */
export type Parameter = readonly string[] | 'text' | 'id' | { readonly from: number; readonly to: number };
export type Parameters = Readonly<Record<string, Parameter>>;

/** One method of one path, in which `<number>` stands for a number. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly parameters: Parameters;
  readonly readsBody?: true;
  /** The answer, as JSON; undefined: the item with the number is not kept. */
  run(call: ApiCall): string | undefined;
}

const routeOf =
  (method: Route['method']) =>
  (path: string, parameters: Parameters, run: Route['run']): Route => ({ method, path, parameters, run });
const get = routeOf('GET');
const post = routeOf('POST');
const remove = routeOf('DELETE');

export function routesOf(
  platforms: readonly CollectorPlatform[],
  ledger: Ledger,
  script: Script,
  clock: Pick<Clock, 'now'>,
): readonly Route[] {
  const platform = ledger.platformNames;
  const part = { platform, search: 'text', limit: LIMIT } as const;
  const ofEvents = {
    ...part,
    kind: EVENT_KINDS,
    name: 'text',
    person: 'id',
    outcome: RECEIVED_OUTCOMES,
    after: NUMBER,
    before: NUMBER,
  } as const;
  const startedAt = clock.now();
  let since = startedAt;
  let changes = 0;

  const stats = (): StatsResponse => ({
    startedAt,
    since,
    now: clock.now(),
    revision: ledger.revision + changes,
    platforms: ledger.platformCounts(),
    names: ledger.nameCounts(),
    answers: script.answers,
    kept: ledger.kept,
  });
  const answers = (): string => JSON.stringify(script.answers satisfies AnswersResponse);

  return [
    get('stats', { names: ['true', 'false'] }, ({ query: { names } }) =>
      JSON.stringify(names === 'false' ? { ...stats(), names: [] } : stats()),
    ),
    get('events', ofEvents, ({ query }) => {
      const { found, next } = ledger.events(query);
      return `{"events":${eventRows(found)},"next":${next},"forgotten":${ledger.kept.forgottenEvents}}`;
    }),
    get('events/<number>', {}, ({ number }) => {
      const event = ledger.event(number);
      return event && eventRow(event);
    }),
    get('people', part, ({ query: { limit = DEFAULT_LISTED, ...query } }) => {
      const people = ledger.people({ ...query, limit: limit + 1 });
      return JSON.stringify({
        people: people.slice(0, limit).map(personRow),
        more: people.length > limit,
        forgotten: ledger.kept.forgottenPeople,
      } satisfies PeopleResponse);
    }),
    get('requests', { ...part, before: NUMBER }, ({ query }) => {
      const { found, next } = ledger.requests(query);
      return JSON.stringify({
        requests: found.map(requestRow),
        next,
        forgotten: ledger.kept.forgottenRequests,
      } satisfies RequestsResponse);
    }),
    get('requests/<number>', {}, ({ number }) => {
      const request = ledger.request(number);
      if (request === undefined) return undefined;
      const events = ledger.eventsOf(request, MAX_LISTED).toReversed();
      return `{"request":${wholeRequest(request)},"events":${eventRows(events)}}`;
    }),
    get('invalid', part, ({ query }) => {
      const events = eventRows(ledger.invalidEvents(query).found);
      const requests = ledger.invalidRequests(query).found.map(requestRow);
      return `{"events":${events},"requests":${JSON.stringify(requests)}}`;
    }),
    get('answers', {}, answers),
    {
      ...post('answers', {}, ({ body }) => {
        script.add(...checkScriptedAnswers(body, platforms));
        changes++;
        return answers();
      }),
      readsBody: true,
    },
    remove('answers', { platform }, ({ query }) => {
      script.clear(query.platform);
      changes++;
      return answers();
    }),
    post('reset', { keep: ['answers'] }, ({ query: { keep } }) => {
      ledger.clear();
      if (keep === undefined) script.clear();
      since = clock.now();
      return JSON.stringify(stats());
    }),
  ];
}

/** A `ListedEvent` as JSON. Its properties are JSON already; those of browser SDKs can have the project's key. */
function eventRow(kept: KeptEvent): string {
  const { properties, bytes: _, ...event } = kept;
  return `${JSON.stringify(event).slice(0, -1)},"properties":${hideInJson(properties)}}`;
}

function eventRows(events: readonly KeptEvent[]): string {
  return `[${events.map(eventRow).join(',')}]`;
}

function requestRow(request: KeptRequest): ListedRequest {
  const { headers: _h, body: _b, answer: _a, firstEvent: _f, bytes: _, ...row } = request;
  return { ...row, url: hideInUrl(row.url) };
}

/** A `RequestResponse['request']` as JSON: as it came, without its credentials. */
function wholeRequest(request: KeptRequest): string {
  const { body, answer, headers } = hideCredentials(request);
  return `${JSON.stringify({ ...requestRow(request), body, answer }).slice(0, -1)},"headers":${headers}}`;
}

function personRow({ ids, ...person }: Person): ListedPerson {
  return { ...person, ids: ids.slice(0, MAX_IDS), idCount: ids.length };
}
