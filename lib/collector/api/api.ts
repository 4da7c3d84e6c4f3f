import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Script } from '../answers/script.js';
import { CollectorError } from '../collector-error.js';
import { parsedJson } from '../../event/json-values.js';
import { answerError, answerJson } from '../http/answer.js';
import { readBody } from '../http/read-body.js';
import type { Clock } from '../../host/clock.js';
import type { Ledger } from '../ledger/ledger.js';
import type { CollectorPlatform } from '../platform.js';
import { bodyNotRead, notJson, notKept, noSuchPath, wrongMethod } from './api.messages.js';
import { readParameters } from './parameters.js';
import { type ApiCall, type Route, type Routes, routesOf } from './routes.js';

const BASE = '/_collector/';

/** The JSON API. It checks a call whole before anything is read or changed. */
export class Api {
  readonly #routes: Routes;

  constructor(
    platforms: readonly CollectorPlatform[],
    ledger: Ledger,
    script: Script,
    clock: Pick<Clock, 'now'>,
  ) {
    this.#routes = routesOf(platforms, ledger, script, clock);
  }

  answer(request: IncomingMessage, { pathname, searchParams }: URL, response: ServerResponse): void {
    const { path, number } = splitNumber(pathname.slice(BASE.length));
    const methods = Object.hasOwn(this.#routes, path) ? this.#routes[path] : undefined;
    if (methods === undefined) {
      return answerError(response, 404, noSuchPath(Object.keys(this.#routes).map((each) => BASE + each)));
    }
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    if (!Object.hasOwn(methods, method)) {
      response.setHeader('allow', Object.keys(methods).join(', '));
      return answerError(response, 405, wrongMethod(Object.keys(methods)));
    }
    const route = methods[method]!;
    const query = readParameters(searchParams, route.parameters);
    if (typeof query === 'string') return answerError(response, 400, query);
    if (route.readsBody !== true) return run(response, route, { query, number, body: undefined });
    readBody(request, {}, ({ text, fault }) => {
      if (fault !== undefined) return answerError(response, 400, bodyNotRead());
      const body = parsedJson(text);
      if (body === undefined) return answerError(response, 400, notJson());
      run(response, route, { query, number, body });
    });
  }
}

function run(response: ServerResponse, route: Route, call: ApiCall): void {
  let json: string | undefined;
  try {
    json = route.run(call);
  } catch (error) {
    if (!(error instanceof CollectorError)) throw error;
    return answerError(response, 400, error.message);
  }
  if (json === undefined) answerError(response, 404, notKept());
  else answerJson(response, 200, json);
}

/** `requests/7` is the path `requests/<number>`. */
function splitNumber(path: string): { path: string; number: number } {
  const [, start, digits] = /^([a-z]+\/)(\d{1,15})$/.exec(path) ?? [];
  return start === undefined ? { path, number: 0 } : { path: `${start}<number>`, number: Number(digits) };
}
