import { checkScriptedAnswers } from '../answers/check-scripted-answers.js';
import type { Script } from '../answers/script.js';
import type { Clock } from '../../host/clock.js';
import type { Ledger } from '../ledger/ledger.js';
import type { EventQuery } from '../ledger/query.js';
import { EVENT_KINDS, RECEIVED_OUTCOMES } from '../ledger/received.js';
import type { CollectorPlatform } from '../platform.js';
import type { Parameters } from './parameters.js';
import type { AnswersResponse, PeopleResponse, RequestsResponse, StatsResponse } from './responses.js';
import { eventRow, eventRows, personRow, requestRow, wholeRequest } from './rows.js';

const MAX_LISTED = 1_000;
const DEFAULT_LISTED = 100;
const LIMIT = { from: 1, to: MAX_LISTED };
const NUMBER = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** A call of the API whose parameters are checked. */
export interface ApiCall {
  readonly query: EventQuery & { readonly keep?: 'answers'; readonly names?: 'true' | 'false' };
  /** The number in the path, if it has one. */
  readonly number: number;
  /** The parsed JSON body, if the route reads one. */
  readonly body: unknown;
}

/** One method of one path. */
export interface Route {
  readonly parameters: Parameters;
  readonly readsBody?: true;
  /** The answer, as JSON; undefined: the item with the number is not kept. */
  run(call: ApiCall): string | undefined;
}

export type Routes = Readonly<Record<string, Readonly<Record<string, Route>>>>;

/** The routes by path and method. `<number>` stands for a number. */
export function routesOf(
  platforms: readonly CollectorPlatform[],
  ledger: Ledger,
  script: Script,
  clock: Pick<Clock, 'now'>,
): Routes {
  const platform = ledger.platformNames;
  const part = { platform, search: 'text', limit: LIMIT } as const;
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

  return {
    stats: {
      GET: {
        parameters: { names: ['true', 'false'] },
        run: ({ query: { names } }) =>
          JSON.stringify(names === 'false' ? { ...stats(), names: [] } : stats()),
      },
    },
    events: {
      GET: {
        parameters: {
          ...part,
          kind: EVENT_KINDS,
          name: 'text',
          person: 'id',
          outcome: RECEIVED_OUTCOMES,
          after: NUMBER,
          before: NUMBER,
        },
        run({ query }) {
          const { found, next } = ledger.events(query);
          return `{"events":${eventRows(found)},"next":${next},"forgotten":${ledger.kept.forgottenEvents}}`;
        },
      },
    },
    'events/<number>': {
      GET: {
        parameters: {},
        run({ number }) {
          const event = ledger.event(number);
          return event && eventRow(event);
        },
      },
    },
    people: {
      GET: {
        parameters: part,
        run({ query: { limit = DEFAULT_LISTED, ...query } }) {
          const people = ledger.people({ ...query, limit: limit + 1 });
          return JSON.stringify({
            people: people.slice(0, limit).map(personRow),
            more: people.length > limit,
            forgotten: ledger.kept.forgottenPeople,
          } satisfies PeopleResponse);
        },
      },
    },
    requests: {
      GET: {
        parameters: { ...part, before: NUMBER },
        run({ query }) {
          const { found, next } = ledger.requests(query);
          return JSON.stringify({
            requests: found.map(requestRow),
            next,
            forgotten: ledger.kept.forgottenRequests,
          } satisfies RequestsResponse);
        },
      },
    },
    'requests/<number>': {
      GET: {
        parameters: {},
        run({ number }) {
          const request = ledger.request(number);
          if (request === undefined) return undefined;
          const events = ledger.eventsOf(request, MAX_LISTED).toReversed();
          return `{"request":${wholeRequest(request)},"events":${eventRows(events)}}`;
        },
      },
    },
    invalid: {
      GET: {
        parameters: part,
        run({ query }) {
          const events = eventRows(ledger.invalidEvents(query).found);
          const requests = ledger.invalidRequests(query).found.map(requestRow);
          return `{"events":${events},"requests":${JSON.stringify(requests)}}`;
        },
      },
    },
    answers: {
      GET: { parameters: {}, run: answers },
      POST: {
        parameters: {},
        readsBody: true,
        run({ body }) {
          script.add(...checkScriptedAnswers(body, platforms));
          changes++;
          return answers();
        },
      },
      DELETE: {
        parameters: { platform },
        run({ query }) {
          script.clear(query.platform);
          changes++;
          return answers();
        },
      },
    },
    reset: {
      POST: {
        parameters: { keep: ['answers'] },
        run({ query: { keep } }) {
          ledger.clear();
          if (keep === undefined) script.clear();
          since = clock.now();
          return JSON.stringify(stats());
        },
      },
    },
  };
}
