import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Script } from '../answers/script.js';
import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import { answer } from '../http/answer.js';
import { readBody } from '../http/read-body.js';
import type { EventQuery, Ledger } from '../ledger/ledger.js';
import * as messages from './api.messages.js';
import { type Parameters, readParameters } from './parameters.js';
import type {
  AnswersResponse,
  ErrorResponse,
  PeopleResponse,
  RequestsResponse,
  StatsResponse,
} from './responses.js';
import { eventRows, personRow, requestRow, wholeRequest } from './rows.js';

const MAX_LISTED = 1_000;
const COUNT = { from: 1, to: MAX_LISTED };
const NUMBER = { from: 0, to: Number.MAX_SAFE_INTEGER };

type Json = (
  response: ServerResponse,
  query: EventQuery & { keep?: 'answers' },
  request: IncomingMessage,
) => void;

interface Route {
  readonly parameters: Parameters;
  readonly run: Json;
}

/** The JSON API below `/_collector`. */
export class Api {
  readonly #routes: Readonly<Record<string, Readonly<Record<string, Route>>>>;
  readonly #startedAt = Date.now();
  #since = this.#startedAt;

  constructor(
    private readonly ledger: Ledger,
    private readonly script: Script,
  ) {
    const platform = ledger.platformNames;
    const list = { platform, search: 'text', limit: COUNT, before: NUMBER } as const;
    this.#routes = {
      stats: { GET: { parameters: {}, run: (response) => send(response, 200, this.#stats()) } },
      events: {
        GET: {
          parameters: {
            ...list,
            kind: ['track', 'identify', 'group', 'alias', 'page', 'screen'],
            name: 'text',
            person: 'id',
            outcome: ['delivered', 'duplicate', 'rejected', 'dropped'],
            after: NUMBER,
          },
          run: (response, query) => this.#events(response, query),
        },
      },
      people: {
        GET: {
          parameters: { platform, search: 'text', limit: COUNT },
          run: (response, query) => send(response, 200, this.#people(query)),
        },
      },
      requests: {
        GET: { parameters: list, run: (response, query) => send(response, 200, this.#requests(query)) },
      },
      invalid: {
        GET: {
          parameters: { platform, search: 'text', limit: COUNT },
          run: (response, query) => this.#invalid(response, query),
        },
      },
      answers: {
        GET: { parameters: {}, run: (response) => this.#answers(response) },
        POST: { parameters: {}, run: (response, _, request) => this.#addAnswers(response, request) },
        DELETE: { parameters: {}, run: (response) => this.#clearAnswers(response) },
      },
      reset: {
        POST: { parameters: { keep: ['answers'] }, run: (response, { keep }) => this.#reset(response, keep) },
      },
    };
  }

  answer(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const [name = '', part, ...more] = url.pathname.slice('/_collector/'.length).split('/');
    const number = name === 'requests' && /^\d{1,16}$/.test(part ?? '') ? Number(part) : undefined;
    const ofNumber: Readonly<Record<string, Route>> = {
      GET: { parameters: {}, run: () => this.#request(response, number!) },
    };
    const isPath = more.length === 0 && Object.hasOwn(this.#routes, name);
    const routes =
      isPath && part === undefined
        ? this.#routes[name]!
        : isPath && number !== undefined
          ? ofNumber
          : undefined;
    if (routes === undefined) return fail(response, 404, messages.noSuchPath(this.#paths));
    const route = routes[request.method === 'HEAD' ? 'GET' : (request.method ?? '')];
    if (route === undefined) {
      response.setHeader('allow', Object.keys(routes).join(', '));
      return fail(response, 405, messages.wrongMethod(Object.keys(routes)));
    }
    const query = readParameters(url.searchParams, route.parameters);
    if (typeof query === 'string') return fail(response, 400, query);
    route.run(response, query, request);
  }

  get #paths(): string[] {
    return [...Object.keys(this.#routes), 'requests/<number>'].map((path) => `/_collector/${path}`);
  }

  #stats(): StatsResponse {
    const { ledger, script } = this;
    return {
      startedAt: this.#startedAt,
      since: this.#since,
      now: Date.now(),
      revision: ledger.revision,
      platforms: ledger.platformCounts(),
      names: ledger.nameCounts(),
      answers: script.answers,
      kept: ledger.kept,
    };
  }

  #events(response: ServerResponse, query: EventQuery): void {
    const { found, next } = this.ledger.events(query);
    const { forgottenEvents } = this.ledger.kept;
    sendJson(response, 200, `{"events":${eventRows(found)},"next":${next},"forgotten":${forgottenEvents}}`);
  }

  #requests(query: EventQuery): RequestsResponse {
    const { found, next } = this.ledger.requests(query);
    return { requests: found.map(requestRow), next, forgotten: this.ledger.kept.forgottenRequests };
  }

  #request(response: ServerResponse, number: number): void {
    const request = this.ledger.request(number);
    if (request === undefined) return fail(response, 404, messages.notKept());
    const events = this.ledger.eventsOf(request, MAX_LISTED).found.toReversed();
    sendJson(response, 200, `{"request":${wholeRequest(request)},"events":${eventRows(events)}}`);
  }

  #invalid(response: ServerResponse, query: EventQuery): void {
    const events = this.ledger.invalidEvents(query).found;
    const requests = JSON.stringify(this.ledger.invalidRequests(query).found.map(requestRow));
    sendJson(response, 200, `{"events":${eventRows(events)},"requests":${requests}}`);
  }

  #people({ limit = 100, ...query }: EventQuery): PeopleResponse {
    const people = this.ledger.people({ ...query, limit: limit + 1 });
    return {
      people: people.slice(0, limit).map(personRow),
      more: people.length > limit,
      forgotten: this.ledger.kept.forgottenPeople,
    };
  }

  #answers(response: ServerResponse): void {
    send(response, 200, this.script.answers satisfies AnswersResponse);
  }

  #addAnswers(response: ServerResponse, request: IncomingMessage): void {
    readBody(request, (body) => {
      if (body === undefined) return fail(response, 400, messages.bodyNotRead());
      let given: ScriptedAnswer | ScriptedAnswer[];
      try {
        given = JSON.parse(body) as ScriptedAnswer | ScriptedAnswer[];
      } catch {
        return fail(response, 400, messages.notJson());
      }
      for (const each of [given].flat()) this.script.add(each);
      this.#answers(response);
    });
  }

  #clearAnswers(response: ServerResponse): void {
    this.script.clear();
    this.#answers(response);
  }

  #reset(response: ServerResponse, keep: 'answers' | undefined): void {
    this.ledger.clear();
    this.#since = Date.now();
    if (keep === undefined) this.script.clear();
    send(response, 200, this.#stats());
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  sendJson(response, status, JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, error: string): void {
  send(response, status, { error } satisfies ErrorResponse);
}

function sendJson(response: ServerResponse, status: number, body: string): void {
  answer(response, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body,
  });
}
