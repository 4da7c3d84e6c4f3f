import type { ServerResponse } from 'node:http';
import { traceOf } from '../../host/error-trace.js';
import type { ErrorResponse } from '../api/responses.js';
import { failedInside } from '../collector.messages.js';
import type { Answer } from '../platform.js';
import type { Troubles } from '../troubles.js';

const BODILESS_STATUSES = new Set([204, 205, 304]);

export function answer(response: ServerResponse, { status, headers, body = '' }: Answer): void {
  if (BODILESS_STATUSES.has(status)) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

export function answerJson(response: ServerResponse, status: number, body: string): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  answer(response, { status, headers, body });
}

export function answerError(response: ServerResponse, status: number, error: string): void {
  answerJson(response, status, JSON.stringify({ error } satisfies ErrorResponse));
}

/** Runs a part of a request. An error in it is a fault of the collector: the answer is a 500, and the collector continues. */
export function answerFault(troubles: Troubles, response: ServerResponse, run: () => void): void {
  try {
    run();
  } catch (error) {
    troubles.fault('inside', error, failedInside);
    if (response.headersSent) response.destroy();
    else answerError(response, 500, failedInside(traceOf(error).name));
  }
}
