import type { IncomingMessage, ServerResponse } from 'node:http';
import { CollectorError } from '../answers/check-scripted-answers.js';
import * as messages from '../collector.messages.js';
import { parsedJson } from '../../event/json-values.js';
import { answerError, answerJson } from '../http/answer.js';
import { readBody } from '../http/read-body.js';
import type { ApiCall, Parameter, Parameters, Route } from './routes.js';

const BASE = '/_collector/';

/** The JSON API. It checks a call whole before anything is read or changed. */
export class Api {
  constructor(private readonly routes: readonly Route[]) {}

  answer(request: IncomingMessage, { pathname, searchParams }: URL, response: ServerResponse): void {
    const { path, number } = splitNumber(pathname.slice(BASE.length));
    const ofPath = this.routes.filter((each) => each.path === path);
    if (ofPath.length === 0) {
      const paths = new Set(this.routes.map((each) => BASE + each.path));
      return answerError(response, 404, messages.noSuchApiPath([...paths]));
    }
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = ofPath.find((each) => each.method === method);
    if (route === undefined) {
      const methods = ofPath.map((each) => each.method);
      response.setHeader('allow', methods.join(', '));
      return answerError(response, 405, messages.wrongMethod(methods));
    }
    const query = readParameters(searchParams, route.parameters);
    if (typeof query === 'string') return answerError(response, 400, query);
    if (route.readsBody !== true) return run(response, route, { query, number, body: undefined });
    readBody(request, {}, ({ text, fault }) => {
      if (fault !== undefined) return answerError(response, 400, messages.bodyNotRead());
      const body = parsedJson(text);
      if (body === undefined) return answerError(response, 400, messages.notJson());
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
  if (json === undefined) answerError(response, 404, messages.notKept());
  else answerJson(response, 200, json);
}

/** `requests/7` is the path `requests/<number>`. */
function splitNumber(path: string): { path: string; number: number } {
  const [, start, digits] = /^([a-z]+\/)(\d{1,15})$/.exec(path) ?? [];
  return start === undefined ? { path, number: 0 } : { path: `${start}<number>`, number: Number(digits) };
}

/** Reads query parameters; returns a sentence if one is unknown or invalid. */
function readParameters(
  query: URLSearchParams,
  known: Parameters,
): Readonly<Record<string, string | number>> | string {
  const values: Record<string, string | number> = {};
  for (const [name, text] of query) {
    if (!Object.hasOwn(known, name)) return messages.unknownParameter(Object.keys(known));
    if (Object.hasOwn(values, name)) return messages.repeatedParameter(name);
    const parameter = known[name]!;
    const value = readValue(text, parameter);
    if (value === undefined) return messages.badParameter(name, expected(parameter));
    values[name] = value;
  }
  return values;
}

function readValue(text: string, parameter: Parameter): string | number | undefined {
  if (parameter === 'text') return text;
  if (parameter === 'id') return text === '' ? undefined : text;
  if (!('from' in parameter)) return parameter.includes(text) ? text : undefined;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return number >= parameter.from && number <= parameter.to ? number : undefined;
}

function expected(parameter: Parameter): string {
  if (parameter === 'text') return 'a text';
  if (parameter === 'id') return 'an id';
  if ('from' in parameter)
    return `a whole number from ${parameter.from} to ${parameter.to.toLocaleString('en')}`;
  return `one of ${parameter.join(', ')}`;
}
