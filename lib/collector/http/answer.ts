import type { ServerResponse } from 'node:http';
import type { Answer } from '../platform.js';

/** A status without a body. */
const BODILESS = new Set([204, 205, 304]);

export function answer(response: ServerResponse, { status, headers, body = '' }: Answer): void {
  if (BODILESS.has(status)) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answer(response, {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  });
}
