import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ledger } from './ledger.js';
import { type Outage, readOutage } from './outage.js';
import type { Operation } from './operation.js';
import { PAGE } from './page.js';
import { readBody } from './read-body.js';

/** The state that the page and the JSON API show and change. */
export interface CollectorState {
  readonly ledger: Ledger;
  readonly outage: Outage;
}

const MAX_LISTED = 1_000;

/** Answers all requests outside the tracking API: the page for people, and the JSON API. */
export function answerApi(
  { ledger, outage }: CollectorState,
  request: IncomingMessage,
  path: string,
  query: string,
  response: ServerResponse,
): void {
  switch (`${request.method} ${path}`) {
    case 'GET /':
      return send(response, 200, 'text/html; charset=utf-8', PAGE);
    case 'GET /_collector/stats':
      return json(response, 200, { ...ledger.stats(), failed: outage.failed, outage: outage.mode });
    case 'GET /_collector/events': {
      const wanted = new URLSearchParams(query);
      const limit = Number(wanted.get('limit') ?? 100);
      return json(
        response,
        200,
        ledger.latest({
          kind: (wanted.get('kind') as Operation['kind'] | null) ?? undefined,
          name: wanted.get('name') ?? undefined,
          person: wanted.get('person') ?? undefined,
          limit: limit >= 1 ? Math.min(limit, MAX_LISTED) : MAX_LISTED,
        }),
      );
    }
    case 'GET /_collector/invalid':
      return json(response, 200, ledger.invalid());
    case 'POST /_collector/reset':
      ledger.clear();
      return json(response, 200, { ok: true });
    case 'POST /_collector/outage':
      return readBody(request, (body) => {
        const options = readOutage(body ?? '');
        if (typeof options === 'string') return json(response, 400, { error: options });
        outage.set(options);
        return json(response, 200, { outage: outage.mode });
      });
    default:
      return json(response, 404, { error: `Not found: ${request.method} ${path}.` });
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
